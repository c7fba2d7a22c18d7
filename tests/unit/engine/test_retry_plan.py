"""What a manual retry does again and why; daemons come back with what needs them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.engine.world import Outcome, World
from workflows.engine import plan_retry
from workflows.engine.errors import EngineError
from workflows.engine.messages import Launch, RetryRun

FAILS = Outcome(phase="Failed", exit_code=1, message="no")


def leaf(name: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "container": {"image": "x"}, **fields}


def steps(*groups: list[dict[str, Any]], name: str = "main") -> dict[str, Any]:
    return {"name": name, "steps": list(groups)}


def call(name: str, template: str = "leaf", **fields: Any) -> dict[str, Any]:
    return {"name": name, "template": template, **fields}


def dag(*tasks: dict[str, Any], name: str = "main") -> dict[str, Any]:
    return {"name": name, "dag": {"tasks": list(tasks)}}


def run(*templates: dict[str, Any], fail: set[str], **spec: Any) -> World:
    """A finished run; pods whose display name is in `fail` failed."""

    def outcome(order: Launch) -> Outcome:
        return FAILS if world.state.nodes[order.node_id].display_name in fail else Outcome()

    workflow = {"metadata": {"name": "run"}, "spec": {"entrypoint": "main", "templates": templates, **spec}}
    world = World(workflow, outcome)
    world.settle()
    assert world.state.finished
    return world


def plan(world: World, **request: Any) -> dict[str, tuple[str, str]]:
    """Display name to reason and display name of the blamed node; a star marks what only runs again."""
    nodes = world.state.nodes
    found = plan_retry(world.state.run, nodes, RetryRun(**request))
    shown = {}
    for star, part in (("", found.deleted), ("*", found.reset)):
        for node_id, cause in part.items():
            blamed = nodes[cause.blamed].display_name if cause.blamed else ""
            shown[star + nodes[node_id].display_name] = (cause.reason.value, blamed)
    return shown


@pytest.mark.argo("8-manual-retry")
def test_a_failed_step_and_what_is_around_it() -> None:
    world = run(steps([call("a")], [call("b")]), leaf("leaf"), fail={"b"})
    assert plan(world) == {
        "b": ("failed", ""),
        "*[1]": ("contains", "b"),
        "*run": ("contains", "b"),
    }


def test_what_came_after_a_chosen_node_goes_with_it() -> None:
    tasks = [call("a"), call("b", depends="a"), call("c", depends="b"), call("d")]
    world = run(dag(*tasks), leaf("leaf"), fail={"d"})
    assert plan(world, restart_successful=True, selector="displayName=b") == {
        "b": ("chosen", ""),
        "c": ("follows", "b"),
        "d": ("failed", ""),
        "*run": ("contains", "d"),
    }
    assert plan(world, selector="displayName=b") == {"d": ("failed", ""), "*run": ("contains", "d")}


def test_all_attempts_of_a_pod_are_made_anew() -> None:
    world = run(steps([call("a")]), leaf("leaf", retryStrategy={"limit": 1}), fail={"a(0)", "a(1)"})
    assert plan(world) == {
        "a(0)": ("failed", ""),
        "a(1)": ("failed", ""),
        "*a": ("contains", "a(0)"),
        "*[0]": ("contains", "a(0)"),
        "*run": ("contains", "a(0)"),
    }


def test_the_exit_handler_always_runs_again() -> None:
    world = run(steps([call("a")]), leaf("leaf"), fail={"a"}, onExit="leaf")
    assert plan(world)["run.onExit"] == ("exit-handler", "")


def test_new_parameters_make_loops_anew() -> None:
    world = run(steps([call("a", withItems=[1, 2])]), leaf("leaf"), fail={"a(1:2)"})
    assert set(plan(world)) == {"a(1:2)", "*[0]", "*run"}
    assert plan(world, parameters={"p": "x"})["a(0:1)"] == ("parameters", "[0]")


def test_a_selector_that_is_none_is_an_error() -> None:
    world = run(steps([call("a")]), leaf("leaf"), fail={"a"})
    with pytest.raises(EngineError):
        plan(world, restart_successful=True, selector="nonsense")


@pytest.mark.parametrize(
    "main",
    [
        pytest.param(steps([call("db", "server")], [call("a")], [call("b")]), id="steps"),
        pytest.param(
            dag(call("db", "server"), call("a", depends="db"), call("b", depends="a && db")), id="dag"
        ),
        pytest.param(
            dag(call("db", "kept"), call("a", depends="db"), call("b", depends="a && db")), id="retried"
        ),
    ],
)
@pytest.mark.parametrize("restarting", [False, True])
@pytest.mark.argo("8-manual-retry")
def test_daemons_come_back_for_what_runs_again(main: dict[str, Any], restarting: bool) -> None:
    fail = {"b"}
    server = leaf("server", daemon=True)
    kept = leaf("kept", daemon=True, retryStrategy={"limit": 2})
    world = run(main, leaf("leaf"), server, kept, fail=fail)
    daemon = next(name for name, cause in plan(world).items() if cause[0] == "daemon")
    assert daemon in ("db", "db(0)")
    assert "a" not in plan(world)

    fail.clear()
    world.launched.clear()
    world.apply([RetryRun()])
    if restarting:
        world.restart()
    world.settle()
    assert world.state.run.phase == "Succeeded", world.tree()
    launched = [world.state.nodes[order.node_id].display_name for order in world.launched]
    assert launched == [daemon, "b"]
    assert {node.phase for node in world.state.nodes.values()} == {"Succeeded"}


def test_a_daemon_elsewhere_stays_ended() -> None:
    inner = steps([call("db", "server")], [call("x")], name="inner")
    main = steps([call("i", "inner")], [call("b")])
    world = run(main, inner, leaf("leaf"), leaf("server", daemon=True), fail={"b"})
    assert set(plan(world)) == {"b", "*[1]", "*run"}
