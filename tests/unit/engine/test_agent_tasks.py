"""Nodes of http, plugin, resource and data templates."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.engine.world import Outcome, World
from workflows.engine import RunState
from workflows.engine.messages import Launch, NodeFinished, NodeReported, Stop, Terminate

HTTP = {"name": "call", "http": {"url": "http://{{workflow.parameters.host}}/"}}
PLUGIN = {
    "name": "ask",
    "inputs": {"parameters": [{"name": "who", "value": "you"}]},
    "plugin": {"hello": {"to": "{{inputs.parameters.who}}"}},
}
RESOURCE = {
    "name": "make",
    "resource": {"action": "create", "manifest": "kind: ConfigMap\nmetadata: {name: '{{workflow.name}}'}"},
    "outputs": {"parameters": [{"name": "uid", "valueFrom": {"jsonPath": "{.metadata.uid}"}}]},
}
DATA = {"name": "list", "data": {"source": {"artifactPaths": {"name": "a", "raw": {"data": "x"}}}}}


def _workflow(*templates: dict[str, Any], **spec: Any) -> dict[str, Any]:
    steps = [[{"name": template["name"], "template": template["name"]}] for template in templates]
    return {
        "metadata": {"name": "run"},
        "spec": {
            "entrypoint": "main",
            "arguments": {"parameters": [{"name": "host", "value": "h"}]},
            "templates": [{"name": "main", "steps": steps}, *templates],
            **spec,
        },
    }


def _node(world: World, name: str) -> Any:
    return next(node for node in world.state.nodes.values() if node.display_name == name)


def _silent(_: Launch) -> Outcome:
    return Outcome(starts=False, seconds=None)


@pytest.mark.argo("3-http", "3-plugin", "3-resource", "3-data", "4-node-types")
def test_each_kind_makes_a_node_of_its_type_and_is_ordered_whole() -> None:
    world = World(_workflow(HTTP, PLUGIN, RESOURCE, DATA))
    world.settle()

    assert [_node(world, name).type for name in ("call", "ask", "make", "list")] == [
        "HTTP", "Plugin", "Pod", "Pod",
    ]  # fmt: skip
    http, plugin, resource, data = world.launched
    assert http.template["http"] == {"url": "http://h/"}
    assert plugin.template["plugin"] == {"hello": {"to": "you"}}
    assert plugin.template["inputs"] == {"parameters": [{"name": "who", "value": "you"}]}
    assert resource.template["resource"]["manifest"].endswith("metadata: {name: 'run'}")
    assert data.template["data"] == DATA["data"]


@pytest.mark.argo("3-http", "4-node-phases")
def test_a_request_stays_pending_until_its_answer_and_the_answer_is_its_result() -> None:
    world = World(_workflow(HTTP), _silent)
    world.apply()
    order = world.launched[0]
    pending = _node(world, "call").phase

    answer = NodeFinished(
        node_id=order.node_id, attempt=0, at=world.now, phase="Failed", message="no", result="body"
    )
    world.apply([answer])

    node = _node(world, "call")
    assert (pending, node.phase, node.message, node.outputs) == (
        "Pending",
        "Failed",
        "no",
        {"result": "body"},
    )


@pytest.mark.argo("3-plugin", "2-executor-plugins")
def test_a_plugin_shows_what_it_says_and_gives_the_outputs_it_names() -> None:
    workflow = _workflow(PLUGIN, executorPlugins=[{"metadata": {"name": "mine"}, "spec": {}}])
    world = World(workflow, _silent)
    world.apply()
    order = world.launched[0]
    about = {"node_id": order.node_id, "attempt": 0}

    world.apply([NodeReported(**about, at=world.now, phase="Running", message="half")])
    half = (_node(world, "ask").phase, _node(world, "ask").message)
    end = NodeFinished(**about, at=world.now, phase="Succeeded", message="done", parameters={"a": "1"})
    world.apply([end])

    node = _node(world, "ask")
    assert half == ("Running", "half")
    assert (node.phase, node.message) == ("Succeeded", "done")
    assert node.outputs == {"parameters": [{"name": "a", "value": "1"}]}
    assert order.pod["executorPlugins"] == [{"metadata": {"name": "mine"}}]


@pytest.mark.parametrize("signal", [Stop(), Terminate()])
def test_a_stop_ends_requests_in_argos_words(signal: Any) -> None:
    world = World(_workflow(HTTP), _silent)
    world.apply()

    world.apply([signal])
    world.settle()

    strategy = type(signal).__name__
    node = _node(world, "call")
    assert (node.phase, node.message) == ("Failed", f"Stopped with strategy '{strategy}'")
    assert [(order.node_id, order.kind) for order in world.killed] == [(node.id, "http")]
    assert world.state.finished


def test_the_deadline_of_the_run_ends_requests() -> None:
    world = World(_workflow(HTTP, activeDeadlineSeconds=5), _silent)

    world.settle()

    node = _node(world, "call")
    assert (node.phase, node.message) == ("Failed", "Step exceeded its deadline")


def test_a_timeout_ends_a_request_that_was_not_answered() -> None:
    world = World(_workflow({**HTTP, "timeout": "3s"}), _silent)

    world.settle()

    assert _node(world, "call").phase == "Failed"
    assert world.state.run.phase == "Failed"


def test_requests_are_retried_and_waited_for_after_a_restart() -> None:
    template = {**HTTP, "retryStrategy": {"limit": "2"}}
    answers = iter([Outcome("Failed", None, "no"), Outcome("Succeeded", None)])
    world = World(_workflow(template), lambda _: next(answers))

    world.apply()
    world.restart()
    world.settle()

    kids = [node for node in world.state.nodes.values() if node.type == "HTTP"]
    assert [node.phase for node in kids] == ["Failed", "Succeeded"]
    assert world.state.run.phase == "Succeeded"


def test_a_restored_run_still_knows_what_it_ordered() -> None:
    world = World(_workflow(HTTP), _silent)
    world.apply()

    again = RunState.restore(world.program, world.state.run, world.state.nodes.values(), world.now)

    [(node_id, attempt)] = again.active_attempts()
    assert again.relaunch([node_id]) == world.launched
    assert attempt == 0


def test_outputs_of_a_resource_are_read_only_after_success() -> None:
    failing = World(_workflow(RESOURCE), lambda _: Outcome("Failed", 64, "main: Error (exit code 64): no"))
    failing.settle()
    fine = World(_workflow(RESOURCE), _silent)
    fine.apply()
    node_id = fine.launched[0].node_id
    end = NodeFinished(node_id=node_id, attempt=0, at=fine.now, phase="Succeeded", parameters={"uid": "u"})
    fine.apply([end])

    assert _node(failing, "make").outputs == {"exitCode": "64"}
    assert _node(fine, "make").outputs["parameters"] == [
        {"name": "uid", "valueFrom": {"jsonPath": "{.metadata.uid}"}, "value": "u"}
    ]


@pytest.mark.argo("3-data")
def test_the_list_of_a_data_template_is_reported_whether_it_is_mentioned_or_not() -> None:
    world = World(_workflow(DATA), lambda _: Outcome(result='["a"]'))

    world.settle()

    assert world.launched[0].capture_result
    assert _node(world, "list").outputs == {"result": '["a"]', "exitCode": "0"}
