"""A DAG template: tasks start as soon as what they depend on is settled.

Each task counts the tasks it still waits for, so a settled task touches only its dependents. The phase
of the whole is assessed only when nothing of it is open.

Source: Argo's `executeDAG`, `executeDAGTask`, `assessDAGPhase`.
"""

from __future__ import annotations

from collections.abc import Iterable
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
from workflows.engine.texts import render
from workflows.expr import ExprError

if TYPE_CHECKING:
    from workflows.engine.compiled_calls import CompiledCall


class Task:
    """One task of a running DAG. A loop has a group node and a child for each iteration."""

    __slots__ = ("children", "error", "group", "number", "settled", "unsettled")

    def __init__(self, number: int, target: CompiledCall) -> None:
        self.number = number
        #: the task's own node: of the call, or of the loop as a whole
        self.group = Child(target, target.name, self)
        self.children: list[Child] = []
        self.unsettled = 0
        self.settled = False
        #: why the outputs of this loop cannot be aggregated
        self.error: EngineError | None = None

    @property
    def node(self) -> Node | None:
        return self.group.node


class DagFrame(Composite):
    word = "tasks"
    forgives_exit_hooks = True

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self.dag = call.template.dag
        target = render(self.dag.target, self.scope, self.core.context) if self.dag.target is not None else ""
        self.targets = self.dag.targets(target)
        self.is_target = frozenset(self.targets)
        self.tasks: dict[int, Task] = {}
        self.unmet = [len(needs) for needs in self.dag.needs]
        self.ready: list[int] = []
        self.open = 0
        needed = self.dag.needed(self.targets)
        self.needed = needed
        self.ready.extend(
            n for n, unmet in enumerate(self.unmet) if not unmet and (needed is None or needed[n])
        )

    # --- progress ----------------------------------------------------------------------------------

    def advance(self) -> None:
        self._start_ready()
        if self.closed or self.failed_fast():
            return
        if not self.ready and not self.open:
            self._assess()

    def _start_ready(self) -> None:
        """Start what waits for nothing more; after a restart also take up what has begun, even if nothing
        may start.
        """
        held_back = []
        while self.ready:
            ready, self.ready = self.ready, []
            for number in ready:
                if self.closed:
                    return
                if self.holds_back and not self._exists(number):
                    held_back.append(number)
                else:
                    self._start(number)
        self.ready = held_back

    def _exists(self, number: int) -> bool:
        return self.core.node_id(self._name(self.dag.calls[number])) in self.core.nodes

    def _start(self, number: int) -> None:
        call = self.dag.calls[number]
        task = self.tasks[number] = Task(number, call)
        self.references.names[call.name] = self.referent(task.group)
        self.open += 1
        existing = self.core.nodes.get(self.core.node_id(self._name(call)))
        if existing is not None:
            self._restore(task, existing)
            return
        try:
            if not self._may_run(number):
                self._skip(task, phases.OMITTED, "omitted: depends condition not met")
                return
            plan = self.expander.plan(call)
        except (EngineError, ExprError) as error:
            self._skip(task, phases.ERROR, as_engine_error(error).message)
            return
        self._follow(task, plan)

    def _may_run(self, number: int) -> bool:
        depends = self.dag.depends[number]
        results = {}
        for name, need in zip(depends.names, self.dag.needs[number], strict=True):
            task = self.tasks[need]
            if task.error is not None:
                raise task.error
            if task.children:
                refuse_inline_loop(task.group.target)
            results[name] = _results(task)
        return depends.allows(results)

    def _follow(self, task: Task, plan: Plan) -> None:
        call = task.group.target
        parents = self._parents(task.number)
        if plan.loop is None:
            self._start_child(task, task.group, plan.nodes[0], parents)
        elif not plan.loop:
            self._skip(task, phases.SKIPPED, "Skipped, empty params")
        else:
            group = task.group.call = self.child_call(
                task.group, Planned(call.name, {}), self._name(call), parents
            )
            node = group.add_group(phases.TASK_GROUP)
            node.memo = {"items": plan.loop}
            self._start_iterations(task, plan.nodes, node)

    def _start_iterations(self, task: Task, nodes: list[Planned], group: Node) -> None:
        task.children = [Child(task.group.target, task.group.target.name, task) for _ in nodes]
        task.unsettled = len(nodes)
        for child, planned in zip(task.children, nodes, strict=True):
            if self.closed:
                return
            self._start_child(task, child, planned, [group.id])
        self._progress(task, task.group)

    def _start_child(self, task: Task, child: Child, planned: Planned, parents: list[str]) -> None:
        call = child.call = self.child_call(child, planned, f"{self.node.name}.{planned.name}", parents)
        if planned.error is not None:
            call.skip(phases.ERROR, planned.error.message)
            self.moved(call)
        elif planned.skipped:
            call.skip(phases.SKIPPED, planned.skipped)
            self.moved(call)
        else:
            call.start()
            self._progress(task, child)

    def _skip(self, task: Task, phase: str, message: str) -> None:
        call = task.group.target
        group = task.group.call = self.child_call(
            task.group, Planned(call.name, {}), self._name(call), self._parents(task.number)
        )
        group.skip(phase, message)
        self.moved(group)

    def _name(self, call: CompiledCall) -> str:
        return f"{self.node.name}.{call.name}"

    def _parents(self, number: int) -> list[str]:
        """A root task hangs on the DAG node, others on the last nodes of what they depend on."""
        needs = self.dag.needs[number]
        if not needs:
            return [self.node.id]
        return parents_after(
            self.core,
            [node for node in (self.tasks[n].node for n in needs) if node is not None],
        )

    # --- what children tell ------------------------------------------------------------------------

    def moved(self, call: Call) -> None:
        self._progress(call.subject.part_of, call.subject)

    def _progress(self, task: Task, child: Child) -> None:
        node = child.node
        if node is None or child.settled or self.closed:
            return
        try:
            if not self._hooks_done(task, child, node):
                return
        except EngineError as error:
            self.fail(error)
            return
        if child.settled:
            return  # by a hook that was done as soon as it started
        child.settled = True
        if child is not task.group:
            task.unsettled -= 1
            if task.unsettled == 0:
                self._close_group(task)
        else:
            self._settle(task)

    def _hooks_done(self, task: Task, child: Child, node: Node) -> bool:
        if node.phase == phases.PENDING and task.number not in self.is_target:
            return False
        return self.hooks.progress(child, node, lifecycle=child is task.group)

    def _close_group(self, task: Task) -> None:
        """All iterations are settled: the last failure among them is the phase of the loop."""
        node = task.group.made
        iterations = [child.node for child in task.children if child.node is not None]
        phase = phases.SUCCEEDED
        for iteration in iterations:
            if iteration.phase in phases.FAILED_OR_ERROR:
                phase = iteration.phase
        try:
            aggregate = aggregate_outputs(iterations)
        except EngineError as error:
            task.error = error
        else:
            self.references.names[task.group.target.name] = Referent(lambda: node, aggregate=aggregate)
        if node.phase in phases.FULFILLED:
            self._progress(task, task.group)
        else:
            self.core.set_phase(node, phase)

    def _settle(self, task: Task) -> None:
        """The task is done: its dependents wait for one less."""
        task.settled = True
        self.open -= 1
        for dependent in self.dag.dependents[task.number]:
            self.unmet[dependent] -= 1
            if not self.unmet[dependent] and (self.needed is None or self.needed[dependent]):
                self.ready.append(dependent)
        if self.ready or not self.open:
            self.core.enqueue(self)

    def errored(self, call: Call, error: EngineError) -> None:
        child: Child = call.subject
        if self.closed:
            return
        if child.call is not call:
            # a lifecycle hook that cannot be called fails the DAG; an exit handler only itself
            if call is not child.exit:
                self.fail(error)
                return
        elif not isinstance(error, TimedOut):
            self.core.set_phase(call.made, phases.ERROR, f"task '{call.name}' errored: {error.message}")
        self._progress(child.part_of, child)

    # --- ends --------------------------------------------------------------------------------------

    def _assess(self) -> None:
        if self.core.run.shutdown and not self.call.on_exit:
            self.end(phases.FAILED, None, self._outbound())
            return
        if self.core.must_wait_for_orphans(self, self.node):
            return
        phase = self._phase()
        if phase in phases.FAILED_OR_ERROR:
            self.end(phase, None, self._outbound())
        elif phase == phases.SUCCEEDED:
            failed = next((task.error for task in self.tasks.values() if task.error is not None), None)
            if failed is not None:
                self.fail(failed)
                return
            for task in self.tasks.values():
                if task.node is not None:
                    self.core.export(task.node.outputs)
            self.succeed(self._outbound())

    def _phase(self) -> str:
        """The verdict of the targets; Running while one of them was not considered yet."""
        result = phases.SUCCEEDED
        branches = Branches(self)
        for number in self.targets:
            if number not in self.tasks:
                result = phases.RUNNING
                if not self.dag.fail_fast:
                    break
                continue
            phase = branches.phase(number)
            if phase in phases.FAILED_OR_ERROR and not self.dag.calls[number].continues_on(phase):
                result = phase
                if self.dag.fail_fast:
                    break
        return result

    def _outbound(self) -> list[str]:
        return outbound_of(
            self.core,
            [
                task.node
                for task in (self.tasks.get(n) for n in self.targets)
                if task is not None and task.node is not None
            ],
        )

    def fail_fast(self) -> None:
        self.end(phases.FAILED, FAIL_FAST_MESSAGE, [])

    def inside(self) -> Iterable[Node]:
        for task in self.tasks.values():
            for child in (task.group, *task.children):
                yield from child.nodes

    def early(self) -> bool:
        return self.open > 0

    # --- restoring ---------------------------------------------------------------------------------

    def _restore(self, task: Task, node: Node) -> None:
        call = task.group.target
        if node.type != phases.TASK_GROUP:
            self._start_child(task, task.group, Planned(call.name, {}, variables=self.scope), node.parents)
            return
        group = task.group.call = self.child_call(task.group, Planned(call.name, {}), node.name, node.parents)
        group.adopt_group(node)
        items = (node.memo or {}).get("items", [])
        self._start_iterations(task, self.expander.restored(call, items, f"{self.node.name}."), node)


