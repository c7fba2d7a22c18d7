"""A steps template: groups in sequence, the steps of a group in parallel.

Source: Argo's `executeSteps` and `executeStepGroup`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import TYPE_CHECKING

from workflows.engine import phases
from workflows.engine.aggregate import aggregate_outputs, refuse_inline_loop
from workflows.engine.calls import Call, as_engine_error, starts
from workflows.engine.composite import Composite
from workflows.engine.errors import EngineError, TimedOut
from workflows.engine.expand import Plan, Planned
from workflows.engine.hooked import Child
from workflows.engine.limits import FAIL_FAST_MESSAGE
from workflows.engine.node import Node
from workflows.engine.outbound import outbound_of, parents_after
from workflows.engine.scope import Referent
from workflows.expr import ExprError

if TYPE_CHECKING:
    from workflows.engine.compiled_calls import CompiledCall


class Group:
    """The step group being executed. `unsettled` counts children that are not done yet, hooks included.

    `watched`: hooks look at the status of other steps of the group.
    """

    __slots__ = ("children", "node", "plans", "started", "unsettled", "watched")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.children: list[Child] = []
        self.plans: list[Plan] = []
        self.unsettled = 0
        self.started = False
        self.watched = False

    def itself(self) -> Node:
        return self.node


class StepsFrame(Composite):
    word = "steps"

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self.groups = call.template.steps
        self.index = -1
        self.group: Group | None = None
        self.last_children: list[Child] = []

    # --- progress ----------------------------------------------------------------------------------

    def advance(self) -> None:
        while not self.closed:
            group = self.group
            if group is not None:
                if group.node.phase not in phases.FULFILLED and self.failed_fast():
                    return
                if group.unsettled:
                    return
                self._conclude(group)
                if self.closed:
                    return
            if self.index + 1 == len(self.groups):
                self.succeed(self._outbound())
                return
            if (
                self.core.run.suspended
                and self.core.node_id(self._group_name(self.index + 1)) not in self.core.nodes
            ):
                return
            self.index += 1
            self._start_group()

    def _start_group(self) -> None:
        name = self._group_name(self.index)
        existing = self.core.nodes.get(self.core.node_id(name))
        node = existing if existing is not None else self.core.add(
            name, phases.STEP_GROUP, phases.RUNNING, boundary=self.node, parents=self._group_parents(),
            template_scope=self.call.template.base.label(self.core.run),
        )  # fmt: skip
        group = self.group = Group(node)
        try:
            group.plans = self._plans(group)
        except (EngineError, ExprError) as error:
            self._group_error(group, as_engine_error(error).message)
            return
        self._start_children(group)

    def _group_name(self, index: int) -> str:
        return f"{self.node.name}[{index}]"

    def _group_parents(self) -> list[str]:
        """The first group hangs on the steps node, later ones on the last nodes of the group before."""
        if self.group is None:
            return [self.node.id]
        if not self.last_children:
            return [self.group.node.id]
        return parents_after(self.core, self._last_nodes())

    def _plans(self, group: Group) -> list[Plan]:
        """What becomes of each step; a loop's items are kept with the group, so that a restart finds the
        same.
        """
        plans = [self._plan(call, group) for call in self.groups[self.index]]
        items = {
            call.name: plan.loop
            for call, plan in zip(self.groups[self.index], plans, strict=True)
            if plan.loop is not None
        }
        if items and not group.node.memo:
            group.node.memo = {"items": items}
            self.core.touch(group.node)
        return plans

    def _plan(self, call: CompiledCall, group: Group) -> Plan:
        """The plan of a step; what was begun before a restart is not evaluated again."""
        items = (group.node.memo or {}).get("items", {}).get(call.name)
        name = f"{group.node.name}.{call.name}"
        if items is not None:
            return Plan(self.expander.restored(call, items, f"{group.node.name}."), items)
        if self.core.node_id(name) in self.core.nodes:
            return Plan([Planned(call.name, {}, variables=self.scope)])
        try:
            return self.expander.plan(call)
        except EngineError as error:
            if call.expands and call.when is None:
                raise
            raise EngineError(f"failed to resolve references: {error.message}") from None

    def _start_children(self, group: Group) -> None:
        pairs = [
            (call, planned)
            for call, plan in zip(self.groups[self.index], group.plans, strict=True)
            for planned in (plan.nodes or [Planned(call.name, {}, skipped="Skipped, empty params")])
        ]
        group.children = [Child(call, planned.name) for call, planned in pairs]
        group.unsettled = len(group.children)
        calls = self.groups[self.index]
        siblings = {call.name for call in calls}
        group.watched = any(call.hook_mentions & siblings - {call.name} for call in calls)
        for child, (_, planned) in zip(group.children, pairs, strict=True):
            if self.closed:
                return
            self._start_child(group, child, planned)
        group.started = True
        self._progress_all(group)

    def _start_child(self, group: Group, child: Child, planned: Planned) -> None:
        name = f"{group.node.name}.{planned.name}"
        call = child.call = self.child_call(child, planned, name, [group.node.id])
        if planned.error is not None:
            call.skip(phases.ERROR, planned.error.message)
            self._group_error(group, planned.error.message)
        elif planned.skipped:
            call.skip(phases.SKIPPED, planned.skipped)
            self._settle(group, child)
        else:
            call.start()

    # --- what children tell ------------------------------------------------------------------------

    def moved(self, call: Call) -> None:
        group, child = self.group, call.subject
        if group is None or self.closed or not group.started:
            return
        if group.watched:
            self._progress_all(group)
        else:
            self._progress(group, child)

    def _progress_all(self, group: Group) -> None:
        for child in group.children:
            if self.closed:
                return
            self._progress(group, child)

    def siblings(self, child: Child) -> dict[str, str]:
        """As in Argo, a hook sees the steps of its group that stand before its own."""
        group = self.group
        if group is None or not group.watched:
            return {}
        before = takewhile(lambda other: other is not child, group.children)
        return {f"steps.{other.label}.status": other.node.phase for other in before if other.node is not None}

    def _progress(self, group: Group, child: Child) -> None:
        node = child.node
        if child.settled or node is None:
            return
        if node.type == phases.SKIPPED_NODE and node.phase == phases.SKIPPED:
            self._settle(group, child)
            return
        try:
            if self.hooks.progress(child, node):
                self._settle(group, child)
        except EngineError as error:
            self._group_error(group, error.message)

    def _settle(self, group: Group, child: Child) -> None:
        if not child.settled:
            child.settled = True
            group.unsettled -= 1
            if group.unsettled == 0:
                self.core.enqueue(self)

    def errored(self, call: Call, error: EngineError) -> None:
        group = self.group
        if group is None or self.closed:
            return
        if call.subject.call is not call:
            self._group_error(group, error.message)
        elif isinstance(error, TimedOut):
            self._group_failed(group, phases.FAILED, error.message)
        else:
            self._group_error(
                group, f"step group deemed errored due to child {call.name} error: {error.message}"
            )

    # --- ends --------------------------------------------------------------------------------------

    def _conclude(self, group: Group) -> None:
        if group.node.phase not in phases.FULFILLED:
            for child in group.children:
                node = child.made
                if node.phase in phases.FAILED_OR_ERROR and not child.target.continues_on(node.phase):
                    self._group_failed(group, phases.FAILED, f"child '{node.id}' failed")
                    return
            self.core.set_phase(group.node, phases.SUCCEEDED)
        self.last_children = group.children
        self._publish(group)

    def _publish(self, group: Group) -> None:
        """Make the outputs of the group's steps visible to later groups."""
        by_call: dict[str, list[Child]] = {}
        for child in group.children:
            by_call.setdefault(child.target.name, []).append(child)
        for call, plan in zip(self.groups[self.index], group.plans, strict=True):
            children = by_call[call.name]
            if plan.loop is None or not plan.loop:
                self.references.names[call.name] = self.referent(children[0])
                continue
            nodes = [
                n
                for n in (child.node for child in children)
                if n is not None and n.type != phases.SKIPPED_NODE
            ]
            try:
                if nodes:
                    refuse_inline_loop(call)
                aggregate = aggregate_outputs(nodes)
            except EngineError as error:
                self.fail(error)
                return
            self.references.names[call.name] = Referent(group.itself, aggregate=aggregate)

    def _group_error(self, group: Group, message: str) -> None:
        self._group_failed(group, phases.ERROR, message)

    def _group_failed(self, group: Group, phase: str, message: str) -> None:
        """End the group and with it the steps node, which is Failed whatever its group is."""
        self.core.set_phase(group.node, phase, message)
        self.last_children = group.children
        self.end(phases.FAILED, message, self._outbound())

    def inside(self) -> Iterable[Node]:
        if self.group is not None:
            yield self.group.node
            for child in self.group.children:
                yield from child.nodes

    def early(self) -> bool:
        return self.group is not None and self.group.unsettled > 0

    def fail_fast(self) -> None:
        if self.group is not None:
            self.core.set_phase(self.group.node, phases.FAILED, FAIL_FAST_MESSAGE)
        self.end(phases.FAILED, FAIL_FAST_MESSAGE, [])

    def _outbound(self) -> list[str]:
        """The last nodes of the group before, to which what follows is drawn."""
        return outbound_of(self.core, self._last_nodes())

    def _last_nodes(self) -> list[Node]:
        return [child.node for child in self.last_children if child.node is not None]


@starts("steps")
def start_steps(call: Call) -> None:
    node = call.node if call.node is not None else call.add(phases.STEPS, phases.RUNNING)
    frame = StepsFrame(call)
    call.frame = frame
    if node.phase not in phases.FULFILLED:
        frame.core.enqueue(frame)
