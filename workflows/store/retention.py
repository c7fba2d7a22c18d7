"""Finds finished runs that need not be kept any longer. Not for deleting them, see `services.retention`."""

from __future__ import annotations

from django.db import connection

from workflows.engine.messages import Millis

#: (row id, uid, namespace)
Found = tuple[int, str, str]

_FROM = "SELECT r.id, r.uid, s.name FROM workflows_run r JOIN workflows_namespace s ON s.id = r.namespace_id "


def expired_runs(now: Millis, *, limit: int) -> list[Found]:
    """Runs that finished longer ago than their ttl allows."""
    with connection.cursor() as cursor:
        # The first two conditions are those of the index that holds only runs with a ttl.
        cursor.execute(
            _FROM
            + "WHERE r.finished_at IS NOT NULL AND (r.ttl_success IS NOT NULL OR r.ttl_failure IS NOT NULL) "
            "AND r.phase IN ('Succeeded', 'Failed', 'Error') AND r.finished_at <= %s "
            "AND r.finished_at + 1000 * "
            "(CASE WHEN r.phase = 'Succeeded' THEN r.ttl_success ELSE r.ttl_failure END) <= %s LIMIT %s",
            [now, now, limit],
        )
        return list(cursor.fetchall())


def runs_with_folders(before: Millis, *, limit: int) -> list[Found]:
    """Runs that finished before that time and have not been cleaned since their last attempt."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FROM + "WHERE r.finished_at IS NOT NULL AND r.cleaned_attempt < r.attempt "
            "AND r.phase IN ('Succeeded', 'Failed', 'Error') AND r.finished_at <= %s "
            "ORDER BY r.finished_at LIMIT %s",
            [before, limit],
        )
        return list(cursor.fetchall())


def note_cleaned(run_id: int) -> bool:
    """False when the run is no longer finished."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflows_run SET cleaned_attempt = attempt "
            "WHERE id = %s AND phase IN ('Succeeded', 'Failed', 'Error')",
            [run_id],
        )
        return bool(cursor.rowcount)


def runs_beyond(keep: int, *, limit: int) -> list[Found]:
    """The oldest finished runs of namespaces that have more than `keep` finished ones."""
    found: list[Found] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM workflows_namespace")
        for (namespace_id,) in cursor.fetchall():
            cursor.execute(
                _FROM + "WHERE r.namespace_id = %s AND r.phase IN ('Succeeded', 'Failed', 'Error') "
                "ORDER BY r.created_at DESC, r.id DESC LIMIT %s OFFSET %s",
                [namespace_id, limit, keep],
            )
            found += cursor.fetchall()
    return found
