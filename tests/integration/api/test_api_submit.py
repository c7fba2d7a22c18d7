"""Submitting and checking manifests through the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from workflows.models import Run as RunRow
from workflows.models import Template

WORKFLOW = """apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: hello-
spec:
  entrypoint: main
  arguments:
    parameters:
      - {name: who, value: world}
  templates:
    - name: main
      container: {image: busybox, command: [echo], args: ["{{workflow.parameters.who}}"]}
"""
TEMPLATE = (
    WORKFLOW.replace("kind: Workflow", "kind: WorkflowTemplate")
    .replace("generateName: hello-", "name: greet")
    .lstrip()
)
OBJECT = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "Workflow",
    "metadata": {"name": "plain"},
    "spec": {"entrypoint": "m", "templates": [{"name": "m", "container": {"image": "busybox"}}]},
}
BROKEN = WORKFLOW.replace("entrypoint: main", "entrypoint: mian").replace("container:", "contaner:")


def post(client: Client, path: str, body: Any, content_type: str = "application/json") -> Any:
    return client.post(f"/api/namespaces/demo/{path}", body, content_type=content_type)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(WORKFLOW, "application/yaml", id="yaml"),
        pytest.param(WORKFLOW, "text/yaml; charset=utf-8", id="text/yaml"),
        pytest.param(WORKFLOW, "text/plain", id="plain text"),
        pytest.param("\ufeff" + WORKFLOW, "application/yaml", id="with byte order mark"),
        pytest.param({"manifest": WORKFLOW}, "application/json", id="text in json"),
        pytest.param({"manifest": OBJECT}, "application/json", id="object in json"),
        pytest.param(OBJECT, "application/json", id="the object itself"),
    ],
)
@pytest.mark.argo("17-workflows")
def test_a_manifest_starts_a_run(api: Client, body: Any, content_type: str) -> None:
    response = post(api, "runs", body, content_type)

    assert response.status_code == 201, response.json()
    [run] = response.json()["runs"]
    assert run["metadata"]["name"].startswith(("hello-", "plain"))
    assert run["status"]["phase"] == ""
    assert RunRow.objects.get().uid == run["metadata"]["uid"]


@pytest.mark.argo("6-submit-time-overrides")
def test_a_submission_changes_what_it_names(api: Client) -> None:
    body = {
        "manifest": WORKFLOW,
        "name": "mine",
        "parameters": {"who": " you: {}"},
        "labels": {"team": "a"},
        "annotations": {"note": "b"},
        "serviceAccountName": "builder",
        "podPriorityClassName": "high",
        "priority": 7,
    }

    [run] = post(api, "runs", body).json()["runs"]

    workflow = api.get(f"/api/runs/{run['metadata']['uid']}").json()
    assert workflow["metadata"]["name"] == "mine"
    assert workflow["metadata"]["labels"]["team"] == "a"
    assert workflow["metadata"]["annotations"]["note"] == "b"
    spec = workflow["spec"]
    assert spec["arguments"]["parameters"] == [{"name": "who", "value": " you: {}"}]
    settings = spec["serviceAccountName"], spec["podPriorityClassName"], spec["priority"]
    assert settings == ("builder", "high", 7)


@pytest.mark.argo("17-templates")
def test_a_run_starts_from_a_stored_template(api: Client) -> None:
    post(api, "workflow-templates", TEMPLATE, "application/yaml")

    response = post(api, "runs", {"template": {"name": "greet"}, "parameters": {"who": "me"}})

    assert response.status_code == 201, response.json()
    [found] = api.get("/api/runs", {"template": "greet"}).json()["items"]
    assert found["metadata"]["name"].startswith("greet-")


def test_several_objects_are_taken_together(api: Client) -> None:
    response = post(api, "runs", f"{TEMPLATE}\n---\n{WORKFLOW}\n---\n{WORKFLOW}", "application/yaml")

    assert [len(response.json()["runs"]), Template.objects.count()] == [2, 1]


@pytest.mark.parametrize("path", ["runs", "lint"])
def test_mistakes_are_told_with_their_places(api: Client, path: str) -> None:
    response = post(api, path, BROKEN, "application/yaml")

    problems = response.json()["problems"]
    [field] = [problem for problem in problems if problem["line"] == 12]
    assert response.status_code == (422 if path == "runs" else 200)
    assert "contaner" in field["message"]
    assert {"code", "message", "severity", "document", "path", "line", "column", "remedy"} == set(field)
    assert RunRow.objects.count() == 0


@pytest.mark.argo("14-lint")
def test_warnings_come_with_the_runs(api: Client) -> None:
    text = WORKFLOW.replace("{{workflow.parameters.who}}", "nobody")

    response = post(api, "runs", text, "application/yaml")

    assert response.status_code == 201
    [warning] = response.json()["warnings"]
    assert (warning["code"], warning["severity"], warning["line"]) == ("unused-parameter", "warning", 9)
    assert len(response.json()["runs"]) == 1


def test_nothing_of_a_text_with_a_mistake_is_stored(api: Client) -> None:
    response = post(api, "runs", f"{TEMPLATE}\n---\n{BROKEN}", "application/yaml")

    assert response.status_code == 422
    assert (Template.objects.count(), RunRow.objects.count()) == (0, 0)


@pytest.mark.parametrize("text", ["", "a: [", "\t", "&a [*a]", "[" * 5000, "kind: Workflow"])
def test_hostile_and_broken_texts_are_problems(api: Client, text: str) -> None:
    submitted = post(api, "runs", json.dumps({"manifest": text}))

    assert submitted.status_code == 422
    assert submitted.json()["problems"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"manifest": WORKFLOW, "template": {"name": "greet"}}, id="both"),
        pytest.param({"manifest": 5}, id="a number"),
        pytest.param({"template": {"name": "greet", "kind": "Secret"}}, id="unknown kind"),
        pytest.param({"manifest": WORKFLOW, "parameters": {"a": {}}}, id="no text"),
    ],
)
def test_bodies_are_checked(api: Client, body: dict[str, Any]) -> None:
    response = post(api, "runs", body)

    assert (response.status_code, response.json()["code"]) == (400, "invalid-request")


def test_a_taken_name_is_a_conflict(api: Client) -> None:
    post(api, "runs", OBJECT)

    response = post(api, "runs", OBJECT)

    assert (response.status_code, response.json()["code"]) == (409, "name-taken")


@pytest.mark.parametrize(
    ("role", "submit", "from_template", "lint"),
    [
        (None, 404, 404, 404),
        ("viewer", 403, 403, 200),
        ("operator", 403, 201, 200),
        ("editor", 201, 201, 200),
    ],
)
def test_roles_decide_who_may_submit(
    api: Client, sign_in: Any, role: str | None, submit: int, from_template: int, lint: int
) -> None:
    post(api, "workflow-templates", TEMPLATE, "application/yaml")
    client = sign_in(role)

    assert post(client, "runs", WORKFLOW, "application/yaml").status_code == submit
    assert post(client, "runs", {"template": {"name": "greet"}}).status_code == from_template
    assert post(client, "lint", WORKFLOW, "application/yaml").status_code == lint


@pytest.mark.argo("8-resubmit", "16-archive-verbs")
def test_a_resubmitted_run_is_a_new_one_with_the_same_arguments(api: Client) -> None:
    [first] = post(api, "runs", {"manifest": WORKFLOW, "parameters": {"who": "me"}}).json()["runs"]

    path = f"/api/runs/{first['metadata']['uid']}/resubmit"
    second = api.post(path, {}, content_type="application/json").json()

    assert second["metadata"]["uid"] != first["metadata"]["uid"]
    workflow = api.get(f"/api/runs/{second['metadata']['uid']}").json()
    assert workflow["spec"]["arguments"]["parameters"] == [{"name": "who", "value": "me"}]
