"""Deleting finished runs: by hand, by their ttlStrategy, or to keep no more than a number of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from workflows.engine.messages import Cleanup, Millis
from workflows.engine.phases import RUN_FINISHED
from workflows.errors import ConflictError
from workflows.executors import dispatch
from workflows.services import artifact_gc
from workflows.services.access import Actor, Right
from workflows.services.runs import get_run
from workflows.store import bus
from workflows.store.bus import Change
from workflows.store.create import delete_run as delete_rows
from workflows.store.create import end_lease
from workflows.store.retention import Found, expired_runs, note_cleaned, runs_beyond, runs_with_folders

#: runs deleted in one go; each has its own transaction
_BATCH = 100


def delete_run(actor: Actor, uid: str) -> None:
    """Raises ConflictError while the run has not finished: stop or terminate it first."""
    record = get_run(actor, uid, Right.DELETE)
    run = record.run
    if run.phase not in RUN_FINISHED:
        raise ConflictError(
            f"run {run.name!r} has not finished; stop or terminate it first", code="not-finished"
        )
    if not _delete(record.run_id, run.uid, run.namespace):
        raise ConflictError(f"run {run.name!r} is being retried", code="not-finished")


def delete_expired(now: Millis) -> int:
    """Delete runs whose time is over; returns how many. Called again and again by housekeeping."""
    return sum(_delete(*found) for found in expired_runs(now, limit=_BATCH))


def delete_beyond(keep: int) -> int:
    """Delete the oldest finished runs of each namespace that has more than `keep` of them."""
    return sum(_delete(*found) for found in runs_beyond(keep, limit=_BATCH))


def free_folders(before: Millis) -> int:
    """Have executors remove what they keep of runs that finished before then; returns of how many.

    Logs that were archived and artifacts stay; other logs go.
    """
    freed = [found for found in runs_with_folders(before, limit=_BATCH) if note_cleaned(found[0])]
    dispatch.send([Cleanup(run_uid=uid, namespace=namespace) for _, uid, namespace in freed])
    return len(freed)


def delete_found(found: Iterable[Found]) -> int:
    """Delete those that are still finished; returns how many."""
    return sum(_delete(*one) for one in found)


def _delete(run_id: int, uid: str, namespace: str) -> bool:
    """False when the run is no longer finished."""
    with transaction.atomic():
        if not end_lease(run_id):
            return False
        artifact_gc.plan_deletion(run_id, namespace)
        delete_rows(run_id)
        transaction.on_commit(lambda: _after_delete(uid, namespace))
    return True


def _after_delete(uid: str, namespace: str) -> None:
    dispatch.send([Cleanup(run_uid=uid, namespace=namespace)])
    bus.current().announce([Change(namespace, uid, 0)])
