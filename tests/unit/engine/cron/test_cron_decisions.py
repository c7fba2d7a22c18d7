"""What becomes of due slots: one table for the rules, then what holds over several slots."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.engine.cron import CatchUp, CronState, CronVariables, catch_up_of, decide, timetable_of
from workflows.errors import ManifestError
from workflows.spec.types import CronWorkflowSpec, StopStrategy

MINUTE = 60_000
START = 1_700_000_040_000  # a whole minute


def run(
    *, minutes: float, state: dict[str, Any] | None = None, **spec: Any
) -> tuple[list[tuple[int, str]], Any]:
    """Slots as minutes after START with outcome or reason, and the plan."""
    about: dict[str, Any] = {"handled_until": START, "catch_up": CatchUp.NONE, "catch_up_limit": 3} | (
        state or {}
    )
    variables = about.pop("variables", CronVariables("nightly", "team"))
    cron = CronWorkflowSpec(schedules=["* * * * *"], **spec)
    plan = decide(
        cron, timetable_of(cron, anchor=START), CronState(variables, **about), START + int(minutes * MINUTE)
    )
    found = [((one.slot - START) // MINUTE, one.reason.value or one.outcome.value) for one in plan.decisions]
    return found, plan


@pytest.mark.parametrize(
    ("minutes", "state", "spec", "found"),
    [
        pytest.param(0.9, {}, {}, [], id="nothing is due"),
        pytest.param(1, {}, {}, [(1, "Ran")], id="on time"),
        pytest.param(1.1, {}, {}, [(1, "Ran")], id="a little late"),
        pytest.param(1.5, {}, {}, [(1, "no-engine")], id="missed"),
        pytest.param(1.5, {"catch_up": CatchUp.LATEST}, {}, [(1, "Ran")], id="latest"),
        pytest.param(
            3.5,
            {"catch_up": CatchUp.LATEST},
            {},
            [(1, "no-engine"), (2, "no-engine"), (3, "Ran")],
            id="only the latest",
        ),
        pytest.param(
            4.5,
            {"catch_up": CatchUp.ALL},
            {},
            [(1, "catch-up-limit"), (2, "Ran"), (3, "Ran"), (4, "Ran")],
            id="all up to the limit",
        ),
        pytest.param(
            2.5,
            {"catch_up": CatchUp.LATEST},
            {"starting_deadline_seconds": 20},
            [(1, "deadline-passed"), (2, "deadline-passed")],
            id="too late even for the latest",
        ),
        pytest.param(
            2.5,
            {"catch_up": CatchUp.LATEST},
            {"starting_deadline_seconds": 31},
            [(1, "deadline-passed"), (2, "Ran")],
            id="within the deadline",
        ),
        pytest.param(1, {"suspended": True}, {}, [(1, "suspended")], id="suspended"),
        pytest.param(1, {"stopped": True}, {}, [], id="stopped for good"),
        pytest.param(
            1, {"active": 1}, {"concurrency_policy": "Forbid"}, [(1, "concurrency-forbidden")], id="forbidden"
        ),
        pytest.param(1, {"active": 1}, {"concurrency_policy": "Allow"}, [(1, "Ran")], id="allowed"),
        pytest.param(1, {}, {"when": "1 == 2"}, [(1, "when")], id="when is false"),
        pytest.param(
            1,
            {},
            {"when": "{{= cronworkflow.lastScheduledTime == nil }}"},
            [(1, "Ran")],
            id="when of a first run",
        ),
        pytest.param(
            1, {}, {"when": "{{cronworkflow.name}} == nightly"}, [(1, "Ran")], id="when with a simple tag"
        ),
        pytest.param(1, {}, {"when": "{{= now( }}"}, [(1, "expression-error")], id="when is broken"),
        pytest.param(
            1,
            {},
            {"stop_strategy": StopStrategy(expression="cronworkflow.failed >= 0")},
            [(1, "stopped")],
            id="stops",
        ),
    ],
)
@pytest.mark.argo("15-when", "15-starting-deadline-seconds", "6-cron-scope")
def test_a_slot_becomes(
    minutes: float, state: dict[str, Any], spec: dict[str, Any], found: list[Any]
) -> None:
    assert run(minutes=minutes, state=state, **spec)[0] == found


@pytest.mark.argo("15-when", "6-cron-scope")
def test_argo_s_way_to_run_once_in_the_hour_that_is_shown_twice() -> None:
    passed = "(now() - cronworkflow.lastScheduledTime).Seconds()"
    when = "{{= cronworkflow.lastScheduledTime == nil || " + passed + " > 7200 }}"
    late = {"variables": CronVariables("nightly", "team", last_scheduled=START - 7_200_000)}
    soon = {"variables": CronVariables("nightly", "team", last_scheduled=START - 3_600_000)}

    assert run(minutes=1, when=when, state=late)[0] == [(1, "Ran")]
    assert run(minutes=1, when=when, state=soon)[0] == [(1, "when")]


def test_replace_runs_the_last_of_several_due_slots_only() -> None:
    found, plan = run(minutes=2.5, state={"catch_up": CatchUp.ALL, "active": 1}, concurrency_policy="Replace")

    assert found == [(1, "replaced-by-later-slot"), (2, "Ran")]
    assert [one.replaces for one in plan.decisions] == [False, True]


@pytest.mark.argo("15-concurrency-policy")
def test_forbid_counts_the_run_it_has_just_started() -> None:
    found, _ = run(minutes=2.5, state={"catch_up": CatchUp.ALL}, concurrency_policy="Forbid")

    assert found == [(1, "Ran"), (2, "concurrency-forbidden")]


def test_a_stopped_schedule_waits_for_nothing() -> None:
    _, plan = run(minutes=1, stop_strategy=StopStrategy(expression="true"))

    assert (plan.state.stopped, plan.next_due) == (True, None)


def test_a_long_downtime_is_decided_in_parts_that_leave_nothing_out() -> None:
    slots: list[int] = []
    state: dict[str, Any] = {}
    for _ in range(10):
        found, plan = run(minutes=1000.5, state=state)
        slots += [minute for minute, _ in found]
        state = {"handled_until": plan.state.handled_until}

    assert slots == list(range(1, 1001))
    assert plan.next_due == START + 1001 * MINUTE


@pytest.mark.parametrize(
    ("annotations", "deadline", "found"),
    [
        ({}, None, (CatchUp.NONE, 10)),
        ({}, 60, (CatchUp.LATEST, 10)),
        ({"sluice/catch-up": "all", "sluice/catch-up-limit": "7"}, 60, (CatchUp.ALL, 7)),
    ],
)
def test_the_policy_is_an_annotation(annotations: dict[str, str], deadline: int | None, found: Any) -> None:
    assert catch_up_of(CronWorkflowSpec(starting_deadline_seconds=deadline), annotations) == found


@pytest.mark.parametrize(
    "annotations",
    [
        {"sluice/catch-up": "some"},
        {"sluice/catch-up-limit": "0"},
        {"sluice/catch-up-limit": "1001"},
        {"sluice/catch-up-limit": "²"},
    ],
)
def test_an_annotation_that_means_nothing_is_refused(annotations: dict[str, str]) -> None:
    with pytest.raises(ManifestError, match="annotation 'sluice/catch-up"):
        catch_up_of(CronWorkflowSpec(), annotations)
