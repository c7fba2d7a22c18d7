"""Retry of a finished run by hand: what is done again, what is kept.

Failed nodes and everything that followed from them are taken away, the composites around them run again,
and nodes that succeeded stay. `plan_retry` is pure and also serves as a preview. Source: Argo's
`FormulateRetryWorkflow`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.engine import names, phases
from workflows.engine.control import LABEL, note_action, parse_selector
from workflows.engine.messages import RetryRun

if TYPE_CHECKING:
    from workflows.engine.core import Core
    from workflows.engine.node import Node, Run

_COMPOSITE = frozenset({phases.STEPS, phases.STEP_GROUP, phases.DAG, phases.TASK_GROUP, phases.RETRY})


@dataclass(frozen=True, slots=True)
class RetryPlan:
    """Ids of the nodes that will be made anew and of the composites that will run again."""

    deleted: frozenset[str]
    reset: frozenset[str]


def plan_retry(run: Run, nodes: Mapping[str, Node], request: RetryRun) -> RetryPlan:
    """Which nodes a manual retry does again."""
    children = _children(nodes.values())
    matches = parse_selector(request.selector)
    exit_name = names.exit_name(run.name)
    doomed: set[str] = set()
    for node in nodes.values():
        redo = (
            request.restart_successful
            and request.selector
            and node.phase == phases.SUCCEEDED
            and matches(node)
        )
        failed_leaf = node.phase in phases.FAILED_OR_ERROR and node.type not in _COMPOSITE
        is_exit = node.name == exit_name or node.name.startswith(
            (exit_name + ".", exit_name + "[", exit_name + "(")
        )
        if redo or failed_leaf or is_exit or (not node.fulfilled and node.type not in _COMPOSITE):
            doomed.update(_with_descendants(node.id, children, nodes))
    doomed.discard(run.name) if _is_composite(nodes.get(run.name)) else None
    doomed |= _attempts_of_broken(nodes, doomed, children)
    reset = {
        node.id
        for node in nodes.values()
        if node.type in _COMPOSITE
        and node.id not in doomed
        and (not node.fulfilled or node.phase in phases.FAILED_OR_ERROR)
    }
    for node_id in doomed:
        reset |= _around(nodes[node_id], nodes) - doomed
    return RetryPlan(frozenset(doomed), frozenset(reset))


def _is_composite(node: Node | None) -> bool:
    return node is not None and node.type in _COMPOSITE


def _children(nodes: Iterable[Node]) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {}
    for node in nodes:
        for parent in node.parents:
            children.setdefault(parent, []).append(node.id)
    return children


def _with_descendants(start: str, children: Mapping[str, list[str]], nodes: Mapping[str, Node]) -> set[str]:
    found, stack = set(), [start]
    while stack:
        node_id = stack.pop()
        if node_id in nodes and node_id not in found:
            found.add(node_id)
            stack.extend(children.get(node_id, ()))
    # what lies inside a composite goes with it, even where no edge leads there
    return found


def _attempts_of_broken(
    nodes: Mapping[str, Node], doomed: set[str], children: Mapping[str, list[str]]
) -> set[str]:
    """A Retry node that runs again starts counting anew: all its attempts go."""
    gone: set[str] = set()
    for node in nodes.values():
        if (
            node.type == phases.RETRY
            and node.id not in doomed
            and any(c in doomed for c in children.get(node.id, ()))
        ):
            for attempt in children[node.id]:
                gone |= _with_descendants(attempt, children, nodes)
    return gone


def _around(node: Node, nodes: Mapping[str, Node]) -> set[str]:
    """The composites that contain a node: boundaries, step groups, loops and retries above it."""
    found: set[str] = set()
    stack = [node]
    while stack:
        current = stack.pop()
        above = [current.boundary_id, *(p for p in current.parents if _contains(nodes.get(p)))]
        for node_id in above:
            if node_id and node_id not in found and node_id in nodes:
                found.add(node_id)
                stack.append(nodes[node_id])
    return found


def _contains(node: Node | None) -> bool:
    return node is not None and node.type in (phases.STEP_GROUP, phases.TASK_GROUP, phases.RETRY)


def apply_retry(core: Core, request: RetryRun) -> None:
    """Take away and reset what the plan says; the caller then restores the frames from what is left."""
    run = core.run
    plan = plan_retry(run, core.nodes, request)
    for node_id in plan.deleted:
        core.remove(core.nodes[node_id])
    for node_id in plan.reset:
        _reset(core, core.nodes[node_id], forget_items=bool(request.parameters))
    run.attempt += 1
    run.arguments.update(request.parameters)
    run.shutdown, run.suspended = "", False
    run.phase = phases.RUNNING
    run.labels[f"{LABEL}phase"], run.labels[f"{LABEL}completed"] = phases.RUNNING, "false"
    run.message, run.finished_at, run.started_at = "", None, core.now
    run.memo.pop("verdict", None)
    note_action(core, "Retry", request.actor)


def _reset(core: Core, node: Node, *, forget_items: bool) -> None:
    core.set_phase(node, phases.RUNNING, "")
    node.finished_at, node.outputs, node.outbound = None, None, None
    if forget_items:
        node.memo = None
