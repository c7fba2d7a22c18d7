"""The engine's face: one `RunState` holds a run and turns facts and signals into decisions.

    state = RunState.new(program, run)                 a run that has not begun
    state = RunState.restore(program, run, nodes, now)  a run as its rows say
    decision = state.apply(facts, now)

Deterministic and without I/O. The nodes of a decision are the live objects: turn them into rows before
the next call; if storing them fails, throw the state away and restore it. One thread at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

# imported for the starters they register
from workflows.engine import agent_tasks as _agent_tasks  # noqa: F401
from workflows.engine import cached as _cached  # noqa: F401
from workflows.engine import dag as _dag  # noqa: F401
from workflows.engine import locks, phases
from workflows.engine import pod_starters as _pod_starters  # noqa: F401
from workflows.engine import retry as _retry  # noqa: F401
from workflows.engine import steps as _steps  # noqa: F401
from workflows.engine import suspend as _suspend  # noqa: F401
from workflows.engine.calls import Launched
from workflows.engine.control import apply_signal, end_overdue
from workflows.engine.core import Core
from workflows.engine.decision import Decision
from workflows.engine.errors import EngineError
from workflows.engine.limits import Counter
from workflows.engine.manual_retry import apply_retry
from workflows.engine.memo import take_answer
from workflows.engine.messages import (
    ConfigMapsChanged,
    ContainerChanged,
    Fact,
    JsonObject,
    Launch,
    LockFact,
    LocksGranted,
    LocksRefused,
    LocksWaiting,
    MemoAnswer,
    MetricRefused,
    Millis,
    NodeFact,
    NodeFinished,
    NodeProgress,
    NodeReady,
    NodeReported,
    NodeStarted,
    RetryRun,
    Signal,
)
from workflows.engine.metrics import refused
from workflows.engine.node import Node, Run
from workflows.engine.orphans import adopt_orphans
from workflows.engine.program import Program
from workflows.engine.progress import take_progress
from workflows.engine.resources import recount
from workflows.engine.workflow import RunFrame
from workflows.expr import Context

#: the timer of the run's own deadline; its node id is empty
_DEADLINE = "deadline"
#: facts about one node, in the order in which they come about
_RANKS: dict[type, int] = {
    NodeStarted: 0, NodeProgress: 1, NodeReported: 1, ContainerChanged: 2, NodeReady: 3, NodeFinished: 4,
}  # fmt: skip


class RunState:
    """See the module text."""

    def __init__(self, program: Program, run: Run) -> None:
        self.program = program
        self._core = Core(program, run)
        self._frame = RunFrame(self._core)
        self._begun = False
        self._install_limits()

    @classmethod
    def new(cls, program: Program, run: Run) -> RunState:
        if program.spec.suspend:
            run.suspended = True
        return cls(program, run)

    @classmethod
    def restore(
        cls,
        program: Program,
        run: Run,
        nodes: Iterable[Node],
        now: Millis,
        config_maps: Mapping[str, JsonObject] | None = None,
    ) -> RunState:
        """The state that stored rows stand for. What it finds due is part of the first decision."""
        state = cls(program, run)
        state._core.config_maps = dict(config_maps or {})
        for node in sorted(nodes, key=lambda node: node.idx):
            state._core.load(node)
        state._recount()
        if run.phase and run.phase not in phases.RUN_FINISHED:
            state._set_now(now)
            state._resume()
        return state

    # --- reading -----------------------------------------------------------------------------------

    @property
    def run(self) -> Run:
        return self._core.run

    @property
    def nodes(self) -> Mapping[str, Node]:
        return self._core.nodes

    @property
    def finished(self) -> bool:
        return self.run.phase in phases.RUN_FINISHED

    def active_attempts(self) -> list[tuple[str, int]]:
        """Launched nodes that are not fulfilled: (node id, attempt)."""
        return [
            (call.node.id, call.node.attempt) for call in self._core.active.values() if call.node is not None
        ]

    def relaunch(self, node_ids: Iterable[str]) -> list[Launch]:
        """The launch orders of active nodes once more."""
        orders = []
        for node_id in node_ids:
            call = self._core.active.get(node_id)
            if call is not None and call.node is not None and isinstance(call.frame, Launched):
                orders.append(call.frame.order(call.node))
        return orders

    # --- applying ----------------------------------------------------------------------------------

    def apply(self, facts: Sequence[Fact | Signal], now: Millis) -> Decision:
        """Take in what happened and decide all that follows from it. Repeated and outdated facts change
        nothing.
        """
        self._set_now(now)
        for fact in self._in_order(facts):
            self._take(fact)
        if not self.finished:
            if not self._begun:
                self._begin()
            self._run_timers()
            self._core.enqueue(self._frame)
            self._core.drain()
        if self.finished:
            self._core.forget_timers()
        return self._core.decide()

    def _in_order(self, facts: Sequence[Fact | Signal]) -> Iterable[Fact | Signal]:
        """The same facts in the order of their nodes, so that it does not matter which was heard of first.

        Signals stay where they are: what was asked for before a fact was known does not change.
        """
        nodes = self._core.nodes
        observed: list[tuple[int, int, int, NodeFact]] = []
        for place, fact in enumerate(facts):
            rank = _RANKS.get(type(fact))
            if rank is not None:
                node = nodes.get(fact.node_id)  # type: ignore[union-attr]
                if node is not None:
                    observed.append((node.idx, rank, place, fact))  # type: ignore[arg-type]
                continue
            yield from (entry[-1] for entry in sorted(observed))
            observed.clear()
            yield fact
        yield from (entry[-1] for entry in sorted(observed))

    def _set_now(self, now: Millis) -> None:
        core = self._core
        core.now = max(now, core.now)
        core.context = Context(now_ms=core.now)
        self._frame.refresh()

    def _begin(self) -> None:
        self._begun = True
        self._frame.start()
        self._set_deadline()

    def _resume(self) -> None:
        """Build the frames of a run that began earlier."""
        self._begun = True
        self._set_deadline()
        adopt_orphans(self._core)
        self._frame.start()
        self._core.drain()
        adopt_orphans(self._core)

    def _take(self, fact: Fact | Signal) -> None:
        match fact:
            case NodeStarted() | NodeProgress() | NodeReported() | NodeReady() | NodeFinished():
                self._take_fact(fact)
            case ContainerChanged():
                self._take_fact(fact)
            case ConfigMapsChanged():
                self._core.config_maps = dict(fact.config_maps)
            case LocksGranted() | LocksWaiting() | LocksRefused():
                self._take_lock_fact(fact)
            case MemoAnswer():
                take_answer(self._core, fact)
            case MetricRefused():
                refused(self._core, fact.message)
            case RetryRun():
                if self.finished:
                    self._retry(fact)
            case _:
                if not self.finished:
                    self._signal(fact)

    def _take_fact(self, fact: NodeFact) -> None:
        call = self._core.active.get(fact.node_id)
        if call is not None and call.node is not None and call.node.attempt == fact.attempt:
            runner = call.frame
            if isinstance(fact, NodeProgress):
                take_progress(self._core, call.node, fact)
            elif isinstance(runner, Launched):
                runner.take(fact)

    def _take_lock_fact(self, fact: LockFact) -> None:
        if self.finished:
            return
        if fact.node_id:
            locks.take(self._core, fact)
        elif self._frame.take_lock_fact(fact):
            self._set_deadline()

    def _signal(self, signal: Signal) -> None:
        try:
            apply_signal(self._core, signal)
        except EngineError:
            # a selector nobody checked before: the signal asks for nothing
            return

    def _retry(self, request: RetryRun) -> None:
        apply_retry(self._core, request)
        self._core = self._core.rebuilt()
        self._frame = RunFrame(self._core)
        self._install_limits()
        self._recount()
        self._resume()

    # --- time --------------------------------------------------------------------------------------

    def _set_deadline(self) -> None:
        deadline = self._core.deadline()
        if deadline is not None:
            self._core.at(deadline + 1, _DEADLINE, "")

    def _run_timers(self) -> None:
        if self.run.suspended:
            return
        for kind, node_id in self._core.due():
            if kind == _DEADLINE:
                end_overdue(self._core)
                continue
            call = self._core.calls.get(node_id)
            if call is not None and call.frame is not None:
                call.frame.timer(kind)

    # --- limits ------------------------------------------------------------------------------------

    def _install_limits(self) -> None:
        limit = self.program.spec.parallelism
        if limit is not None:
            self._core.run_counter = Counter(self._core, limit=limit)

    def _recount(self) -> None:
        core = self._core
        counts: dict[str, int] = {}
        for node in core.nodes.values():
            counts[node.phase] = counts.get(node.phase, 0) + 1
            if core.run_counter is not None and node.type == phases.POD and not node.at_lock:
                core.run_counter.count(node, "", node.phase)
        recount(core)
        core.run.phase_counts = counts
        core.run.node_count = len(core.nodes)
