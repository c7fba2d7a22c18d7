"""New runs in, finished runs out, in the caller's transaction. Not for what happens to a run between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from workflows.engine.messages import JsonObject
from workflows.engine.node import Node, Run
from workflows.engine.phases import PENDING
from workflows.models import Run as RunRow
from workflows.models import RunManifest
from workflows.store import dialect
from workflows.store.commit import insert_labels
from workflows.store.rows import (
    RUN_COLUMNS,
    LibrarySnapshot,
    RevisionNumbers,
    dump,
    dump_library,
    dump_revisions,
    node_keys,
    node_row,
    run_row,
)

_MAX_PRIORITY = 2**31 - 1


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run that no engine has seen yet; `run` carries its uid, name, times, labels and arguments."""

    run: Run
    namespace_id: int
    creator_id: int | None
    creator_name: str
    text: str
    workflow: JsonObject
    library: LibrarySnapshot
    template_kind: str = ""
    template_name: str = ""
    revisions: RevisionNumbers = field(default_factory=dict)
    ttl_success: int | None = None
    ttl_failure: int | None = None


def create_run(new: NewRun, nodes: Sequence[Node] = ()) -> int:
    """Insert the run so that the next engine to look claims it; returns its row id.

    With `nodes` it is one that has begun already: the engine goes on from them. Raises
    django.db.IntegrityError when the name is taken in the namespace.
    """
    if nodes:
        _begin_with(new.run, nodes)
    row = RunRow.objects.create(
        uid=new.run.uid,
        namespace_id=new.namespace_id,
        name=new.run.name,
        created_at=new.run.created_at,
        creator_id=new.creator_id,
        creator_name=new.creator_name,
        template_kind=new.template_kind,
        template_name=new.template_name,
        priority=_priority(new.workflow),
        ttl_success=new.ttl_success,
        ttl_failure=new.ttl_failure,
        **dict(zip(RUN_COLUMNS, run_row(new.run), strict=True)),
    )
    RunManifest.objects.create(
        run=row,
        text=new.text,
        workflow=dump(new.workflow),
        library=dump_library(new.library),
        revisions=dump_revisions(new.revisions),
    )
    if new.run.labels:
        with connection.cursor() as cursor:
            insert_labels(cursor, row.id, new.run)
    if nodes:
        with connection.cursor() as cursor:
            dialect.current().insert_nodes(cursor, [node_row(row.id, node) for node in nodes])
    return row.id


def _begin_with(run: Run, nodes: Sequence[Node]) -> None:
    run.phase, run.seq, run.node_count = PENDING, 1, len(nodes)
    run.phase_counts = dict(Counter(node.phase for node in nodes))


def _priority(workflow: JsonObject) -> int:
    """Argo's spec.priority, which a template cannot set for its runs."""
    value = (workflow.get("spec") or {}).get("priority") or 0
    return max(-_MAX_PRIORITY, min(_MAX_PRIORITY, int(value)))


def end_lease(run_id: int) -> bool:
    """Take a finished run from whoever holds it, in the caller's transaction; False if it goes on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflows_run SET fence = fence + 1, lease_owner = '', wake_at = NULL "
            "WHERE id = %s AND phase IN ('Succeeded', 'Failed', 'Error')",
            [run_id],
        )
        return bool(cursor.rowcount)


def delete_run(run_id: int) -> None:
    """Remove every trace of a run. The caller makes sure that no engine works on it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflows_node WHERE id BETWEEN %s AND %s", node_keys(run_id))
        for table in ("deletednode", "lockclaim", "runlabel", "signal", "runmanifest"):
            cursor.execute(f"DELETE FROM workflows_{table} WHERE run_id = %s", [run_id])
        cursor.execute("DELETE FROM workflows_run WHERE id = %s", [run_id])
