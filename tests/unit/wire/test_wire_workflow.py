"""Runs and nodes as Argo's Workflow object."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.engine.node import Node, Run
from workflows.wire.nodes import node_detail
from workflows.wire.workflow import RunAbout, run_summary, workflow_json

NOON = 1_767_268_800_000
UID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def make_run(**changes: Any) -> Run:
    fields: dict[str, Any] = {"uid": UID, "name": "hello", "namespace": "demo", "created_at": NOON}
    return Run(**(fields | changes))


def make_node(node_id: str, idx: int, **changes: Any) -> Node:
    fields: dict[str, Any] = {
        "id": node_id,
        "idx": idx,
        "name": node_id,
        "display_name": node_id,
        "type": "Pod",
        "phase": "Succeeded",
    }
    return Node(**(fields | changes))


@pytest.mark.argo("4-run-phases", "1-workflow")
def test_a_finished_run_is_shown_as_argo_shows_it() -> None:
    run = make_run(
        phase="Succeeded",
        started_at=NOON,
        finished_at=NOON + 2_500,
        labels={"team": "a"},
        annotations={"note": "x"},
        outputs={"parameters": [{"name": "sum", "value": "3"}]},
        seq=7,
        node_count=3,
        phase_counts={"Succeeded": 3},
    )
    root = make_node(
        "hello", 0, type="Steps", template_name="main", template_scope="local/hello", outbound=["hello-2"]
    )
    group = make_node("hello-1", 1, type="StepGroup", boundary_id="hello", parents=["hello"])
    pod = make_node(
        "hello-2",
        2,
        name="hello[0].say",
        display_name="say",
        boundary_id="hello",
        parents=["hello-1"],
        template_name="echo",
        template_scope="local/hello",
        started_at=NOON,
        finished_at=NOON + 1_000,
        inputs={"parameters": [{"name": "m", "value": "hi"}]},
        outputs={"exitCode": "0"},
        host="worker-1",
        extra={"resourcesDuration": {"cpu": 1}},
    )

    workflow = workflow_json(
        run,
        [pod, root, group],
        manifest={"spec": {"entrypoint": "main"}},
        about=RunAbout(creator="ada", allowed_actions={"delete": {"allowed": True}}),
    )

    assert workflow == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": "hello",
            "namespace": "demo",
            "uid": UID,
            "creationTimestamp": "2026-01-01T12:00:00Z",
            "labels": {
                "team": "a",
                "workflows.argoproj.io/phase": "Succeeded",
                "workflows.argoproj.io/completed": "true",
            },
            "annotations": {"note": "x"},
        },
        "spec": {"entrypoint": "main"},
        "status": {
            "phase": "Succeeded",
            "startedAt": "2026-01-01T12:00:00Z",
            "finishedAt": "2026-01-01T12:00:02Z",
            "progress": "1/1",
            "resourcesDuration": {"cpu": 1},
            "outputs": {"parameters": [{"name": "sum", "value": "3"}]},
            "artifactRepositoryRef": {
                "default": True,
                "artifactRepository": {"plugin": {"name": "folder"}},
            },
            "conditions": [
                {"type": "PodRunning", "status": "False"},
                {"type": "Completed", "status": "True"},
            ],
            "nodes": {
                "hello": {
                    "id": "hello",
                    "name": "hello",
                    "displayName": "hello",
                    "type": "Steps",
                    "templateName": "main",
                    "templateScope": "local/hello",
                    "phase": "Succeeded",
                    "children": ["hello-1"],
                    "outboundNodes": ["hello-2"],
                    "progress": "1/1",
                    "resourcesDuration": {"cpu": 1},
                    "startedAt": None,
                    "finishedAt": None,
                },
                "hello-1": {
                    "id": "hello-1",
                    "name": "hello-1",
                    "displayName": "hello-1",
                    "type": "StepGroup",
                    "phase": "Succeeded",
                    "boundaryID": "hello",
                    "children": ["hello-2"],
                    "progress": "1/1",
                    "resourcesDuration": {"cpu": 1},
                    "startedAt": None,
                    "finishedAt": None,
                },
                "hello-2": {
                    "id": "hello-2",
                    "name": "hello[0].say",
                    "displayName": "say",
                    "type": "Pod",
                    "templateName": "echo",
                    "templateScope": "local/hello",
                    "phase": "Succeeded",
                    "boundaryID": "hello",
                    "inputs": {"parameters": [{"name": "m", "value": "hi"}]},
                    "outputs": {"exitCode": "0"},
                    "hostNodeName": "worker-1",
                    "resourcesDuration": {"cpu": 1},
                    "progress": "1/1",
                    "startedAt": "2026-01-01T12:00:00Z",
                    "finishedAt": "2026-01-01T12:00:01Z",
                },
            },
        },
        "sluice": {
            "seq": 7,
            "attempt": 0,
            "nodeCount": 3,
            "phaseCounts": {"Succeeded": 3},
            "suspended": False,
            "shutdown": "",
            "creator": "ada",
            "allowedActions": {"delete": {"allowed": True}},
        },
    }


def test_a_run_nobody_has_started_has_no_phase_label_and_null_times() -> None:
    summary = run_summary(make_run(), RunAbout())

    assert summary["metadata"]["labels"] == {}
    assert summary["status"] == {"phase": "", "startedAt": None, "finishedAt": None}


@pytest.mark.parametrize(
    ("run", "submitted", "spec"),
    [
        pytest.param(make_run(suspended=True), {}, {"suspend": True}, id="suspended"),
        pytest.param(make_run(), {"suspend": True}, {}, id="resumed since it was submitted"),
        pytest.param(make_run(shutdown="Stop"), {}, {"shutdown": "Stop"}, id="stopped"),
        pytest.param(
            make_run(arguments={"a": "2", "b": "3"}),
            {"arguments": {"parameters": [{"name": "a", "value": "1", "description": "d"}, {"name": "z"}]}},
            {
                "arguments": {
                    "parameters": [
                        {"name": "a", "value": "2", "description": "d"},
                        {"name": "z"},
                        {"name": "b", "value": "3"},
                    ]
                }
            },
            id="arguments as the run has them",
        ),
    ],
)
def test_the_spec_is_shown_as_the_run_stands_now(
    run: Run, submitted: dict[str, Any], spec: dict[str, Any]
) -> None:
    workflow = workflow_json(run, [], manifest={"spec": submitted}, about=RunAbout())

    assert workflow.get("spec", {}) == spec


def test_building_json_leaves_the_manifest_alone() -> None:
    manifest = {"spec": {"arguments": {"parameters": [{"name": "a", "value": "1"}]}}}

    workflow_json(make_run(arguments={"a": "2"}), [], manifest=manifest, about=RunAbout())

    assert manifest == {"spec": {"arguments": {"parameters": [{"name": "a", "value": "1"}]}}}


@pytest.mark.parametrize(
    ("nodes", "conditions"),
    [
        pytest.param([make_node("a", 0, phase="Running")], [("PodRunning", "True")], id="a pod runs"),
        pytest.param([make_node("a", 0, phase="Pending")], [("PodRunning", "False")], id="a pod is pending"),
        pytest.param([make_node("a", 0, type="Steps", phase="Running")], [], id="nothing that is a pod"),
        pytest.param(
            [make_node("a", 0, type="Suspend", phase="Running", started_at=NOON)],
            [("PodRunning", "False")],
            id="a person is waited for",
        ),
        pytest.param(
            [make_node("a", 0, type="Suspend", started_at=NOON, finished_at=NOON)],
            [],
            id="a suspend of no time",
        ),
    ],
)
@pytest.mark.argo("4-conditions")
def test_conditions_of_a_running_run(nodes: list[Node], conditions: list[tuple[str, str]]) -> None:
    workflow = workflow_json(make_run(phase="Running"), nodes, manifest={}, about=RunAbout())

    assert [(c["type"], c["status"]) for c in workflow["status"]["conditions"]] == conditions


def test_node_detail_tells_what_argo_has_no_field_for() -> None:
    node = make_node("a", 3, attempt=1, parents=["r"], seq=9, waiting={"reason": "person"})

    assert node_detail(node, children=["b"])["sluice"] == {
        "idx": 3,
        "attempt": 1,
        "parents": ["r"],
        "seq": 9,
        "waiting": {"reason": "person"},
    }


@pytest.mark.argo("4-conditions")
def test_what_went_wrong_with_metrics_is_a_condition() -> None:
    run = Run(uid=UID, name="r", namespace="demo", created_at=0, phase="Running")
    run.memo = {"conditions": {"MetricsError": ["one", "two"]}}

    shown = workflow_json(run, [], manifest={}, about=RunAbout())

    assert shown["status"]["conditions"] == [
        {"type": "MetricsError", "status": "True", "message": "one, two"}
    ]