class Branches:
    """Phases of targets that did not run themselves: they inherit the phase of the branch they lie on.

    Failures win over success. Computed only for the targets asked for and what they lead back to.
    """

    def __init__(self, frame: DagFrame) -> None:
        self.frame = frame
        self.known: dict[int, frozenset[str]] = {}

    def phase(self, number: int) -> str:
        found = self._phases(number)
        failed = found & phases.FAILED_OR_ERROR
        return next(iter(sorted(failed or found)))

    def _phases(self, number: int) -> frozenset[str]:
        stack = [number]
        while stack:
            current = stack[-1]
            if current in self.known:
                stack.pop()
                continue
            node = self.frame.tasks[current].group.made
            if node.phase in phases.COMPLETED:
                self.known[current] = frozenset({node.phase})
                continue
            waiting = [need for need in self.frame.dag.needs[current] if need not in self.known]
            if waiting:
                stack.extend(waiting)
                continue
            inherited = [self._through(need) for need in self.frame.dag.needs[current]]
            self.known[current] = (
                frozenset().union(*inherited) if inherited else frozenset({phases.SUCCEEDED})
            )
        return self.known[number]

    def _through(self, need: int) -> frozenset[str]:
        """What a dependency passes on: the phases of its last nodes, where it has any."""
        node = self.frame.tasks[need].group.made
        if node.type not in (phases.STEPS, phases.DAG, phases.TASK_GROUP):
            return self.known[need]
        core = self.frame.core
        last = {core.nodes[last_id].phase for last_id in outbound_of(core, [node]) if last_id in core.nodes}
        return frozenset(last & phases.COMPLETED) or self.known[need]


def _results(task: Task) -> frozenset[str]:
    """The results in which a settled task may be tested."""
    node = task.group.made
    results = {"Errored" if node.phase == phases.ERROR else node.phase}
    if node.daemoned:
        results.add("Daemoned")
    if node.type == phases.TASK_GROUP:
        found = {child.node.phase for child in task.children if child.node is not None}
        if phases.SUCCEEDED in found:
            results.add("AnySucceeded")
        if found == {phases.FAILED}:
            results.add("AllFailed")
    return frozenset(results)


@starts("dag")
def start_dag(call: Call) -> None:
    node = call.node if call.node is not None else call.add(phases.DAG, phases.RUNNING)
    frame = DagFrame(call)
    call.frame = frame
    if node.phase not in phases.FULFILLED:
        frame.core.enqueue(frame)
