"""The simulated executor: runs nothing, answers as it is told. For tests, dry runs and engine benchmarks.

It remembers in memory only: after a restart every attempt is unknown and may be ordered again, which has no
effect outside.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from workflows.artifacts import ArtifactInvalid
from workflows.engine.messages import (
    Cleanup,
    Fact,
    JsonObject,
    Kill,
    Launch,
    Millis,
    NodeFinished,
    NodeReady,
    NodeStarted,
)
from workflows.engine.phases import ERROR, FAILED, SUCCEEDED
from workflows.executors.base import Attempt, LogChunk, Report
from workflows.executors.simulated.artifacts import saved_artifacts
from workflows.executors.simulated.clock import Clock, WallClock
from workflows.executors.simulated.outcomes import Outcome, Outcomes, succeed

HOST = "simulated"
ADDRESS = "127.0.0.1"
_TERMINATED = 143

_Key = tuple[str, int]
_Facts = defaultdict[str, list[Fact]]


class SimulatedExecutor:
    """See `workflows.executors.base` for the contract. Attempts without duration end within `launch`."""

    name = "simulated"

    def __init__(self, outcomes: Outcomes = succeed, *, clock: Clock | None = None) -> None:
        self._outcomes = outcomes
        self._clock = clock or WallClock()
        self._report: Report | None = None
        self._lock = threading.Lock()
        #: by run; the last fact of each attempt
        self._facts: defaultdict[str, dict[_Key, Fact]] = defaultdict(dict)

    def open(self, report: Report) -> None:
        self._report = report

    def close(self) -> None:
        self._clock.close()

    def launch(self, orders: Sequence[Launch]) -> None:
        told: _Facts = defaultdict(list)
        now = self._clock.now()
        with self._lock:
            for order in orders:
                told[order.run_uid].append(self._carry_out(order, now))
        self._tell(told)

    def kill(self, orders: Sequence[Kill]) -> None:
        """Takes effect at once, whatever the grace."""
        told: _Facts = defaultdict(list)
        now = self._clock.now()
        with self._lock:
            for order in orders:
                known = self._facts[order.run_uid].get((order.node_id, order.attempt))
                if not isinstance(known, NodeFinished):
                    fact = _killed(order, known, now)
                    self._facts[order.run_uid][order.node_id, order.attempt] = fact
                    told[order.run_uid].append(fact)
        self._tell(told)

    def observe(self, attempts: Iterable[Attempt]) -> list[Attempt]:
        told: _Facts = defaultdict(list)
        unknown: list[Attempt] = []
        with self._lock:
            for attempt in attempts:
                fact = self._facts.get(attempt.run_uid, {}).get((attempt.node_id, attempt.attempt))
                if fact is None:
                    unknown.append(attempt)
                else:
                    told[attempt.run_uid].append(fact)
        self._tell(told)
        return unknown

    def cleanup(self, orders: Sequence[Cleanup]) -> None:
        with self._lock:
            for order in orders:
                if not order.claims:
                    self._facts.pop(order.run_uid, None)

    def unsupported(self, template: dict[str, object]) -> list[str]:
        """Nothing is run, so everything goes."""
        return []

    def unsupported_settings(self, spec: dict[str, object]) -> list[str]:
        return []

    def logs(
        self, attempt: Attempt, *, container: str = "main", offset: int = 0, follow: bool = False
    ) -> Iterator[LogChunk]:
        """The result is all that was ever written; following a running attempt yields nothing."""
        with self._lock:
            fact = self._facts.get(attempt.run_uid, {}).get((attempt.node_id, attempt.attempt))
        if container != "main" or not isinstance(fact, NodeFinished) or not fact.result:
            return
        rest = fact.result.encode()[offset:]
        if rest:
            yield LogChunk(container, "stdout", offset, rest.decode(errors="replace"))

    def _carry_out(self, order: Launch, now: Millis) -> Fact:
        of_run = self._facts[order.run_uid]
        key = (order.node_id, order.attempt)
        fact = of_run.get(key)
        if fact is None:
            outcome = self._outcomes(order)
            if outcome.phase == SUCCEEDED and order.template.get("daemon"):
                # It goes on until it is killed.
                fact = NodeReady(node_id=order.node_id, attempt=order.attempt, at=now, address=ADDRESS)
            elif outcome.duration_ms <= 0:
                fact = _finished(order, outcome, now, now)
            else:
                fact = NodeStarted(node_id=order.node_id, attempt=order.attempt, at=now, host=HOST)
                self._clock.call_later(outcome.duration_ms, lambda: self._end(order, outcome, now))
            of_run[key] = fact
        return fact

    def _end(self, order: Launch, outcome: Outcome, started_at: Millis) -> None:
        with self._lock:
            of_run = self._facts.get(order.run_uid, {})
            key = (order.node_id, order.attempt)
            if not isinstance(of_run.get(key), NodeStarted):
                return
            fact = of_run[key] = _finished(order, outcome, started_at, started_at + outcome.duration_ms)
        self._tell({order.run_uid: [fact]})

    def _tell(self, told: dict[str, list[Fact]]) -> None:
        if self._report is not None:
            for run_uid, facts in told.items():
                self._report(run_uid, facts)


def _finished(order: Launch, outcome: Outcome, started_at: Millis, at: Millis) -> NodeFinished:
    parameters = {}
    if order.output_paths:
        given = outcome.parameters
        filled = {} if outcome.fill is None else dict.fromkeys(order.output_paths, outcome.fill)
        parameters = {**filled, **{name: given[name] for name in order.output_paths if name in given}}
    artifacts, phase, message = _artifacts(order, outcome)
    result = outcome.result if outcome.result is not None else outcome.fill
    return NodeFinished(
        node_id=order.node_id,
        attempt=order.attempt,
        at=at,
        phase=phase,
        started_at=started_at,
        message=message,
        exit_code=outcome.shown_exit_code,
        parameters=parameters,
        result=result if order.capture_result else None,
        artifacts=artifacts,
        host=HOST,
    )


def _artifacts(order: Launch, outcome: Outcome) -> tuple[list[JsonObject], str, str]:
    """What was saved, and the node's phase and message: an Error when something has no place to go to."""
    try:
        return saved_artifacts(order), outcome.phase, outcome.shown_message
    except ArtifactInvalid as error:
        if outcome.phase != SUCCEEDED:
            return [], outcome.phase, outcome.shown_message
        return [], ERROR, f"wait: Error (exit code 64): {error.message}"


def _killed(order: Kill, known: Fact | None, now: Millis) -> NodeFinished:
    if isinstance(known, NodeStarted | NodeReady):
        started_at, code, message = known.at, _TERMINATED, f"main: Error (exit code {_TERMINATED})"
    else:
        started_at, code, message = None, None, "Stopped before the main container started"
    return NodeFinished(
        node_id=order.node_id,
        attempt=order.attempt,
        at=now,
        phase=FAILED,
        started_at=started_at,
        message=message,
        exit_code=code,
        host=HOST,
    )
