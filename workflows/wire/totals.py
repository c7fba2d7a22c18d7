"""What nodes add up to: progress and resourcesDuration of every node, as Argo sums them in `status.nodes`.

A node that does something itself shows its own; every other one what can be reached from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from workflows.engine.node import Node
from workflows.engine.phases import FULFILLED, POD
from workflows.wire.progress import EXECUTABLE, Progress, own_progress
from workflows.wire.reach import Weights, sums_below

USED = "resourcesDuration"
#: what a pod shows that ran for less than a second
NOTHING: Mapping[str, int] = {"cpu": 0, "memory": 0}


@dataclass(frozen=True, slots=True)
class Totals:
    """By node id; nodes that have neither are missing."""

    progress: Mapping[str, Progress] = field(default_factory=dict)
    used: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def node_totals(nodes: Collection[Node], children: Mapping[str, Sequence[str]]) -> Totals:
    own = {node.id: mine for node in nodes if (mine := own_progress(node)) is not None}
    used = {node.id: seconds for node in nodes if (seconds := used_by(node)) is not None}
    names = sorted({name for mine in used.values() for name in mine})
    weights: dict[str, Weights] = {
        node_id: (*own.get(node_id, (0, 0)), *(used.get(node_id, {}).get(name, 0) for name in names))
        for node_id in {**own, **used}
    }
    composites = {node.id: node for node in nodes if node.type not in EXECUTABLE}
    sums = sums_below([node.id for node in nodes], children, weights, composites)
    progress: dict[str, Progress] = dict(own)
    for node_id, total in sums.items():
        done, all_, *sums_used = total or (0, 0)
        if all_ > 0:
            progress[node_id] = (done, all_)
        if used and all_ > 0 and composites[node_id].phase in FULFILLED:
            used[node_id] = dict(zip(names, sums_used, strict=True))
    return Totals(progress, used)


def used_by(node: Node) -> Mapping[str, int] | None:
    """The resourcesDuration of a pod that ran, None for any other node."""
    if node.type != POD:
        return None
    kept: Mapping[str, int] | None = node.extra.get(USED) if node.extra else None
    if kept is None and node.phase in FULFILLED and "exitCode" in (node.outputs or {}):
        # a node that a cache answered has an exit code too, and has used nothing
        return None if _was_cached(node) else NOTHING
    return kept


def total_used(nodes: Collection[Node]) -> dict[str, int]:
    """The resourcesDuration of the run."""
    total: dict[str, int] = {}
    for node in nodes:
        for name, seconds in (used_by(node) or {}).items():
            total[name] = total.get(name, 0) + seconds
    return total


def _was_cached(node: Node) -> bool:
    status = node.extra.get("memoizationStatus") if node.extra else None
    return status is not None and bool(status["hit"])
