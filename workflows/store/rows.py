"""Engine values to rows and back. The order of columns here is the order in every statement of the store.

JSON is kept as text, "" for None. Text that no database takes (NUL) is replaced, as it can only come from
programs that users run. Not for statements: those are in `sqlite` and `postgresql`.
"""

from __future__ import annotations

from typing import Any

import orjson

from workflows.engine.messages import JsonObject
from workflows.engine.node import Node, Run
from workflows.models.node import NODE_BITS

Row = tuple[Any, ...]

NODE_COLUMNS = (
    "id", "run_id", "idx", "node_id", "name",
    "seq", "display_name", "type", "phase", "boundary_id", "parents", "template_name", "template_ref",
    "template_scope", "message", "started_at", "finished_at", "inputs", "outputs", "outbound", "flag", "host",
    "attempt", "waiting", "memo", "extra",
)  # fmt: skip
#: Columns that never change after the insert stand first.
NODE_FIXED = 5

RUN_COLUMNS = (
    "phase", "message", "started_at", "finished_at", "labels", "annotations", "arguments", "outputs",
    "suspended", "shutdown", "attempt", "seq", "node_count", "phase_counts", "memo",
)  # fmt: skip

MAX_NODES = 1 << NODE_BITS


def dump(value: object) -> str:
    """JSON text; raises TypeError for what is no JSON, so that one run fails and not a whole commit."""
    return orjson.dumps(value).decode()


def dump_optional(value: object) -> str:
    return "" if value is None else orjson.dumps(value).decode()


def parse(text: str) -> Any:
    return orjson.loads(text)


def parse_optional(text: str) -> Any:
    return orjson.loads(text) if text else None


def clean(text: str) -> str:
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}") if "\x00" in text else text


def node_key(run_id: int, idx: int) -> int:
    """Primary key of a node's row; rows of a run fill one range of keys, see `node_keys`."""
    if not 0 <= idx < MAX_NODES:
        raise OverflowError(f"a run can have {MAX_NODES} nodes, not {idx + 1}")
    return run_id << NODE_BITS | idx


def node_keys(run_id: int) -> tuple[int, int]:
    """First and last primary key that nodes of the run can have."""
    return run_id << NODE_BITS, (run_id + 1 << NODE_BITS) - 1


def node_row(run_id: int, node: Node) -> Row:
    """In the order of NODE_COLUMNS."""
    return (
        node_key(run_id, node.idx),
        run_id,
        node.idx,
        node.id,
        clean(node.name),
        node.seq,
        clean(node.display_name),
        node.type,
        node.phase,
        node.boundary_id,
        dump(node.parents) if node.parents else "",
        node.template_name,
        dump_optional(node.template_ref),
        node.template_scope,
        clean(node.message),
        node.started_at,
        node.finished_at,
        dump_optional(node.inputs),
        dump_optional(node.outputs),
        dump_optional(node.outbound),
        dump_optional(node.flag),
        node.host,
        node.attempt,
        dump_optional(node.waiting),
        dump_optional(node.memo),
        dump_optional(node.extra),
    )


def node_from_row(row: Row) -> Node:
    (
        _key, _run, idx, node_id, name, seq, display_name, type_, phase, boundary_id, parents,
        template_name, template_ref, template_scope, message, started_at, finished_at, inputs, outputs,
        outbound, flag, host, attempt, waiting, memo, extra,
    ) = row  # fmt: skip
    return Node(
        id=node_id,
        idx=idx,
        name=name,
        display_name=display_name,
        type=type_,
        phase=phase,
        boundary_id=boundary_id,
        parents=orjson.loads(parents) if parents else [],
        template_name=template_name,
        template_ref=parse_optional(template_ref),
        template_scope=template_scope,
        message=message,
        started_at=started_at,
        finished_at=finished_at,
        inputs=parse_optional(inputs),
        outputs=parse_optional(outputs),
        outbound=parse_optional(outbound),
        flag=parse_optional(flag),
        host=host,
        attempt=attempt,
        waiting=parse_optional(waiting),
        memo=parse_optional(memo),
        extra=parse_optional(extra),
        seq=seq,
    )


def run_row(run: Run) -> Row:
    """In the order of RUN_COLUMNS."""
    return (
        run.phase,
        clean(run.message),
        run.started_at,
        run.finished_at,
        dump(run.labels),
        dump(run.annotations),
        dump(run.arguments),
        dump_optional(run.outputs),
        run.suspended,
        run.shutdown,
        run.attempt,
        run.seq,
        run.node_count,
        dump(run.phase_counts),
        dump(run.memo),
    )


def run_from_row(row: Row, *, uid: str, name: str, namespace: str, created_at: int) -> Run:
    (
        phase, message, started_at, finished_at, labels, annotations, arguments, outputs, suspended,
        shutdown, attempt, seq, node_count, phase_counts, memo,
    ) = row  # fmt: skip
    return Run(
        uid=uid,
        name=name,
        namespace=namespace,
        created_at=created_at,
        phase=phase,
        message=message,
        started_at=started_at,
        finished_at=finished_at,
        labels=parse(labels),
        annotations=parse(annotations),
        arguments=parse(arguments),
        outputs=parse_optional(outputs),
        suspended=bool(suspended),
        shutdown=shutdown,
        attempt=attempt,
        seq=seq,
        node_count=node_count,
        phase_counts=parse(phase_counts),
        memo=parse(memo),
    )


#: Scope ("namespaced" or "cluster") and name to the stored template's JSON, as `compile_program` takes it.
LibrarySnapshot = dict[tuple[str, str], JsonObject]


def dump_library(library: LibrarySnapshot) -> str:
    return dump([[scope, name, manifest] for (scope, name), manifest in sorted(library.items())])


def parse_library(text: str) -> LibrarySnapshot:
    return {(scope, name): manifest for scope, name, manifest in parse(text)}


#: Scope ("namespaced", "cluster" or "cron") and name to the number of the revision.
RevisionNumbers = dict[tuple[str, str], int]


def dump_revisions(numbers: RevisionNumbers) -> str:
    return dump([[scope, name, number] for (scope, name), number in sorted(numbers.items())])


def parse_revisions(text: str) -> RevisionNumbers:
    return {(scope, name): number for scope, name, number in parse(text)}
