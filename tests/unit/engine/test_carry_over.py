"""Resubmitting with memory: a new run begins with what succeeded in a failed one."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engine.generated import outcomes_of, workflows
from tests.unit.engine.rows import node_rows
from tests.unit.engine.test_engine_properties import live, lived, open_nodes
from tests.unit.engine.test_retry_plan import FAILS, call, dag, leaf, steps
from tests.unit.engine.world import Outcome, World
from workflows.engine import Run, RunState
from workflows.engine.carry_over import carried_over
from workflows.engine.messages import ConfigMapsChanged, Launch, ResumeRun
from workflows.engine.names import node_id

salts = st.integers(0, 1_000_000)


def failed(*templates: dict[str, Any], fail: set[str], **spec: Any) -> World:
    def outcome(order: Launch) -> Outcome:
        return FAILS if world.state.nodes[order.node_id].display_name in fail else Outcome(result="r")

    workflow = {"metadata": {"name": "run"}, "spec": {"entrypoint": "main", "templates": templates, **spec}}
    world = World(workflow, outcome)
    world.settle()
    assert world.state.run.phase == "Failed"
    return world


def resubmitted(world: World, **parameters: str) -> World:
    """The same world with the new run, ready to go on; what was launched is forgotten."""
    old = world.state.run
    nodes = carried_over(old, world.state.nodes.values(), name="again", parameters=parameters, now=world.now)
    run = Run(uid="2", name="again", namespace=old.namespace, created_at=world.now, phase="Pending", seq=1)
    run.arguments = {**old.arguments, **parameters}
    run.node_count = len(nodes)
    for node in nodes:
        run.phase_counts[node.phase] = run.phase_counts.get(node.phase, 0) + 1
    world.ledger.rows, world.ledger.seq = node_rows(nodes), run.seq
    world.state = RunState.restore(world.program, run, nodes, world.now, world.config_maps)
    world.launched.clear()
    world.alive.clear()
    world.apply([ConfigMapsChanged(config_maps=world.config_maps)])
    return world


def shown(world: World) -> dict[str, tuple[str, str, str]]:
    return {node.display_name: (node.type, node.phase, node.message) for node in world.state.nodes.values()}


@pytest.mark.argo("8-resubmit")
def test_pods_that_succeeded_are_skipped_and_keep_their_outputs() -> None:
    tasks = [call("a"), call("b", depends="a"), call("c", depends="b")]
    fail = {"b"}
    world = failed(dag(*tasks), leaf("leaf"), fail=fail)
    fail.clear()
    original = world.state.nodes[node_id("run", "run.a")]
    again = resubmitted(world)
    again.settle()
    assert shown(again) == {
        "again": ("DAG", "Succeeded", ""),
        "a": ("Skipped", "Skipped", f"original pod: {original.id}"),
        "b": ("Pod", "Succeeded", ""),
        "c": ("Pod", "Succeeded", ""),
    }
    carried = again.state.nodes[node_id("again", "again.a")]
    assert carried.outputs == original.outputs
    assert [order.node_name for order in again.launched] == ["again.b", "again.c"]
    assert again.state.run.phase == "Succeeded"
    assert {parent for node in again.state.nodes.values() for parent in node.parents} <= set(
        again.state.nodes
    )


def test_steps_loops_and_retries_are_carried_over() -> None:
    fail = {"c(1:2)"}
    main = steps([call("a", "kept")], [call("c", withItems=[1, 2, 3])], [call("d")])
    world = failed(main, leaf("leaf"), leaf("kept", retryStrategy={"limit": 1}), fail=fail)
    fail.clear()
    again = resubmitted(world)
    again.settle()
    assert [order.node_name for order in again.launched] == ["again[1].c(1:2)", "again[2].d"]
    found = shown(again)
    assert found["a(0)"][1] == found["c(0:1)"][1] == "Skipped"
    assert found["a"][:2] == ("Retry", "Succeeded")
    assert again.state.run.phase == "Succeeded"


def test_a_question_is_asked_again() -> None:
    fail = {"c"}
    main = steps([call("ask", "ask")], [call("a")], [call("c")])
    templates = [main, leaf("leaf"), {"name": "ask", "suspend": {}}]
    workflow = {"metadata": {"name": "run"}, "spec": {"entrypoint": "main", "templates": templates}}
    world = World(workflow, lambda order: FAILS if order.node_name.endswith(".c") and fail else Outcome())
    world.settle()
    world.apply([ResumeRun()])
    world.settle()
    assert world.state.run.phase == "Failed"
    fail.clear()
    again = resubmitted(world)
    again.settle()
    assert again.waiting_suspensions() == ["again[0].ask"]
    again.apply([ResumeRun()])
    again.settle()
    assert again.state.run.phase == "Succeeded"
    assert shown(again)["a"][0] == "Skipped"


def test_exit_handlers_are_not_carried_over() -> None:
    fail = {"a"}
    world = failed(steps([call("a")]), leaf("leaf"), fail=fail, onExit="leaf")
    fail.clear()
    again = resubmitted(world)
    again.settle()
    assert [order.node_name for order in again.launched] == ["again[0].a", "again.onExit"]


@given(workflows(), salts)
def test_nothing_that_was_carried_over_is_done_again_and_the_run_ends(workflow: Any, salt: int) -> None:
    world = lived(workflow, salt)
    again = resubmitted(world)
    kept = {node.id for node in again.state.nodes.values() if node.fulfilled}
    again.outcomes = outcomes_of(salt + 1)
    chance = random.Random(salt)
    live(again, lambda: again.restart() if chance.random() < 0.3 else None)
    assert open_nodes(again) == []
    assert not kept & {order.node_id for order in again.launched}
    assert again.state.finished
