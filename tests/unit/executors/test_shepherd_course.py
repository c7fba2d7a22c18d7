"""What an attempt does next and how it ends, as its containers stand."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.executors.process.shepherd import course
from workflows.executors.process.shepherd.attempts import Attempt, Container, ContainerRun, Order
from workflows.executors.process.shepherd.endings import Ending, container_state
from workflows.executors.process.shepherd.views import View

DEADLINE = "Pod was active on the node longer than the specified deadline"
INITIALIZING = "Pod failed before main container starts due to PodInitializing: "
STOPPED = "Stopped before the main container started"


def _attempt(*containers: tuple[str, str], ended: dict[str, int] | None = None, **facts: Any) -> Attempt:
    """Containers as "name" or "name<dependency,dependency" with their roles; `ended`: exit codes by name."""
    made = []
    for text, role in containers:
        name, _, needs = text.partition("<")
        dependencies = tuple(filter(None, needs.split(",")))
        made.append(Container(name, ("true",), {}, role=role, dependencies=dependencies))
    order = Order("run/node~0", [], tuple(made))
    attempt = Attempt(order, View("", stand_ins=""), started_at=1, **facts)
    attempt.runs = [ContainerRun(container) for container in made]
    for run in attempt.runs:
        code = (ended or {}).get(run.name)
        if code is not None:
            run.tries, run.exit_code, run.is_over = 1, code, True
    return attempt


def _names(runs: list[ContainerRun]) -> list[str]:
    return [run.name for run in runs]


@pytest.mark.parametrize(
    ("containers", "ended", "names"),
    [
        pytest.param([("main", "main")], {}, ["main"], id="a single one"),
        pytest.param([("i", "init"), ("j", "init"), ("main", "main")], {}, ["i"], id="init first"),
        pytest.param([("i", "init"), ("j", "init"), ("main", "main")], {"i": 0}, ["j"], id="one by one"),
        pytest.param([("i", "init"), ("main", "main")], {"i": 2}, [], id="init failed"),
        pytest.param(
            [("i", "init"), ("main", "main"), ("s", "sidecar")], {"i": 0}, ["main", "s"], id="beside it"
        ),
        pytest.param([("a", "main"), ("b<a", "main")], {}, ["a"], id="dependency"),
        pytest.param([("a", "main"), ("b<a", "main")], {"a": 0}, ["b"], id="dependency ended well"),
        pytest.param([("a", "main"), ("b<a", "main")], {"a": 1}, [], id="dependency failed"),
        pytest.param([("a", "main"), ("b", "main"), ("c<a,b", "main")], {"a": 0}, ["b"], id="all of them"),
    ],
)
def test_what_may_start(containers: list[tuple[str, str]], ended: dict[str, int], names: list[str]) -> None:
    assert _names(course.startable(_attempt(*containers, ended=ended))) == names


def test_nothing_starts_once_the_attempt_is_stopping() -> None:
    assert course.startable(_attempt(("main", "main"), is_stopping=True)) == []


@pytest.mark.parametrize(
    ("ended", "blocked"),
    [
        ({}, []),
        ({"a": 0}, []),
        ({"b": 4}, []),
        ({"a": 0, "b": 4}, [("c", 'dependency "b" exited with non-zero code: 4')]),
        ({"a": 3}, [("c", 'dependency "a" exited with non-zero code: 3')]),
    ],
    ids=["nothing ended", "first ended well", "first is waited for", "second failed", "first failed"],
)
def test_dependencies_are_waited_for_in_their_order(
    ended: dict[str, int], blocked: list[tuple[str, str]]
) -> None:
    attempt = _attempt(("a", "main"), ("b", "main"), ("c<a,b", "main"), ended=ended)

    assert [(run.name, reason) for run, reason in course.blocked(attempt)] == blocked


@pytest.mark.parametrize(
    ("code", "circumstances", "ending"),
    [
        pytest.param(0, {}, Ending("Succeeded", "", 0), id="success"),
        pytest.param(1, {}, Ending("Failed", "main: Error (exit code 1)", 1), id="failure"),
        pytest.param(143, {}, Ending("Failed", "main: Error (exit code 143)", 143), id="signal"),
        pytest.param(143, {"is_past_deadline": True}, Ending("Failed", DEADLINE, 143), id="deadline"),
        pytest.param(0, {"is_past_deadline": True}, Ending("Failed", DEADLINE, 0), id="deadline, obeyed"),
        pytest.param(0, {"is_stopping": True}, Ending("Succeeded", "", 0), id="stopped, ended well"),
        pytest.param(
            137, {"is_stopping": True}, Ending("Failed", "main: Error (exit code 137)", 137), id="kill"
        ),
        pytest.param(0, {"fault": Ending("Error", "no disk")}, Ending("Error", "no disk"), id="fault"),
    ],
)
def test_the_end_of_the_main_container_is_that_of_the_node(
    code: int, circumstances: dict[str, Any], ending: Ending
) -> None:
    attempt = _attempt(("main", "main"), ended={"main": code}, **circumstances)

    assert course.ending_of(attempt) == ending


def test_a_termination_message_is_part_of_the_message() -> None:
    attempt = _attempt(("main", "main"), ended={"main": 64})
    attempt.runs[0].detail = "why"

    assert course.ending_of(attempt) == Ending("Failed", "main: Error (exit code 64): why", 64)


@pytest.mark.parametrize(
    ("code", "circumstances", "ending"),
    [
        pytest.param(2, {}, Ending("Failed", "init: Error (exit code 2)"), id="failure"),
        pytest.param(137, {}, Ending("Error", INITIALIZING), id="killed from outside"),
        pytest.param(
            143, {"is_stopping": True}, Ending("Failed", "init: Error (exit code 143)"), id="stopped"
        ),
        pytest.param(0, {"is_stopping": True}, Ending("Failed", STOPPED), id="stopped between containers"),
        pytest.param(
            143,
            {"is_stopping": True, "is_past_deadline": True},
            Ending("Failed", DEADLINE),
            id="past the deadline",
        ),
    ],
)
def test_an_init_container_ends_the_node_before_it_began(
    code: int, circumstances: dict[str, Any], ending: Ending
) -> None:
    attempt = _attempt(("init", "init"), ("main", "main"), ended={"init": code}, **circumstances)

    assert course.ending_of(attempt) == ending


@pytest.mark.parametrize(
    ("ended", "ending"),
    [
        ({"main": 0, "side": 143}, Ending("Succeeded", "", 0)),
        ({"main": 0, "side": 137}, Ending("Succeeded", "", 0)),
        ({"main": 0, "side": 0}, Ending("Succeeded", "", 0)),
        ({"main": 0, "side": 3}, Ending("Failed", "side: Error (exit code 3)", 0)),
        ({"main": 2, "side": 3}, Ending("Failed", "main: Error (exit code 2)", 2)),
    ],
    ids=["terminated", "killed", "ended well", "failed", "main failed as well"],
)
def test_a_sidecar_that_fails_by_itself_fails_the_node(ended: dict[str, int], ending: Ending) -> None:
    assert course.ending_of(_attempt(("main", "main"), ("side", "sidecar"), ended=ended)) == ending


def test_of_a_set_the_first_failure_by_name_is_told() -> None:
    attempt = _attempt(("z", "main"), ("b", "main"), ("a", "main"), ended={"z": 1, "b": 2, "a": 0})

    assert course.ending_of(attempt) == Ending("Failed", "b: Error (exit code 2)", None)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (0, ("Succeeded", "")),
        (4, ("Failed", "bad: Error (exit code 4): ")),
        (64, ("Error", "bad: Error (exit code 64): why")),
    ],
)
def test_nodes_of_containers_speak_as_argos_do(code: int, state: tuple[str, str]) -> None:
    assert container_state("bad", code, detail="why" if code == 64 else "") == state


def test_an_attempt_is_over_when_nothing_goes_on_and_nothing_will_start() -> None:
    attempt = _attempt(("a", "main"), ("b<a", "main"), ended={"a": 0})
    assert not course.is_over(attempt)

    attempt.runs[1].tries = 1
    assert not course.is_over(attempt)

    attempt.runs[1].exit_code = 0
    assert not course.is_over(attempt)

    attempt.runs[1].is_over = True
    assert course.is_over(attempt)
