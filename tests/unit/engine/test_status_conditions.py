"""PodRunning of a run that ended: Argo does not look again when the end comes in the same pass."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.engine.world import Outcome, World
from workflows.engine.messages import NodeReady, RetryRun, Stop, Terminate
from workflows.engine.status_conditions import ran_at_end

pytestmark = pytest.mark.argo("4-conditions")

Json = dict[str, Any]
SLEEP: Json = {"name": "main", "container": {"image": "busybox"}}


def workflow(*templates: Json, **spec: Any) -> Json:
    return {
        "kind": "Workflow",
        "metadata": {},
        "spec": {"entrypoint": "main", "templates": list(templates), **spec},
    }


def running(*templates: Json, **spec: Any) -> World:
    """A run whose processes go on until they are killed."""
    world = World(workflow(*templates, **spec), lambda _: Outcome(seconds=None))
    world.apply()
    world.apply(world.pass_time())
    return world


def test_pods_cut_short_by_terminate_were_running() -> None:
    world = running(SLEEP)
    world.apply([Terminate()])
    world.settle()

    assert world.state.finished
    assert ran_at_end(world.state.run)


def test_pods_cut_short_by_the_deadline_were_running() -> None:
    world = running(SLEEP, activeDeadlineSeconds=1)
    world.settle()

    assert world.state.run.phase == "Failed"
    assert ran_at_end(world.state.run)


def test_an_exit_handler_makes_the_controller_look_again() -> None:
    outcomes = {"run": Outcome(seconds=None), "run.onExit": Outcome()}
    leaf = {"name": "leave", "container": {"image": "busybox"}}
    world = World(workflow(SLEEP, leaf, onExit="leave"), lambda order: outcomes[order.node_name])
    world.apply()
    world.apply(world.pass_time())
    world.apply([Stop()])
    world.settle()

    assert world.state.finished
    assert not ran_at_end(world.state.run)


def test_a_daemon_that_just_came_up_was_running_and_an_older_one_not() -> None:
    server = {"name": "server", "daemon": True, "container": {"image": "busybox"}}
    wait = {"name": "wait", "suspend": {"duration": "0"}}
    work = {"name": "work", "container": {"image": "busybox"}}

    def ended(last: str) -> World:
        main = {
            "name": "main",
            "steps": [[{"name": "s", "template": "server"}], [{"name": "l", "template": last}]],
        }
        world = World(workflow(main, server, wait, work), lambda order: Outcome(
            seconds=None if order.node_name.endswith(".s") else 1))  # fmt: skip
        world.apply()
        world.apply(world.pass_time())
        [launch] = world.launched
        world.apply([NodeReady(node_id=launch.node_id, attempt=0, at=world.now, address="10.0.0.1")])
        world.settle()
        assert world.state.run.phase == "Succeeded"
        return world

    assert ran_at_end(ended("wait").state.run)
    assert not ran_at_end(ended("work").state.run)


def test_a_retry_by_hand_looks_anew() -> None:
    world = running(SLEEP)
    world.apply([Terminate()])
    world.settle()
    world.outcomes = lambda _: Outcome()

    world.apply([RetryRun()])
    world.settle()

    assert world.state.run.phase == "Succeeded"
    assert not ran_at_end(world.state.run)
