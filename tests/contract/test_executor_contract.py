"""What `workflows.executors.base` promises, checked for every executor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contract.executor_harness import RUN, Harness
from workflows.artifacts import Surroundings
from workflows.engine.messages import NodeFinished, NodeReady, NodeStarted
from workflows.executors.base import Executor
from workflows.executors.process import ProcessExecutor, ProcessSettings
from workflows.executors.simulated import Outcome, Rule, SimulatedExecutor, by_rules

#: What nodes do, in shell for executors that run commands, as outcomes for the others.
SCENARIOS = {
    "succeed": ("exit 0", Outcome()),
    "fail": ("exit 3", Outcome(phase="Failed", exit_code=3)),
    "wait": ("exec sleep 600", Outcome(duration_ms=600_000)),
    "results": (
        "echo out; printf 'one\\n' > /tmp/one; printf two > /tmp/two",
        Outcome(result="out", parameters={"one": "one", "two": "two"}, fill=None),
    ),
}


def _template(scenario: str) -> dict[str, Any]:
    command = ["sh", "-c", SCENARIOS[scenario][0]]
    return {"name": scenario, "container": {"image": "busybox", "command": command}}


@dataclass(frozen=True)
class Kind:
    """How to make an executor over a folder, and what it cannot by design, with the reason."""

    make: Callable[[Path], Executor]
    cannot: dict[str, str]


def _simulated(_: Path) -> Executor:
    rules = [Rule(outcome, template=name) for name, (_, outcome) in SCENARIOS.items()]
    return SimulatedExecutor(by_rules(rules))


def _process(folder: Path) -> Executor:
    around = Surroundings(read_secret=lambda *_: "", folder=folder / "artifacts")
    settings = ProcessSettings(linger_seconds=0)
    return ProcessExecutor(folder / "state", settings, surroundings=lambda _: around)


KINDS = {
    "process": Kind(_process, {}),
    "simulated": Kind(
        _simulated,
        {
            "survive": "it remembers in memory only; running again has no effect",
            "refuse": "nothing is run, so every template goes",
        },
    ),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture
def harness(kind: Kind, tmp_path: Path) -> Iterator[Harness]:
    harness = Harness(kind.make(tmp_path))
    yield harness
    harness.cleanup()
    harness.close()


def _need(kind: Kind, capability: str) -> None:
    if capability in kind.cannot:
        pytest.skip(kind.cannot[capability])


def test_a_node_that_succeeds_is_reported_with_its_times(harness: Harness) -> None:
    end = harness.run("a", _template("succeed"))

    assert end.started_at is not None
    assert end == NodeFinished(
        node_id="a",
        attempt=0,
        at=end.at,
        phase="Succeeded",
        started_at=end.started_at,
        exit_code=0,
        host=end.host,
    )
    assert end.started_at <= end.at


@pytest.mark.argo("4-messages", "3-container")
def test_a_node_that_fails_is_reported_in_argos_words(harness: Harness) -> None:
    end = harness.run("a", _template("fail"))

    assert (end.phase, end.message, end.exit_code) == ("Failed", "main: Error (exit code 3)", 3)


def test_facts_go_to_the_run_they_belong_to(harness: Harness) -> None:
    harness.executor.launch(
        [harness.order("a", _template("succeed")), harness.order("b", _template("succeed"), run="other")]
    )
    harness.end_of("a")
    harness.end_of("b")

    assert {(run, fact.node_id) for run, fact in harness.facts} == {(RUN, "a"), ("other", "b")}
    harness.cleanup("other")


def test_results_are_those_that_were_asked_for(harness: Harness) -> None:
    paths = {"one": "/tmp/one", "two": "/tmp/two", "absent": "/tmp/absent"}

    asked = harness.run("a", _template("results"), output_paths=paths, capture_result=True)
    not_asked = harness.run("b", _template("results"))

    assert (asked.result, asked.parameters) == ("out", {"one": "one", "two": "two"})
    assert (not_asked.result, not_asked.parameters) == (None, {})


def test_launching_again_after_the_end_repeats_the_report(harness: Harness) -> None:
    harness.run("a", _template("fail"))

    harness.executor.launch([harness.order("a", _template("fail"))])

    harness.end_of("a", count=2)


def test_launching_again_while_running_starts_nothing_new(harness: Harness) -> None:
    order = harness.order("a", _template("wait"))
    harness.executor.launch([order])
    started = harness.start_of("a")

    harness.executor.launch([order, order])
    harness.kill("a")
    end = harness.end_of("a")

    assert end.started_at == started.at


def test_another_attempt_of_the_same_node_runs_anew(harness: Harness) -> None:
    first = harness.run("a", _template("fail"), attempt=0)
    second = harness.run("a", _template("succeed"), attempt=1)

    assert (first.phase, second.phase, second.attempt) == ("Failed", "Succeeded", 1)


def test_observing_repeats_the_end_and_returns_the_unknown(harness: Harness) -> None:
    harness.run("a", _template("succeed"))

    unknown = harness.observe("a", "b", "c")

    assert unknown == ["b", "c"]
    harness.end_of("a", count=2)


def test_observing_a_running_node_reports_its_start(harness: Harness) -> None:
    harness.executor.launch([harness.order("a", _template("wait"))])
    start = harness.start_of("a")
    harness.facts.clear()

    unknown = harness.observe("a")

    assert unknown == []
    assert harness.start_of("a") == start
    assert isinstance(start, NodeStarted)
    harness.kill("a")
    harness.end_of("a")


def test_killing_a_running_node_reports_its_end(harness: Harness) -> None:
    harness.executor.launch([harness.order("a", _template("wait"))])
    harness.start_of("a")

    harness.kill("a")
    end = harness.end_of("a")

    assert (end.phase, end.message, end.exit_code) == ("Failed", "main: Error (exit code 143)", 143)


def test_killing_what_had_ended_reports_nothing(harness: Harness) -> None:
    end = harness.run("a", _template("succeed"))

    harness.kill("a")
    harness.run("b", _template("succeed"))

    assert harness.ends_of("a") == [end]


def test_a_kill_that_overtakes_its_launch_wins(harness: Harness) -> None:
    harness.kill("a")
    killed = harness.end_of("a")

    harness.executor.launch([harness.order("a", _template("succeed"))])

    assert (killed.phase, killed.exit_code, killed.started_at) == ("Failed", None, None)
    harness.end_of("a", count=2)


def test_a_single_impossible_order_does_not_harm_the_others(harness: Harness, kind: Kind) -> None:
    _need(kind, "refuse")
    impossible = {"name": "set", "resource": {"action": "get"}}

    harness.executor.launch([harness.order("a", impossible), harness.order("b", _template("succeed"))])

    refused = harness.end_of("a")
    assert refused.phase == "Error"
    assert "resource" in refused.message
    assert harness.end_of("b").phase == "Succeeded"
    assert harness.executor.unsupported(impossible) == ["resource"]
    assert harness.executor.unsupported(dict(_template("succeed"))) == []


def test_a_run_that_was_cleaned_up_is_unknown(harness: Harness) -> None:
    harness.run("a", _template("succeed"))
    harness.executor.launch([harness.order("b", _template("wait"))])
    harness.start_of("b")

    harness.cleanup()

    assert harness.observe("a", "b") == ["a", "b"]
    assert harness.ends_of("b") == []


def test_cleaning_up_twice_is_no_error(harness: Harness) -> None:
    harness.cleanup()
    harness.cleanup()

    assert harness.observe("a") == ["a"]


def test_logs_are_read_from_any_byte(harness: Harness) -> None:
    harness.run("a", _template("results"), capture_result=True)

    assert harness.log("a").rstrip("\n") == "out"
    assert harness.log("a", offset=1, follow=True).rstrip("\n") == "ut"
    assert harness.log("unknown", follow=True) == ""


def test_running_nodes_go_on_while_nobody_watches(harness: Harness, kind: Kind, tmp_path: Path) -> None:
    _need(kind, "survive")
    harness.executor.launch([harness.order("a", _template("wait"))])
    start = harness.start_of("a")
    harness.close()

    again = Harness(kind.make(tmp_path))
    unknown = again.observe("a")

    assert unknown == []
    assert again.start_of("a") == start
    again.kill("a")
    assert again.end_of("a").exit_code == 143
    again.close()
    harness.open()


def test_what_ended_before_a_restart_is_found_again(harness: Harness, kind: Kind, tmp_path: Path) -> None:
    _need(kind, "survive")
    end = harness.run("a", _template("results"), output_paths={"one": "/tmp/one"}, capture_result=True)
    harness.close()

    again = Harness(kind.make(tmp_path))
    unknown = again.observe("a")

    assert unknown == []
    assert again.end_of("a") == end
    again.close()
    harness.open()


@pytest.mark.argo("3-daemon")
def test_a_daemon_is_ready_and_goes_on_until_it_is_killed(harness: Harness) -> None:
    template = {**_template("wait"), "name": "succeed", "daemon": True}
    harness.executor.launch([harness.order("a", template)])

    assert harness.wait_for(lambda: harness.facts_of(NodeReady, "a"), 1)[0].address == "127.0.0.1"
    assert harness.observe("a") == []
    assert len(harness.facts_of(NodeReady, "a")) == 2
    assert harness.ends_of("a") == []

    harness.kill("a")
    assert harness.end_of("a").exit_code == 143


def test_a_declared_output_that_was_saved_is_told_with_its_place(kind: Kind, tmp_path: Path) -> None:
    command = ["sh", "-c", "printf x > /tmp/out"]
    template = {
        "name": "succeed",
        "container": {"image": "busybox", "command": command},
        "outputs": {"artifacts": [{"name": "out", "path": "/tmp/out"}]},
        "archiveLocation": {"plugin": {"name": "folder", "key": "k"}, "archiveLogs": False},
    }
    harness = Harness(kind.make(tmp_path))

    end = harness.run("a", template)

    place = {"plugin": {"name": "folder", "key": "k/out.tgz"}}
    assert end.artifacts == [{"name": "out", "path": "/tmp/out", **place}]
    harness.cleanup()
    harness.close()
