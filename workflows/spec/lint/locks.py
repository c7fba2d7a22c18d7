"""Locks: a mutex has a name, a semaphore exactly one place that its limit comes from. Not for taking them.

Argo finds these faults when the lock is wanted.
"""

from __future__ import annotations

from workflows.spec import codes
from workflows.spec.lint.report import Report
from workflows.spec.marks import Path
from workflows.spec.template import Synchronization


def check_locks(report: Report, synchronization: Synchronization | None, path: Path) -> None:
    """`path` is that of what holds `synchronization`."""
    if synchronization is None:
        return
    for index, mutex in enumerate(synchronization.mutexes):
        if not mutex.name:
            at = (*path, "synchronization", "mutexes", index)
            report.error(codes.MISSING_FIELD, "a mutex needs a `name`", at)
    for index, semaphore in enumerate(synchronization.semaphores):
        at = (*path, "synchronization", "semaphores", index)
        given = [part for part in (semaphore.config_map_key_ref, semaphore.database) if part is not None]
        if not given:
            message = "a semaphore needs `configMapKeyRef` or `database`, where its limit is"
            report.error(codes.MISSING_FIELD, message, at)
        elif len(given) > 1:
            message = "a semaphore has its limit in `configMapKeyRef` or in `database`, not in both"
            report.error(codes.EXCLUSIVE_FIELDS, message, at)
