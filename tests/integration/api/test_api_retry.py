"""Retries by hand through the API and the command: previews with reasons, the whole run, one node."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.integration.api.conftest import MakeRun, SignIn
from workflows.engine.messages import RetryRun
from workflows.engine.node import Run
from workflows.models import RunManifest, Signal
from workflows.store import signals

JSON = "application/json"
NODES = [
    {"name": "r", "id": "r", "display_name": "r", "type": "DAG", "phase": "Failed"},
    {"name": "r.a", "id": "r-a", "display_name": "a", "parents": ["r"], "phase": "Succeeded"},
    {"name": "r.b", "id": "r-b", "display_name": "b", "parents": ["r-a"], "phase": "Succeeded"},
    {"name": "r.c", "id": "r-c", "display_name": "c", "parents": ["r"], "phase": "Failed"},
]


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    nodes = [node | ({"boundary_id": "r"} if node["id"] != "r" else {}) for node in NODES]
    return make_run("r", phase="Failed", nodes=nodes)


def inbox() -> list[object]:
    return [
        received.message for received in signals.read(list(Signal.objects.values_list("run_id", flat=True)))
    ]


def shown(answer: Any) -> list[tuple[str, bool, str]]:
    assert answer.status_code == 200, answer.json()
    return [(node["displayName"], node["anew"], node["message"]) for node in answer.json()["nodes"]]


@pytest.mark.argo("8-manual-retry")
def test_a_preview_changes_nothing(api: Client, run: Run) -> None:
    answer = api.post(f"/api/runs/{run.uid}/retry/preview", {}, content_type=JSON)
    assert shown(answer) == [("r", False, "c is inside"), ("c", True, "it failed")]
    assert {key: answer.json()[key] for key in ("anew", "again", "kept")} == {
        "anew": 1,
        "again": 1,
        "kept": 2,
    }
    assert inbox() == []


@pytest.mark.argo("8-retry-single-node")
def test_one_node_is_done_again_with_what_came_after_it(api: Client, run: Run) -> None:
    place = f"/api/runs/{run.uid}/nodes/r-a/retry"
    assert shown(api.post(f"{place}/preview", {}, content_type=JSON)) == [
        ("r", False, "a is inside"),
        ("a", True, "it was chosen"),
        ("b", True, "it came after a"),
        ("c", True, "it failed"),
    ]
    assert api.post(place, {"parameters": {"p": "1"}}, content_type=JSON).status_code == 202
    assert inbox() == [
        RetryRun(restart_successful=True, selector="id=r-a", parameters={"p": "1"}, actor="ada")
    ]
    assert api.post(f"/api/runs/{run.uid}/nodes/none/retry", {}, content_type=JSON).status_code == 404


@pytest.mark.parametrize("action", ["retry", "retry/preview"])
@pytest.mark.parametrize(
    ("phase", "body", "code"),
    [
        ("Running", {}, "not-retryable"),
        ("Succeeded", {}, "not-retryable"),
        ("Succeeded", {"restartSuccessful": True}, "not-retryable"),
        ("Failed", {"restartSuccessful": True, "selector": "nonsense"}, "bad-selector"),
    ],
)
def test_why_not(
    api: Client, make_run: MakeRun, action: str, phase: str, body: dict[str, Any], code: str
) -> None:
    run = make_run("r", phase=phase)
    answer = api.post(f"/api/runs/{run.uid}/{action}", body, content_type=JSON)
    assert answer.json()["code"] == code
    assert inbox() == []


@pytest.mark.parametrize(("role", "status"), [(None, 404), ("viewer", 403), ("operator", 200)])
def test_who_may_preview(sign_in: SignIn, run: Run, role: str | None, status: int) -> None:
    answer = sign_in(role).post(f"/api/runs/{run.uid}/retry/preview", {}, content_type=JSON)
    assert answer.status_code == status


def manage(*words: str) -> list[str]:
    out = StringIO()
    call_command("retry", *words, "-n", "demo", stdout=out)
    return out.getvalue().splitlines()


def test_the_command_tries_and_does(admin: Any, run: Run) -> None:
    assert manage("r", "--dry-run") == [
        "· Failed    r: c is inside",
        "↻ Failed    c: it failed",
        "2 nodes are kept",
    ]
    assert inbox() == []
    assert manage("r", "-p", "a=b") == ["demo/r is being retried"]
    assert inbox() == [RetryRun(parameters={"a": "b"}, actor="ada")]
    with pytest.raises(CommandError, match="selector"):
        manage("r", "--restart-successful", "--node", "nonsense", "--dry-run")


@pytest.mark.argo("8-resubmit")
def test_a_run_is_resubmitted_with_memory_only_when_it_failed(
    api: Client, run: Run, make_run: MakeRun
) -> None:
    workflow = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "r"},
        "spec": {
            "entrypoint": "main",
            "templates": [
                {"name": "main", "dag": {"tasks": [{"name": n, "template": "x"} for n in "abc"]}},
                {"name": "x", "container": {"image": "busybox"}},
            ],
        },
    }
    RunManifest.objects.filter(run__uid=run.uid).update(workflow=json.dumps(workflow))
    answer = api.post(f"/api/runs/{run.uid}/resubmit", {"memoized": True}, content_type=JSON)
    assert answer.status_code == 201, answer.json()
    made = api.get(f"/api/runs/{answer.json()['metadata']['uid']}").json()
    found = {node["displayName"]: node["type"] for node in made["status"]["nodes"].values()}
    assert found == {made["metadata"]["name"]: "DAG", "a": "Skipped", "b": "Skipped"}

    other = make_run("s", phase="Succeeded", workflow=workflow)
    refused = api.post(f"/api/runs/{other.uid}/resubmit", {"memoized": True}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "not-failed")
