"""Whole runs from the database, for the engine that holds their lease. Tuples only, no model instances."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Max

from workflows.engine.messages import JsonObject
from workflows.engine.node import Node, Run
from workflows.models import ConfigEntry
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

_CONFIG_MAP_KEY = "configMapKeyRef"
_LOCKS = "synchronization"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it was committed last. `workflow` and `library` are what `compile_program` takes.

    `uses_config_maps` and `uses_locks` are set when the text of either mentions such a thing.
    """

    run_id: int
    fence: int
    run: Run
    workflow: JsonObject
    library: LibrarySnapshot
    uses_config_maps: bool
    uses_locks: bool
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
        uses_config_maps=_CONFIG_MAP_KEY in workflow or _CONFIG_MAP_KEY in library,
        uses_locks=_LOCKS in workflow or _LOCKS in library,
        nodes=load_nodes(run_id) if run.phase else [],
    )


def load_nodes(run_id: int) -> list[Node]:
    """All nodes of a run in the order of their idx."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(NODE_COLUMNS)} FROM workflows_node WHERE id BETWEEN %s AND %s ORDER BY id",
            node_keys(run_id),
        )
        return [node_from_row(row) for row in cursor.fetchall()]


def read_config_maps(namespace: str) -> dict[str, JsonObject]:
    """The ConfigMaps of a namespace: name to {"data": …, "labels": …}."""
    entries = ConfigEntry.objects.filter(namespace__name=namespace).values_list("name", "data", "labels")
    return {name: {"data": data, "labels": labels} for name, data, labels in entries}


def config_map_versions(namespaces: Collection[str]) -> dict[str, tuple[int, int]]:
    """Per namespace with ConfigMaps, a value that changes with any of them."""
    entries = ConfigEntry.objects.filter(namespace__name__in=namespaces).values("namespace__name")
    rows = entries.annotate(last=Max("updated_at"), count=Count("id"))
    return {row["namespace__name"]: (row["last"], row["count"]) for row in rows}
