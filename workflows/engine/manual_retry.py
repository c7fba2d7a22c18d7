"""Retry of a finished run by hand: what is done again, what is kept.

Failed nodes and everything that followed from them are taken away, the composites around them run again,
and nodes that succeeded stay. `plan_retry` is pure and also serves as a preview.

    harmless    a failure after which something succeeded was foreseen (continueOn, ``depends: x.Failed``):
                it stays
    daemons     those of composites that run again are started anew
    attempts    of a Retry node only the last counts; failed pods count anew, steps and DAGs go on in the
                last one
    parameters  with new ones, loops and step groups that would run again are made anew

Source: Argo's `FormulateRetryWorkflow`. Unlike Argo's, a refused call, an unanswered question and a
composite that failed by itself are done again too, and hooks that succeeded do not count as a success.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from workflows.engine import names, phases
from workflows.engine.control import LABEL, note_action, parse_selector
from workflows.engine.messages import RetryRun

if TYPE_CHECKING:
    from workflows.engine.core import Core
    from workflows.engine.node import Node, Run

_COMPOSITE = frozenset({phases.STEPS, phases.STEP_GROUP, phases.DAG, phases.TASK_GROUP, phases.RETRY})
_GROUPS = frozenset({phases.STEP_GROUP, phases.TASK_GROUP})
#: type of a group to what stands between its name and the rest of its members' names
_MEMBER_SIGN = {phases.STEP_GROUP: ".", phases.TASK_GROUP: "(", phases.RETRY: "("}


class Reason(StrEnum):
    """Why a node is done again; with some, another node is to blame."""

    FAILED = "failed"
    UNFINISHED = "unfinished"
    CHOSEN = "chosen"
    EXIT_HANDLER = "exit-handler"
    ATTEMPT = "attempt"  # of the same call as the blamed node
    FOLLOWS = "follows"  # came after or is inside the blamed node
    CONTAINS = "contains"  # the blamed node is inside
    QUESTION = "question"  # answered in another run, asked again in this one
    DAEMON = "daemon"  # ended with the blamed node, which runs again and needs it
    PARAMETERS = "parameters"  # is inside the blamed loop or group, which new parameters may change


@dataclass(frozen=True, slots=True)
class Cause:
    """`blamed` is the id of another node, "" when the reason lies in the node itself."""

    reason: Reason
    blamed: str = ""


Doomed = dict[str, Cause]


@dataclass(frozen=True, slots=True)
class RetryPlan:
    """The nodes that will be made anew and the composites that will run again, by id, and why."""

    deleted: Mapping[str, Cause]
    reset: Mapping[str, Cause]


def plan_retry(
    run: Run, nodes: Mapping[str, Node], request: RetryRun, *, elsewhere: bool = False
) -> RetryPlan:
    """Which nodes a manual retry does again; `elsewhere`: in another run, which must ask its own questions.

    Raises EngineError for a selector that is none.
    """
    tree = _Tree(nodes)
    doomed: Doomed = {}
    for node, reason in _to_redo(run, tree, request):
        tree.doom(node, reason, doomed)
    if run.name in nodes and nodes[run.name].type in _COMPOSITE:
        doomed.pop(run.name, None)
    reset = {
        node.id: Cause(Reason.FAILED if node.fulfilled else Reason.UNFINISHED)
        for node in nodes.values()
        if tree.failed_by_itself(node) and node.id not in doomed
    }
    for node_id in [*doomed, *reset]:
        for outer in tree.around(nodes[node_id]):
            reset.setdefault(outer, Cause(Reason.CONTAINS, node_id))
    for node_id in sorted(reset.keys() - doomed.keys()):
        tree.doom_dependents(nodes[node_id], doomed)
    if elsewhere:
        tree.ask_again(doomed, reset)
    tree.revive_daemons(doomed, reset)
    tree.doom_containers(doomed)
    if request.parameters:
        for node_id in sorted(reset):
            if nodes[node_id].type in _GROUPS:
                tree.doom_below(node_id, Cause(Reason.PARAMETERS, node_id), doomed)
    return RetryPlan(doomed, {node_id: cause for node_id, cause in reset.items() if node_id not in doomed})


def _to_redo(run: Run, tree: _Tree, request: RetryRun) -> Iterator[tuple[Node, Reason]]:
    """The nodes with which doing again begins."""
    matches = parse_selector(request.selector)
    chosen = request.restart_successful and bool(request.selector)
    exit_handler = re.compile(re.escape(names.exit_name(run.name)) + r"($|[.\[(])")
    for node in tree.nodes.values():
        if exit_handler.match(node.name):
            yield node, Reason.EXIT_HANDLER
            continue
        reason = Reason.CHOSEN if chosen and matches(node) else tree.fault_of(node)
        if reason is not None and not tree.is_superseded(node) and not tree.is_spent_hook(node):
            # a container of a set is not done again without its pod
            yield tree.nodes.get(node.boundary_id, node) if node.type == phases.CONTAINER else node, reason


class _Tree:
    """Edges and containment among the nodes of a finished run."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self.nodes = nodes
        self.children: dict[str, list[str]] = {}
        for node in nodes.values():
            for parent in node.parents:
                self.children.setdefault(parent, []).append(node.id)

    # --- edges -------------------------------------------------------------------------------------

    def below(self, start: str) -> Iterator[str]:
        """All that edges lead to from a node, the node itself first."""
        seen, stack = {start}, [start]
        while stack:
            node_id = stack.pop()
            yield node_id
            for child in self.children.get(node_id, ()):
                if child not in seen:
                    seen.add(child)
                    stack.append(child)

    def doom(self, node: Node, reason: Reason, doomed: Doomed) -> None:
        """Take a node away with all that followed from it; a retried pod with all its attempts."""
        retry = self._retry_of(node)
        roots = [node.id] if retry is None or node.type in _COMPOSITE else self.children[retry.id]
        for root in roots:
            self.doom_below(root, Cause(Reason.ATTEMPT, node.id), doomed)
        doomed[node.id] = Cause(reason)

    def doom_below(self, start: str, cause: Cause, doomed: Doomed) -> None:
        """`cause` is that of the first; the others follow from it."""
        if start in doomed:
            return
        after = Cause(cause.reason if cause.reason is Reason.PARAMETERS else Reason.FOLLOWS, start)
        for node_id in self.below(start):
            doomed.setdefault(node_id, cause if node_id == start else after)

    def doom_dependents(self, node: Node, doomed: Doomed) -> None:
        """Take away what hangs on a composite or its last nodes, although those may have succeeded: it ends
        anew.
        """
        if node.type != phases.STEP_GROUP:
            for dependent in self._dependents(node):
                self.doom_below(dependent.id, Cause(Reason.FOLLOWS, node.id), doomed)

    def revive_daemons(self, doomed: Doomed, reset: Doomed) -> None:
        """What runs again needs its daemons; what came after those stays, for they come back as they were."""
        for node in self.nodes.values():
            if not _was_daemon(node) or node.id in doomed or node.boundary_id not in reset:
                continue
            self._doom_alone(node, Cause(Reason.DAEMON, node.boundary_id), doomed, reset)

    def ask_again(self, doomed: Doomed, reset: Doomed) -> None:
        """Suspend nodes wait again; what came after them stays."""
        for node in self.nodes.values():
            if node.type == phases.SUSPEND and node.id not in doomed:
                self._doom_alone(node, Cause(Reason.QUESTION), doomed, reset)

    def _doom_alone(self, node: Node, cause: Cause, doomed: Doomed, reset: Doomed) -> None:
        """Take a node away with its attempts, but not what came after it."""
        retry = self._retry_of(node)
        for node_id in [node.id] if retry is None else self._attempts(retry):
            doomed.setdefault(node_id, cause)
        for outer in self.around(node):
            reset.setdefault(outer, Cause(Reason.CONTAINS, node.id))

    def doom_containers(self, doomed: Doomed) -> None:
        """The containers of a set come and go with their pod."""
        for node in self.nodes.values():
            if node.type == phases.CONTAINER and node.boundary_id in doomed:
                doomed.setdefault(node.id, Cause(Reason.FOLLOWS, node.boundary_id))

    def _dependents(self, node: Node) -> Iterator[Node]:
        """What edges lead to from a node or its last nodes: its hooks, and what came next."""
        members = [c for c in self.children.get(node.id, ()) if _is_member(self.nodes[c], node)]
        for last in [node.id, *(node.outbound or ()), *members]:
            for child in (self.nodes[child] for child in self.children.get(last, ())):
                if not self._contains(node, child):
                    yield child

    def is_spent_hook(self, node: Node) -> bool:
        """Whether a node belongs to a hook of something that other nodes came after: it did no harm."""
        hooks = (inner for inner in (node, *self._around(node)) if inner.hooked)
        hosts = (self.nodes[p] for hook in hooks for p in hook.parents if not _is_member(hook, self.nodes[p]))
        return any(not after.hooked for host in hosts for after in self._dependents(host))

    def is_harmful(self, node: Node) -> bool:
        """Whether a failure was not foreseen: nothing around it succeeded, and nothing that came after it.

        Hooks do not come after. A hook harms only what nothing came after.
        """
        whole = self._retry_of(node) or node
        if self.is_spent_hook(whole):
            return False
        if any(n.phase == phases.SUCCEEDED and n.type not in _GROUPS for n in self._around(whole)):
            return False
        return not any(after.id in self._fruitful for after in self._dependents(whole) if not after.hooked)

    @cached_property
    def _fruitful(self) -> set[str]:
        """Nodes that succeeded, and those that such nodes came after."""
        stack = [node for node in self.nodes.values() if node.phase == phases.SUCCEEDED]
        found = {node.id for node in stack}
        while stack:
            node = stack.pop()
            for parent in () if node.hooked else node.parents:
                if parent not in found and parent in self.nodes:
                    found.add(parent)
                    stack.append(self.nodes[parent])
        return found

    # --- containment -------------------------------------------------------------------------------

    def fault_of(self, node: Node) -> Reason | None:
        """Why a node that is no composite must be done again, None if it need not."""
        if node.type in _COMPOSITE:
            return None
        if not node.fulfilled:
            return Reason.UNFINISHED
        return Reason.FAILED if node.phase in phases.FAILED_OR_ERROR and self.is_harmful(node) else None

    def around(self, node: Node) -> set[str]:
        """The composites that contain a node: boundaries, groups, loops and retries above it."""
        return {outer.id for outer in self._around(node)}

    def is_superseded(self, node: Node) -> bool:
        """Whether a node belongs to an attempt after which there was another."""
        for inner in (node, *self._around(node)):
            retry = self._retry_of(inner)
            if retry is None or inner.id == self._last_attempt(retry):
                continue
            if inner.type in _COMPOSITE or retry.phase not in phases.FAILED_OR_ERROR:
                return True
        return False

    def failed_by_itself(self, node: Node) -> bool:
        """Whether a composite failed although nothing in it did, or is still open."""
        if node.type not in _COMPOSITE or self.is_superseded(node):
            return False
        if not node.fulfilled:
            return True
        is_cause = node.phase in phases.FAILED_OR_ERROR and node.id not in self._failed_inside
        return is_cause and self.is_harmful(node)

    @cached_property
    def _failed_inside(self) -> frozenset[str]:
        """Composites in which something failed."""
        failed = (node for node in self.nodes.values() if node.phase in phases.FAILED_OR_ERROR)
        return frozenset(outer.id for node in failed for outer in self._around(node))

    def _around(self, node: Node) -> Iterable[Node]:
        found: dict[str, Node] = {}
        stack = [node]
        while stack:
            current = stack.pop()
            parents = [self.nodes[node_id] for node_id in current.parents if node_id in self.nodes]
            above = [outer for outer in parents if _is_member(current, outer)]
            if current.hooked and not above:
                stack.extend(parents)  # a hook is wherever its host is
            if current.boundary_id in self.nodes:
                above.append(self.nodes[current.boundary_id])
            for outer in above:
                if outer.id not in found:
                    found[outer.id] = outer
                    stack.append(outer)
        return found.values()

    def _contains(self, outer: Node, inner: Node) -> bool:
        return any(found is outer for found in self._around(inner))

    def _retry_of(self, node: Node) -> Node | None:
        """The Retry node of which a node is an attempt."""
        parents = (self.nodes[parent] for parent in node.parents if parent in self.nodes)
        return next((p for p in parents if p.type == phases.RETRY and _is_member(node, p)), None)

    def _attempts(self, retry: Node) -> list[str]:
        return [child for child in self.children[retry.id] if _is_member(self.nodes[child], retry)]

    def _last_attempt(self, retry: Node) -> str:
        return self._attempts(retry)[-1]


