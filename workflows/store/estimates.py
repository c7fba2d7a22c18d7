"""How long earlier runs took: the newest that succeeded of a stored template or schedule, and its nodes."""

from __future__ import annotations

from django.db import connection

from workflows.store.rows import node_keys

#: runs looked at; a template that fails more often in a row than this has no estimate
_LOOKS = 100
#: runs with more nodes than this are not read to tell the estimates of nodes
_MOST_NODES = 20_000


def newest_success(namespace_id: int, kind: str, template: str) -> tuple[str, int] | None:
    """uid and seconds of the newest run of the template that succeeded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uid, finished_at, started_at FROM (SELECT * FROM workflows_run "
            # Said twice, as the index is partial.
            "WHERE NOT (template_name = '') AND template_name = %s AND template_kind = %s "
            "AND namespace_id = %s ORDER BY created_at DESC, id DESC LIMIT %s) newest "
            "WHERE phase = 'Succeeded' AND started_at IS NOT NULL AND finished_at IS NOT NULL "
            "ORDER BY created_at DESC, id DESC LIMIT 1",
            [template, kind, namespace_id, _LOOKS],
        )
        row = cursor.fetchone()
    return None if row is None else (row[0], (row[1] - row[2]) // 1000)


def node_seconds(run_uid: str) -> dict[str, int]:
    """Seconds by what the name of a node has after that of its run; {} for a run that is gone or large."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, node_count FROM workflows_run WHERE uid = %s", [run_uid])
        row = cursor.fetchone()
        if row is None or row[2] > _MOST_NODES:
            return {}
        cursor.execute(
            "SELECT name, (finished_at - started_at) / 1000 FROM workflows_node "
            "WHERE id BETWEEN %s AND %s AND finished_at - started_at >= 1000",
            node_keys(row[0]),
        )
        return {name.removeprefix(row[1]): int(seconds) for name, seconds in cursor.fetchall()}
