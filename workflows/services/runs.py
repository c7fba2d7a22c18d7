"""Reading runs: lists, one run, its graph, its nodes. Only what the actor may see exists."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workflows.engine.node import Node
from workflows.errors import NotFoundError, UserError
from workflows.services.access import Access, Actor, Right
from workflows.store import load, read, runlist
from workflows.store.read import GraphRows, RunManifestText, RunRecord
from workflows.store.runlist import Place, RunFilter

MAX_PAGE = 500


@dataclass(frozen=True, slots=True)
class RunPage:
    """`next_cursor` continues behind the last run, None when there are no more."""

    runs: Sequence[RunRecord]
    next_cursor: str | None


def list_runs(
    actor: Actor, filters: RunFilter | None = None, *, limit: int = 50, cursor: str = ""
) -> RunPage:
    """Newest first. Namespaces that the actor may not see are left out without a word."""
    wanted = filters or RunFilter()
    visible = Access(actor).visible_namespaces()
    if visible is not None:
        asked = visible if wanted.namespaces is None else wanted.namespaces
        wanted = replace(wanted, namespaces=[name for name in asked if name in set(visible)])
    size = max(1, min(limit, MAX_PAGE))
    found = runlist.list_runs(wanted, limit=size + 1, after=_parse_cursor(cursor))
    page = found[:size]
    more = len(found) > size
    return RunPage(page, _cursor(page[-1]) if more else None)


def get_run(actor: Actor, uid: str, right: Right = Right.VIEW) -> RunRecord:
    """Raises NotFoundError when there is no such run or none the actor may see, else ForbiddenError."""
    record = read.find_run(uid)
    if record is None:
        raise NotFoundError(f"there is no run {uid}")
    Access(actor).require(record.run.namespace, right, what=f"there is no run {uid}")
    return record


def get_run_by_name(actor: Actor, namespace: str, name: str) -> RunRecord:
    record = read.find_run_by_name(namespace, name)
    what = f"there is no run {name!r} in namespace {namespace!r}"
    if record is None:
        raise NotFoundError(what)
    Access(actor).require(namespace, Right.VIEW, what=what)
    return record


def get_manifest(actor: Actor, uid: str) -> RunManifestText:
    return read.get_manifest(get_run(actor, uid).run_id)


def get_graph(actor: Actor, uid: str, *, since: int = 0) -> GraphRows:
    return read.read_graph(get_run(actor, uid).run_id, since=since)


def get_nodes(actor: Actor, uid: str) -> list[Node]:
    """All nodes in order of creation, for the Argo object of a whole run."""
    return load.load_nodes(get_run(actor, uid).run_id)


@dataclass(frozen=True, slots=True)
class NodeDetail:
    node: Node
    children: Sequence[str]


def get_node(actor: Actor, uid: str, node_id: str) -> NodeDetail:
    record = get_run(actor, uid)
    node = read.find_node(record.run_id, node_id)
    if node is None:
        raise NotFoundError(f"run {uid} has no node {node_id}")
    return NodeDetail(node, read.children_of(record.run_id, node_id))


def _cursor(record: RunRecord) -> str:
    text = f"{record.run.created_at}.{record.run_id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _parse_cursor(cursor: str) -> Place | None:
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        created, run_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split(".")
        return int(created), int(run_id)
    except (ValueError, binascii.Error) as fault:
        raise UserError("the cursor is not one this server gave out", code="invalid-cursor") from fault
