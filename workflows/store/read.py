"""What pages and the API read of one run: its record, its graph by columns, what changed, one node.

Reads never lock and take no instances of models. Access rights are the business of `services`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from workflows.engine.messages import JsonObject, Millis
from workflows.engine.node import Node, Run
from workflows.store.rows import (
    NODE_COLUMNS,
    RUN_COLUMNS,
    LibrarySnapshot,
    RevisionNumbers,
    node_from_row,
    node_keys,
    parse,
    parse_library,
    parse_optional,
    parse_revisions,
    run_from_row,
)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run and what is known of it besides the engine's own record. `wake_at` is its next timer, if any."""

    run_id: int
    run: Run
    creator: str
    template_kind: str
    template_name: str
    wake_at: Millis | None


@dataclass(frozen=True, slots=True)
class RunManifestText:
    """What a run was made from: the author's text, the Workflow, and the templates it may refer to.

    `revisions` holds the numbers of those templates and of the schedule it came from.
    """

    text: str
    workflow: JsonObject
    library: LibrarySnapshot
    revisions: RevisionNumbers


@dataclass(frozen=True, slots=True)
class GraphRows:
    """Nodes that changed after `since`, up to `seq`, as tuples in the order of `GRAPH_FIELDS`.

    `deleted` lists idx of nodes that went since; `reset` says that the rows are all there is.
    """

    since: int
    seq: int
    reset: bool
    rows: Sequence[tuple[Any, ...]]
    deleted: Sequence[int]


#: idx, id, name, displayName, type, phase, boundary, parents, templateName, message, startedAt, finishedAt,
#: nodeFlag, waiting: the order of `wire.graph.ROW`.
_GRAPH_COLUMNS = (
    "idx", "node_id", "name", "display_name", "type", "phase", "boundary_id", "parents", "template_name",
    "message", "started_at", "finished_at", "flag", "waiting",
)  # fmt: skip
_PARENTS, _FLAG, _WAITING = (_GRAPH_COLUMNS.index(name) for name in ("parents", "flag", "waiting"))

RECORD_COLUMNS = (
    "r.id, r.uid, r.name, s.name, r.created_at, r.creator_name, r.template_kind, r.template_name, r.wake_at, "
    + ", ".join(f"r.{column}" for column in RUN_COLUMNS)
)
RECORD_TABLES = "workflows_run r JOIN workflows_namespace s ON s.id = r.namespace_id"


def record_from_row(row: Sequence[Any]) -> RunRecord:
    """From a row of RECORD_COLUMNS."""
    run_id, uid, name, namespace, created_at, creator, kind, template, wake_at, *rest = row
    return RunRecord(
        run_id=run_id,
        run=run_from_row(tuple(rest), uid=uid, name=name, namespace=namespace, created_at=created_at),
        creator=creator,
        template_kind=kind,
        template_name=template,
        wake_at=wake_at,
    )


def find_run(uid: str) -> RunRecord | None:
    return _find_record("r.uid = %s", [uid])


def find_run_by_name(namespace: str, name: str) -> RunRecord | None:
    return _find_record("s.name = %s AND r.name = %s", [namespace, name])


def _find_record(condition: str, parameters: Sequence[str]) -> RunRecord | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {RECORD_COLUMNS} FROM {RECORD_TABLES} WHERE {condition}", parameters)
        row = cursor.fetchone()
    return None if row is None else record_from_row(row)


def get_manifest(run_id: int) -> RunManifestText:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT text, workflow, library, revisions FROM workflows_runmanifest WHERE run_id = %s", [run_id]
        )
        text, workflow, library, revisions = cursor.fetchone()
    return RunManifestText(
        text=text,
        workflow=parse(workflow),
        library=parse_library(library),
        revisions=parse_revisions(revisions),
    )


def read_graph(run_id: int, *, since: int = 0) -> GraphRows:
    """The graph, or only what changed after `since`.

    `seq` is read first: what is committed between the two reads is sent twice, never left out. A client that
    is ahead of the run (the database was restored) gets everything anew.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM workflows_run WHERE id = %s", [run_id])
        found = cursor.fetchone()
        seq = found[0] if found else 0
        reset = since <= 0 or since > seq
        columns = ", ".join(_GRAPH_COLUMNS)
        if reset:
            cursor.execute(
                f"SELECT {columns} FROM workflows_node WHERE id BETWEEN %s AND %s ORDER BY id",
                node_keys(run_id),
            )
        else:
            cursor.execute(
                f"SELECT {columns} FROM workflows_node WHERE run_id = %s AND seq > %s ORDER BY seq",
                [run_id, since],
            )
        rows = [_graph_row(row) for row in cursor.fetchall()]
        deleted = [] if reset else _deleted_since(cursor, run_id, since)
    return GraphRows(since=0 if reset else since, seq=seq, reset=reset, rows=rows, deleted=deleted)


def _graph_row(row: Sequence[Any]) -> tuple[Any, ...]:
    values = list(row)
    values[_PARENTS] = parse(values[_PARENTS]) if values[_PARENTS] else []
    values[_FLAG] = parse_optional(values[_FLAG])
    values[_WAITING] = parse_optional(values[_WAITING])
    return tuple(values)


def _deleted_since(cursor: Any, run_id: int, since: int) -> list[int]:
    cursor.execute(
        "SELECT DISTINCT idx FROM workflows_deletednode WHERE run_id = %s AND seq > %s ORDER BY idx",
        [run_id, since],
    )
    return [idx for (idx,) in cursor.fetchall()]


def idx_of(run_id: int, node_ids: Sequence[str]) -> dict[str, int]:
    """The idx of nodes that a patch refers to without holding them."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(node_ids), 900):
            some = node_ids[start : start + 900]
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(
                f"SELECT node_id, idx FROM workflows_node WHERE run_id = %s AND node_id IN ({marks})",
                [run_id, *some],
            )
            found.update(cursor.fetchall())
    return found


def find_node(run_id: int, node_id: str) -> Node | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(NODE_COLUMNS)} FROM workflows_node WHERE run_id = %s AND node_id = %s",
            [run_id, node_id],
        )
        row = cursor.fetchone()
    return None if row is None else node_from_row(row)


def children_of(run_id: int, node_id: str) -> list[str]:
    """Ids of the nodes that have `node_id` among their parents, in order of creation."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT node_id, parents FROM workflows_node "
            "WHERE id BETWEEN %s AND %s AND parents LIKE %s ESCAPE '!' ORDER BY id",
            [*node_keys(run_id), f"%{_escaped(node_id)}%"],
        )
        return [child for child, parents in cursor.fetchall() if node_id in parse(parents)]


def _escaped(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
