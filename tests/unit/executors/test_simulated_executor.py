"""Outcomes by rule and from recorded runs, on a clock that stands still."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from workflows.engine.messages import Cleanup, Fact, Kill, Launch, NodeFinished, NodeStarted
from workflows.executors.base import Attempt
from workflows.executors.simulated import (
    ManualClock,
    Outcome,
    Outcomes,
    Rule,
    SimulatedExecutor,
    WallClock,
    as_recorded,
    by_rules,
    succeed,
)


def _order(node: str = "a", *, template: str = "work", attempt: int = 0, **fields: Any) -> Launch:
    return Launch(
        run_uid="run",
        run_name="hello",
        namespace="team",
        node_id=node,
        node_name=f"hello.{node}",
        attempt=attempt,
        pod_name=node,
        template={"name": template},
        **fields,
    )


class _Told:
    """An executor on a manual clock and what it reported."""

    def __init__(self, outcomes: Outcomes = succeed) -> None:
        self.clock = ManualClock(start=1000)
        self.executor = SimulatedExecutor(outcomes, clock=self.clock)
        self.facts: list[Fact] = []
        self.executor.open(self._report)

    def _report(self, run_uid: str, facts: Sequence[Fact]) -> None:
        assert run_uid == "run"
        self.facts += facts


def test_without_rules_everything_succeeds_at_once() -> None:
    told = _Told()

    told.executor.launch([_order(output_paths={"v": "/v"}, capture_result=True)])

    assert told.facts == [
        NodeFinished(
            node_id="a",
            attempt=0,
            at=1000,
            phase="Succeeded",
            started_at=1000,
            exit_code=0,
            parameters={"v": "simulated"},
            result="simulated",
            host="simulated",
        )
    ]


@pytest.mark.parametrize(
    ("order", "phase"),
    [
        (_order("x"), "Failed"),
        (_order("x", attempt=1), "Succeeded"),
        (_order("y", template="errs"), "Error"),
        (_order("y"), "Succeeded"),
    ],
    ids=["node", "attempt", "template", "otherwise"],
)
def test_the_first_rule_that_fits_decides(order: Launch, phase: str) -> None:
    rules = [
        Rule(Outcome(phase="Failed"), node="*.x", attempts=frozenset({0})),
        Rule(Outcome(phase="Error"), template="err?"),
        Rule(Outcome(phase="Failed"), template="errs"),
    ]

    assert by_rules(rules)(order).phase == phase


@pytest.mark.parametrize(
    ("outcome", "message", "exit_code"),
    [
        (Outcome(), "", 0),
        (Outcome(phase="Failed"), "main: Error (exit code 1)", 1),
        (Outcome(phase="Failed", exit_code=7), "main: Error (exit code 7)", 7),
        (Outcome(phase="Failed", message="own"), "own", 1),
        (Outcome(phase="Error", message="pod deleted"), "pod deleted", None),
    ],
    ids=["success", "failure", "exit code", "message", "error"],
)
def test_messages_and_exit_codes_follow_from_the_phase(
    outcome: Outcome, message: str, exit_code: int | None
) -> None:
    told = _Told(lambda _: outcome)

    told.executor.launch([_order()])

    (end,) = told.facts
    assert isinstance(end, NodeFinished)
    assert (end.message, end.exit_code) == (message, exit_code)


def test_an_outcome_with_duration_ends_when_its_time_has_come() -> None:
    told = _Told(lambda order: Outcome(duration_ms=500 if order.node_id == "long" else 200))

    told.executor.launch([_order("long"), _order("short")])
    told.clock.advance(499)
    told.clock.advance(1)

    assert [(type(fact), fact.node_id, fact.at) for fact in told.facts] == [  # type: ignore[union-attr]
        (NodeStarted, "long", 1000),
        (NodeStarted, "short", 1000),
        (NodeFinished, "short", 1200),
        (NodeFinished, "long", 1500),
    ]


def test_a_killed_attempt_does_not_end_again() -> None:
    told = _Told(lambda _: Outcome(duration_ms=500))
    told.executor.launch([_order()])
    told.clock.advance(100)

    told.executor.kill([Kill(run_uid="run", node_id="a", attempt=0)])
    told.clock.advance(1000)

    ends = [fact for fact in told.facts if isinstance(fact, NodeFinished)]
    assert [(end.at, end.started_at, end.exit_code) for end in ends] == [(1100, 1000, 143)]


def test_a_recorded_run_is_played_again_under_another_name() -> None:
    nodes = [
        {"name": "old", "type": "Steps", "phase": "Failed"},
        {
            "name": "old.a",
            "type": "Pod",
            "phase": "Failed",
            "message": "main: Error (exit code 9)",
            "outputs": {"exitCode": "9", "parameters": [{"name": "v", "value": "1"}, {"name": "w"}]},
        },
        {"name": "old.b", "type": "Pod", "phase": "Succeeded", "outputs": {"result": "r", "exitCode": "0"}},
        {"name": "old.c", "type": "Pod", "phase": "Error", "message": "pod deleted"},
    ]
    told = _Told(as_recorded(nodes, "old"))
    wanted = {"output_paths": {"v": "/v", "w": "/w"}, "capture_result": True}

    told.executor.launch([_order(node, **wanted) for node in ("a", "b", "c", "d")])

    ends = [fact for fact in told.facts if isinstance(fact, NodeFinished)]
    assert [(end.phase, end.message, end.exit_code, end.parameters, end.result) for end in ends] == [
        ("Failed", "main: Error (exit code 9)", 9, {"v": "1"}, None),
        ("Succeeded", "", 0, {}, "r"),
        ("Error", "pod deleted", None, {}, None),
        ("Succeeded", "", 0, {"v": "simulated", "w": "simulated"}, "simulated"),
    ]


def test_what_was_cleaned_up_is_unknown_and_stays_silent() -> None:
    told = _Told(lambda _: Outcome(duration_ms=500))
    told.executor.launch([_order()])
    told.facts.clear()

    told.executor.cleanup([Cleanup(run_uid="run")])
    told.clock.advance(1000)

    assert told.executor.observe([Attempt("run", "a", 0)]) == [Attempt("run", "a", 0)]
    assert told.facts == []


def test_the_wall_clock_calls_in_the_order_of_time() -> None:
    clock = WallClock()
    called: list[str] = []
    done = threading.Event()

    clock.call_later(30, lambda: (called.append("late"), done.set()))
    clock.call_later(1, lambda: called.append("early"))

    assert done.wait(10)
    clock.close()
    assert called == ["early", "late"]


def test_a_closed_wall_clock_forgets_what_was_planned() -> None:
    clock = WallClock()
    called: list[str] = []
    clock.call_later(60_000, lambda: called.append("never"))

    clock.close()

    assert called == []
