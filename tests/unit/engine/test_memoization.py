"""Memoization: what asks a cache, what it gets, what is kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.engine.world import Outcome, World
from workflows.engine import Node, RunState, compile_program
from workflows.engine.messages import LookUpMemo, MemoAnswer, SaveMemo

Json = dict[str, Any]
pytestmark = pytest.mark.argo("13-memoize")

WORK: Json = {
    "name": "work",
    "inputs": {"parameters": [{"name": "k"}]},
    "memoize": {"key": "key-{{inputs.parameters.k}}", "cache": {"configMap": {"name": "cache"}}},
    "container": {"image": "busybox", "command": ["true"]},
    "outputs": {"parameters": [{"name": "v", "valueFrom": {"path": "/v"}, "globalName": "seen"}]},
}


def workflow(*templates: Json, **spec: Any) -> Json:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": "memo-"},
        "spec": {"entrypoint": "main", "templates": list(templates), **spec},
    }


def step(name: str, template: str = "work", key: str = "one") -> list[Json]:
    return [{"name": name, "template": template, "arguments": {"parameters": [{"name": "k", "value": key}]}}]


def twice(template: Json = WORK, **changes: Any) -> World:
    """A run in which the second step asks for what the first one made."""
    main = {"name": "main", "steps": [step("first"), step("second")]}
    return World(workflow(main, {**template, **changes}), made)


def made(order: Any) -> Outcome:
    return Outcome(parameters={"v": f"made by {order.node_name}"})


def node(world: World, display_name: str) -> Node:
    return next(n for n in world.state.nodes.values() if n.display_name == display_name)


def status(node: Node) -> Any:
    return (node.extra or {}).get("memoizationStatus")


def value(node: Node) -> Any:
    return (node.outputs or {})["parameters"][0]["value"]


@pytest.mark.argo("13-memoize")
def test_the_second_call_of_a_key_is_answered_without_a_process() -> None:
    world = twice()

    world.settle()

    first, second = node(world, "first"), node(world, "second")
    assert [order.node_name for order in world.launched] == ["run[0].first"]
    assert status(first) == {"hit": False, "key": "key-one", "cacheName": "cache"}
    assert status(second) == {"hit": True, "key": "key-one", "cacheName": "cache"}
    assert (second.phase, second.type, second.message) == ("Succeeded", "Pod", "")
    assert second.outputs == first.outputs
    assert second.started_at == second.finished_at
    assert world.state.run.phase == "Succeeded"


def test_another_key_and_another_cache_miss() -> None:
    other = {**WORK, "name": "other", "memoize": {**WORK["memoize"], "cache": {"configMap": {"name": "b"}}}}
    main = {"name": "main", "steps": [step("one"), step("two", key="two"), step("three", "other")]}
    world = World(workflow(main, WORK, other), made)

    world.settle()

    assert len(world.launched) == 3
    assert sorted(world.memos) == [("b", "key-one"), ("cache", "key-one"), ("cache", "key-two")]


@pytest.mark.parametrize(
    ("max_age", "age_ms", "hit"),
    [("", 10**12, True), ("1h", 3_600_000, True), ("1h", 3_600_001, False), ("0s", 1, False)],
    ids=["no age", "just young enough", "too old", "never young enough"],
)
def test_an_entry_older_than_max_age_is_no_hit(max_age: str, age_ms: int, hit: bool) -> None:
    memoize = {**WORK["memoize"], "key": "k", "maxAge": max_age}
    world = World(workflow({**WORK, "name": "main", "inputs": {}, "memoize": memoize}), made)
    world.memos["cache", "k"] = SaveMemo(node_id="n", cache="cache", key="k", at=world.now - age_ms)

    world.settle()

    assert (not world.launched) is hit


@pytest.mark.parametrize(
    ("memoize", "message"),
    [
        ({"key": "not/allowed"}, "invalid cache key: not/allowed"),
        ({"key": "-a"}, "invalid cache key: -a"),
        ({"key": ""}, "invalid cache key: "),
        ({"key": "a\n"}, "invalid cache key: a\n"),
        ({"key": "é"}, "invalid cache key: é"),
        ({"key": "{{workflow.nothing}}"}, "invalid cache key: {{workflow.nothing}}"),
        ({"key": "a" * 254}, f"invalid cache key: {'a' * 100}… is longer than 253 characters"),
        ({"key": "a", "maxAge": "ten"}, 'invalid maxAge: time: invalid duration "ten"'),
        ({"key": "a", "maxAge": "10"}, 'invalid maxAge: time: missing unit in duration "10"'),
    ],
)
@pytest.mark.argo("13-memoize")
def test_a_bad_key_or_age_is_an_error_of_the_node(memoize: Json, message: str) -> None:
    memoize = {"cache": {"configMap": {"name": "cache"}}, **memoize}
    world = World(workflow({**WORK, "name": "main", "inputs": {}, "memoize": memoize}), made)

    world.settle()

    [only] = world.state.nodes.values()
    assert (only.type, only.phase, only.message) == ("Skipped", "Error", message)
    assert (world.state.run.phase, world.state.run.message) == (
        "Error", f"error in entry template execution: {message}")  # fmt: skip


def test_only_success_is_kept() -> None:
    world = World(
        workflow({**WORK, "name": "main", "inputs": {}, "memoize": {**WORK["memoize"], "key": "k"}}),
        lambda _: Outcome(phase="Failed", exit_code=1, message="main: Error (exit code 1)"),
    )

    world.settle()

    assert world.memos == {}
    assert status(node(world, "run"))["hit"] is False


def test_outputs_of_an_entry_are_exported_and_an_entry_may_have_none() -> None:
    main = {**WORK, "name": "main", "inputs": {}, "memoize": {**WORK["memoize"], "key": "k"}}
    outputs = {"parameters": [{"name": "v", "value": "kept", "globalName": "seen"}]}
    full, empty = World(workflow(main)), World(workflow(main))
    full.memos["cache", "k"] = SaveMemo(node_id="n", cache="cache", key="k", at=0, outputs=outputs)
    empty.memos["cache", "k"] = SaveMemo(node_id="n", cache="cache", key="k", at=0)

    full.settle()
    empty.settle()

    assert full.state.run.outputs == {"parameters": [{"name": "seen", "value": "kept"}]}
    assert (empty.state.run.phase, node(empty, "run").outputs) == ("Succeeded", None)


@pytest.mark.parametrize("kind", ["steps", "dag"])
def test_a_composite_that_is_answered_starts_nothing_inside(kind: str) -> None:
    call = {"name": "inner", "template": "work", "arguments": {"parameters": [{"name": "k", "value": "x"}]}}
    body: Json = {"steps": [[call]]} if kind == "steps" else {"dag": {"tasks": [call]}}
    word = "steps" if kind == "steps" else "tasks"
    outer = {
        "name": "work",
        "inputs": {"parameters": [{"name": "k"}]},
        "memoize": {"key": "outer", "cache": {"configMap": {"name": "cache"}}},
        "outputs": {"parameters": [{"name": "v", "valueFrom": {
            "parameter": f"{{{{{word}.inner.outputs.parameters.v}}}}"}}]},
        **body,
    }  # fmt: skip
    call["template"] = "leaf"
    leaf = {key: field for key, field in WORK.items() if key != "memoize"} | {"name": "leaf"}
    world = World(
        workflow(
            {"name": "main", "steps": [step("first"), step("second"), step("last", key="z")]}, outer, leaf
        ),
        made,
    )

    world.settle()

    second, last = node(world, "second"), node(world, "last")
    assert len(world.launched) == 1
    assert second.type == ("Steps" if kind == "steps" else "DAG")
    assert value(second) == value(node(world, "inner"))
    group = world.state.nodes[last.parents[0]]
    assert group.parents == [second.id]


def test_a_retried_template_asks_once_and_its_good_attempt_fills_the_cache() -> None:
    ends = iter([Outcome(phase="Failed", exit_code=1), Outcome(parameters={"v": "late"})])
    main = {"name": "main", "steps": [step("first"), step("second")]}
    world = World(workflow(main, {**WORK, "retryStrategy": {"limit": "2"}}), lambda _: next(ends))

    world.settle()

    assert [order.node_name for order in world.launched] == ["run[0].first(0)", "run[0].first(1)"]
    assert world.memos["cache", "key-one"].node_id == node(world, "first(1)").id
    assert status(node(world, "first(0)")) == status(node(world, "first"))
    second = node(world, "second")
    assert (second.type, value(second), status(second)["hit"]) == ("Retry", "late", True)
    assert world.state.run.phase == "Succeeded"


def test_calls_that_wait_for_a_place_ask_when_they_get_it() -> None:
    items = {**step("loop")[0], "withItems": [1, 2, 3]}
    world = World(workflow({"name": "main", "parallelism": 1, "steps": [[items]]}, WORK), made)

    world.settle()

    assert len(world.launched) == 1
    assert [value(node(world, f"loop({i}:{i + 1})")) for i in range(3)] == ["made by run[0].loop(0:1)"] * 3


def test_after_a_restart_an_unanswered_call_asks_again() -> None:
    world = World(workflow({"name": "main", "steps": [step("first")]}, WORK), made)
    run = world.state.run
    first = world.state.apply([], world.now)

    again = RunState.restore(compile_program(workflow({"name": "main", "steps": [step("first")]}, WORK), {}),
                             run, list(world.state.nodes.values()), world.now)  # fmt: skip
    second = again.apply([], world.now)

    expected = LookUpMemo(namespace="team-a", call_id=first.lookups[0].call_id, cache="cache", key="key-one")
    assert first.lookups == second.lookups == [expected]


def test_an_answer_nobody_waits_for_changes_nothing() -> None:
    world = twice()
    world.settle()

    decision = world.apply([MemoAnswer(call_id=node(world, "first").id, found=True)])

    assert (decision.transitions, decision.run_changed, decision.orders) == (0, False, [])


@pytest.mark.parametrize("cut", range(6))
def test_restarts_change_nothing(cut: int) -> None:
    plain, restarted = twice(), twice()
    plain.settle()

    restarted.apply()
    for moment in range(20):
        if restarted.next_time() is None:
            break
        restarted.apply(restarted.pass_time())
        if moment == cut:
            restarted.restart()

    assert restarted.tree() == plain.tree()
    assert len(restarted.launched) == 1
