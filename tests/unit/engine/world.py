"""A run with everything around it: a clock, processes that end as told, people who press buttons.

Time passes only when the world says so. Each decision is checked on the way: see `Ledger`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.unit.engine.lock_book import LockBook
from tests.unit.engine.rows import Row, node_from, node_row, node_rows, run_from, run_row
from tests.unit.engine.saving import saved_artifacts
from workflows.engine import Decision, Program, Run, RunState, compile_program
from workflows.engine.messages import (
    Cleanup,
    ConfigMapsChanged,
    ContainerChanged,
    Fact,
    JsonObject,
    Kill,
    Launch,
    LookUpMemo,
    MemoAnswer,
    Millis,
    NodeFact,
    NodeFinished,
    NodeReady,
    NodeStarted,
    Order,
    Record,
    SaveMemo,
    Signal,
)
from workflows.engine.phases import FULFILLED

START: Millis = 1_700_000_000_000
HOST = "host-1"
READY_AFTER_S = 0.5
READY_AFTER_MS: Millis = 500

Attempt = tuple[str, int]


@dataclass(frozen=True)
class Outcome:
    """How a process ends. `seconds` None: it goes on until it is killed; `starts` False: it stays Pending."""

    phase: str = "Succeeded"
    exit_code: int | None = 0
    message: str = ""
    result: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    missing_artifacts: frozenset[str] = frozenset()
    seconds: float | None = 1
    starts: bool = True


Outcomes = Callable[[Launch], Outcome]


class Ledger:
    """What someone knows who was told only the decisions; `check` compares that with the truth."""

    def __init__(self, state: RunState) -> None:
        self.rows = node_rows(state.nodes.values())
        self.seq = state.run.seq

    def take(self, state: RunState, decision: Decision) -> None:
        before = self.seq
        changed = [*decision.created, *decision.updated]
        created, updated = {n.id for n in decision.created}, {n.id for n in decision.updated}
        assert not created & updated, "a node is both created and updated"
        for node_id in decision.deleted:
            self.rows.pop(node_id, None)
        for node in changed:
            assert before < node.seq <= state.run.seq, f"{node} carries no new seq"
            self.rows[node.id] = node_row(node)
        assert decision.run_changed == (state.run.seq != before), "seq and run_changed disagree"
        self.seq = state.run.seq
        self.check(state)

    def check(self, state: RunState) -> None:
        fresh = node_rows(state.nodes.values())
        assert self.rows == fresh, "the decisions do not add up to the state"
        counts: dict[str, int] = {}
        for row in fresh.values():
            counts[row["phase"]] = counts.get(row["phase"], 0) + 1
        run = state.run
        assert {phase: count for phase, count in run.phase_counts.items() if count} == counts
        assert run.node_count == len(fresh)
        assert len({row["idx"] for row in fresh.values()}) == len(fresh), "an idx was given twice"


class World:
    """Drives one run. `outcomes` says how each launched process ends."""

    def __init__(
        self,
        workflow: JsonObject,
        outcomes: Outcomes = lambda _: Outcome(),
        *,
        library: Mapping[tuple[str, str], JsonObject] | None = None,
        config_maps: Mapping[str, JsonObject] | None = None,
        name: str = "run",
        arguments: Mapping[str, str] | None = None,
    ) -> None:
        self.program: Program = compile_program(workflow, library or {})
        self.outcomes = outcomes
        self.config_maps = dict(config_maps or {})
        self.now = START
        metadata = workflow.get("metadata") or {}
        run = Run(
            uid="5b3c0a52-5f3e-4d8c-9a51-9d5a3c1f7e10",
            name=name,
            namespace="team-a",
            created_at=START,
            labels=dict(metadata.get("labels") or {}),
            annotations=dict(metadata.get("annotations") or {}),
            arguments=dict(arguments or {}),
        )
        self.state = RunState.new(self.program, run)
        self.ledger = Ledger(self.state)
        self.wake_at: Millis | None = None
        #: facts to come: when, ticket, fact
        self.coming: list[tuple[Millis, int, Fact]] = []
        self.tickets = 0
        #: everything that was ever told and ordered, in order
        self.told: list[Fact] = []
        self.launched: list[Launch] = []
        self.killed: list[Kill] = []
        self.cleaned: list[Cleanup] = []
        self.alive: set[Attempt] = set()
        self.begun = False
        #: what was to be written besides nodes
        self.records: list[Record] = []
        self.locks = LockBook({"two": 2})
        #: what the caches hold, by cache and key
        self.memos: dict[tuple[str, str], SaveMemo] = {}

    # --- what happens ------------------------------------------------------------------------------

    def apply(self, messages: Iterable[Fact | Signal] = ()) -> Decision:
        """Hand messages to the engine and carry out what it decides."""
        batch = list(messages)
        if not self.begun:
            self.begun = True
            batch.insert(0, ConfigMapsChanged(config_maps=self.config_maps))
        decision = self._apply_once(batch)
        last = decision
        while True:
            answers: list[Fact] = [self._answer(lookup) for lookup in last.lookups]
            answers += self.locks.take(last.records)
            if not answers:
                return decision
            last = self._apply_once(answers)
            decision = _joined(decision, last)

    def _apply_once(self, messages: Sequence[Fact | Signal]) -> Decision:
        decision = self.state.apply(messages, self.now)
        self.ledger.take(self.state, decision)
        self.wake_at = decision.wake_at
        self.carry_out(decision.orders)
        self.records += decision.records
        saves = [record for record in decision.records if isinstance(record, SaveMemo)]
        self.memos |= {(save.cache, save.key): save for save in saves}
        return decision

    def _answer(self, lookup: LookUpMemo) -> MemoAnswer:
        save = self.memos.get((lookup.cache, lookup.key))
        if save is None:
            return MemoAnswer(call_id=lookup.call_id)
        return MemoAnswer(call_id=lookup.call_id, found=True, created_at=save.at, outputs=save.outputs)

    def carry_out(self, orders: Sequence[Order]) -> None:
        for order in orders:
            if isinstance(order, Launch):
                self._launch(order)
            elif isinstance(order, Kill):
                self._kill(order)
            else:
                self.cleaned.append(order)

    def _launch(self, order: Launch) -> None:
        key = (order.node_id, order.attempt)
        self.launched.append(order)
        self.alive.add(key)
        outcome = self.outcomes(order)
        if order.template.get("daemon"):
            outcome = self._daemon(order, outcome)
        if not outcome.starts:
            return
        started = NodeStarted(node_id=order.node_id, attempt=order.attempt, at=self.now, host=HOST)
        containers = (order.template.get("containerSet") or {}).get("containers", ())
        if outcome.seconds is None:
            self.tell(started, after=0)
            for container in containers:
                if not container.get("dependencies"):
                    self._tell_of(container["name"], order, {"Running": 0}, "")
            return
        lasts = int(outcome.seconds * 1000)
        limit = order.active_deadline_seconds
        if limit is not None and limit * 1000 < lasts:
            lasts = limit * 1000
            outcome = Outcome(phase="Failed", exit_code=143, message="Pod was active on the node longer than "
                              "the specified deadline")  # fmt: skip
        if lasts:
            self.tell(started, after=0)
        for container in containers:
            phases = {"Running": 0, outcome.phase: lasts}
            self._tell_of(container["name"], order, phases, outcome.message)
        self.tell(_finished(order, outcome, self.now, self.now + lasts), after=lasts)

    def _daemon(self, order: Launch, outcome: Outcome) -> Outcome:
        """A daemon is ready after half a second; it goes on until it is killed, unless it fails."""
        lasts = None if outcome.phase == "Succeeded" else outcome.seconds
        if outcome.starts and (lasts is None or lasts > READY_AFTER_S):
            ready = NodeReady(
                node_id=order.node_id,
                attempt=order.attempt,
                at=self.now + READY_AFTER_MS,
                address="127.0.0.1",
            )
            self.tell(ready, after=READY_AFTER_MS)
        return replace(outcome, seconds=lasts)

    def _tell_of(self, container: str, order: Launch, phases: Mapping[str, Millis], message: str) -> None:
        """What becomes of a container of a set, and when: here they end together, as the node does."""
        for phase, after in phases.items():
            changed = ContainerChanged(
                node_id=order.node_id,
                attempt=order.attempt,
                at=self.now + after,
                container=container,
                phase=phase,
                message=message if phase in FULFILLED else "",
            )
            self.tell(changed, after=after)

    def _kill(self, order: Kill) -> None:
        self.killed.append(order)
        key = (order.node_id, order.attempt)
        if key not in self.alive:
            return
        self.coming = [entry for entry in self.coming if _key(entry[2]) != key]
        heapq.heapify(self.coming)
        self.tell(
            NodeFinished(
                node_id=order.node_id, attempt=order.attempt, at=self.now, phase="Failed",
                exit_code=143, message="main: Error (exit code 143)", host=HOST,
            ),
            after=0,
        )  # fmt: skip

    def tell(self, fact: Fact, *, after: Millis) -> None:
        self.tickets += 1
        heapq.heappush(self.coming, (self.now + after, self.tickets, fact))

    # --- time --------------------------------------------------------------------------------------

    def next_time(self) -> Millis | None:
        """When something happens by itself; None when nothing will."""
        times = [
            when for when in (self.wake_at, self.coming[0][0] if self.coming else None) if when is not None
        ]
        return max(min(times), self.now) if times else None

    def due(self) -> list[Fact]:
        """Take the facts whose time has come."""
        facts = []
        while self.coming and self.coming[0][0] <= self.now:
            facts.append(heapq.heappop(self.coming)[2])
        for fact in facts:
            if isinstance(fact, NodeFinished):
                self.alive.discard((fact.node_id, fact.attempt))
        self.told += facts
        return facts

    def pass_time(self) -> list[Fact]:
        """Go to the next time at which something happens; the facts of that moment."""
        when = self.next_time()
        assert when is not None, "nothing will ever happen again"
        self.now = when
        return self.due()

    def settle(self, limit: int = 10_000) -> None:
        """Let time pass until nothing happens by itself any more."""
        if not self.begun:
            self.apply()
        for _ in range(limit):
            if self.next_time() is None:
                return
            self.apply(self.pass_time())
        raise AssertionError(f"still going on after {limit} moments")

    # --- restarts ----------------------------------------------------------------------------------

    def snapshot(self) -> tuple[Row, list[Row]]:
        return run_row(self.state.run), [node_row(node) for node in self.state.nodes.values()]

    def restart(self) -> None:
        """The engine process dies and another takes the run up from its rows; the processes live on."""
        run, nodes = self.snapshot()
        self.state = RunState.restore(
            self.program, run_from(run), [node_from(row) for row in nodes], self.now, self.config_maps
        )
        self.apply([ConfigMapsChanged(config_maps=self.config_maps)])

    # --- questions ---------------------------------------------------------------------------------

    def waiting_suspensions(self) -> list[str]:
        """Names of suspend nodes that wait."""
        return [n.name for n in self.state.nodes.values() if n.type == "Suspend" and n.phase not in FULFILLED]

    def tree(self) -> dict[str, Any]:
        """The run and its nodes without what depends on order and time: by name, edges as names."""
        nodes = self.state.nodes
        return {
            "run": {"phase": self.state.run.phase, "message": self.state.run.message,
                    "outputs": self.state.run.outputs},
            "nodes": {node.name: _shown(node_row(node), nodes) for node in nodes.values()},
        }  # fmt: skip


def _joined(first: Decision, second: Decision) -> Decision:
    """Two decisions of one moment as one."""
    created = {node.id for node in first.created}
    return Decision(
        created=[*first.created, *second.created],
        updated=[
            n for n in {n.id: n for n in [*first.updated, *second.updated]}.values() if n.id not in created
        ],
        deleted=[*first.deleted, *second.deleted],
        run_changed=first.run_changed or second.run_changed,
        orders=[*first.orders, *second.orders],
        lookups=second.lookups,
        records=[*first.records, *second.records],
        wake_at=second.wake_at,
    )


_HIDDEN = ("idx", "seq", "id", "started_at", "finished_at", "host", "waiting", "memo", "parents", "outbound")


def _shown(row: Row, nodes: Mapping[str, Any]) -> Row:
    def names(ids: list[str] | None) -> list[str]:
        return sorted(nodes[i].name if i in nodes else i for i in ids or [])

    shown = {key: value for key, value in row.items() if key not in _HIDDEN}
    return {**shown, "parents": names(row["parents"]), "outbound": names(row["outbound"])}


def _finished(order: Launch, outcome: Outcome, started_at: Millis, at: Millis) -> NodeFinished:
    return NodeFinished(
        node_id=order.node_id,
        attempt=order.attempt,
        at=at,
        phase=outcome.phase,
        started_at=started_at,
        message=outcome.message,
        exit_code=outcome.exit_code,
        parameters={
            name: outcome.parameters[name] for name in order.output_paths if name in outcome.parameters
        },
        result=outcome.result if order.capture_result else None,
        artifacts=saved_artifacts(order, outcome.missing_artifacts),
        host=HOST,
    )


def _key(fact: Fact) -> Attempt | None:
    return (fact.node_id, fact.attempt) if isinstance(fact, NodeFact) else None
