"""One node as an entry of Argo's `status.nodes`, and the edges between nodes. Not for whole runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflows.engine.messages import JsonObject
from workflows.engine.node import Node
from workflows.wire.progress import Progress
from workflows.wire.times import rfc3339


def children_by_parent(nodes: Iterable[Node]) -> dict[str, list[str]]:
    """Argo's `children`, inverted from `parents`; children stand in order of creation."""
    children: dict[str, list[str]] = {}
    for node in sorted(nodes, key=lambda node: node.idx):
        for parent in dict.fromkeys(node.parents):
            children.setdefault(parent, []).append(node.id)
    return children


def node_json(
    node: Node,
    *,
    children: list[str],
    progress: Progress | None,
    used: Mapping[str, int] | None = None,
    estimated_s: int | None = None,
) -> JsonObject:
    """Argo's NodeStatus; fields that are empty are left out, the two times are null instead.

    `used` is its resourcesDuration, `estimated_s` how many seconds it is thought to take.
    """
    fields: JsonObject = {
        "id": node.id,
        "name": node.name,
        "displayName": node.display_name,
        "type": node.type,
        "templateName": node.template_name,
        "templateRef": node.template_ref,
        "templateScope": node.template_scope,
        "phase": node.phase,
        "boundaryID": node.boundary_id,
        "message": node.message,
        "nodeFlag": node.flag,
        "inputs": node.inputs,
        "outputs": node.outputs,
        "children": children,
        "outboundNodes": node.outbound,
        "hostNodeName": node.host,
    }
    json: JsonObject = {key: value for key, value in fields.items() if value}
    json.update(node.extra or {})
    json["startedAt"] = rfc3339(node.started_at)
    json["finishedAt"] = rfc3339(node.finished_at)
    if progress is not None:
        json["progress"] = f"{progress[0]}/{progress[1]}"
    if used is not None:
        json["resourcesDuration"] = dict(used)
    if estimated_s:
        json["estimatedDuration"] = estimated_s
    return json


def node_detail(node: Node, *, children: list[str]) -> JsonObject:
    """One node for its own page: Argo's NodeStatus and, under `sluice`, what Argo has no field for."""
    json = node_json(node, children=children, progress=None)
    json["sluice"] = {
        "idx": node.idx,
        "attempt": node.attempt,
        "parents": node.parents,
        "seq": node.seq,
        "waiting": node.waiting,
    }
    return json