def _is_member(node: Node, group: Node) -> bool:
    """Whether a node is a step of a step group, an iteration of a loop or an attempt of a retry."""
    sign = _MEMBER_SIGN.get(group.type)
    return sign is not None and node.name.startswith(group.name + sign)


def _was_daemon(node: Node) -> bool:
    """Whether a daemon was ready once and was ended with its template."""
    return node.type == phases.POD and node.phase == phases.SUCCEEDED and "podIP" in (node.extra or {})


def apply_retry(core: Core, request: RetryRun) -> None:
    """Take away and reset what the plan says; the caller then restores the frames from what is left."""
    run = core.run
    plan = plan_retry(run, core.nodes, request)
    for node_id in plan.deleted:
        core.remove(core.nodes[node_id])
    for node_id in plan.reset:
        _reset(core, core.nodes[node_id])
    run.attempt += 1
    run.arguments.update(request.parameters)
    run.shutdown, run.suspended = "", False
    run.phase = phases.RUNNING
    run.labels[f"{LABEL}phase"], run.labels[f"{LABEL}completed"] = phases.RUNNING, "false"
    run.message, run.finished_at, run.started_at = "", None, core.now
    run.memo.pop("verdict", None)
    note_action(core, "Retry", request.actor)


def _reset(core: Core, node: Node) -> None:
    core.set_phase(node, phases.RUNNING, "")
    node.started_at, node.finished_at = core.now, None
    node.outputs, node.outbound = None, None
