"""Whole runs from the database, for the engine that holds their lease. Tuples only, no model instances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from workflows.engine.messages import JsonObject
from workflows.engine.node import Node, Run
from workflows.store.rows import (
    NODE_COLUMNS,
    RUN_COLUMNS,
    LibrarySnapshot,
    node_from_row,
    node_keys,
    parse,
    parse_library,
    run_from_row,
)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it was committed last. `workflow` and `library` are what `compile_program` takes."""

    run_id: int
    fence: int
    run: Run
    workflow: JsonObject
    library: LibrarySnapshot
    nodes: Sequence[Node]


def load_run(run_id: int) -> StoredRun | None:
    """None when the run was deleted."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.fence, r.uid, r.name, s.name, r.created_at, m.workflow, m.library, "
            f"{', '.join(f'r.{c}' for c in RUN_COLUMNS)} FROM workflows_run r "
            "JOIN workflows_namespace s ON s.id = r.namespace_id "
            "JOIN workflows_runmanifest m ON m.run_id = r.id WHERE r.id = %s",
            [run_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    fence, uid, name, namespace, created_at, workflow, library, *rest = row
    run = run_from_row(tuple(rest), uid=uid, name=name, namespace=namespace, created_at=created_at)
    return StoredRun(
        run_id=run_id,
        fence=fence,
        run=run,
        workflow=parse(workflow),
        library=parse_library(library),
        nodes=load_nodes(run_id) if run.node_count else [],
    )


def load_nodes(run_id: int) -> list[Node]:
    """All nodes of a run in the order of their idx."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(NODE_COLUMNS)} FROM workflows_node WHERE id BETWEEN %s AND %s ORDER BY id",
            node_keys(run_id),
        )
        return [node_from_row(row) for row in cursor.fetchall()]
