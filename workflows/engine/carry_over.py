"""Resubmitting with memory: the nodes of a failed run as those with which a new run begins.

What a manual retry would keep is kept: pods that succeeded become Skipped nodes with their outputs,
composites go on where something in them must be done again. Suspend nodes wait again.

Source: Argo's `FormulateResubmitWorkflow`. Unlike Argo's, other kinds that succeeded (an HTTP request) are
kept and not repeated, and failed nodes are made anew instead of being reset.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping

from workflows.engine import names, phases
from workflows.engine.manual_retry import plan_retry
from workflows.engine.messages import Millis, RetryRun
from workflows.engine.node import Node, Run


def carried_over(
    run: Run, nodes: Iterable[Node], *, name: str, parameters: Mapping[str, str], now: Millis
) -> list[Node]:
    """The nodes of a new run called `name`, in the order of their idx, which counts from 0 again."""
    known = {node.id: node for node in nodes}
    plan = plan_retry(run, known, RetryRun(parameters=dict(parameters)), elsewhere=True)
    kept = [node for node in known.values() if node.id not in plan.deleted]
    moved = _Moved(run.name, name, known)
    return [
        moved.node(node, idx, now, again=node.id in plan.reset)
        for idx, node in enumerate(sorted(kept, key=lambda node: node.idx))
    ]


class _Moved:
    """Nodes under the name of another run."""

    def __init__(self, old: str, new: str, nodes: Mapping[str, Node]) -> None:
        self._old = old
        self._new = new
        self._ids = {node.id: names.node_id(new, self._name(node.name)) for node in nodes.values()}

    def node(self, node: Node, idx: int, now: Millis, *, again: bool) -> Node:
        made = copy.deepcopy(node)
        made.id, made.idx, made.name = self._ids[node.id], idx, self._name(node.name)
        if not node.boundary_id:
            made.display_name = self._name(node.display_name)
        made.boundary_id = self._ids.get(node.boundary_id, "")
        made.parents = [self._ids[parent] for parent in node.parents if parent in self._ids]
        made.attempt, made.seq, made.waiting = 0, 1, None
        made.started_at = made.finished_at = now
        if node.template_scope == f"local/{self._old}":
            made.template_scope = f"local/{self._new}"
        if again:
            made.phase, made.message, made.finished_at = phases.RUNNING, "", None
            made.outputs = made.outbound = None
        else:
            if node.outbound is not None:
                made.outbound = [self._ids[last] for last in node.outbound if last in self._ids]
            _skip(made, node.id)
        return made

    def _name(self, name: str) -> str:
        return self._new + name[len(self._old) :] if name.startswith(self._old) else name


def _skip(node: Node, original: str) -> None:
    if node.type == phases.POD and node.phase == phases.SUCCEEDED:
        node.type, node.phase = phases.SKIPPED_NODE, phases.SKIPPED
        node.message = f"original pod: {original}"
