"""Actions on runs: the right wish reaches the inbox, or nothing does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from workflows.engine.messages import ResumeRun, RetryRun, SetNode, Stop, SuspendRun, Terminate
from workflows.models import Run as RunRow
from workflows.models import Signal
from workflows.store import signals


def inbox() -> list[Any]:
    return [found.message for found in signals.read(list(RunRow.objects.values_list("id", flat=True)))]


def act(client: Client, run: Any, action: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/runs/{run.uid}/{action}", body or {}, content_type="application/json")


@pytest.mark.parametrize(
    ("phase", "action", "body", "wish"),
    [
        pytest.param("Running", "stop", {}, Stop(actor="ada"), id="stop"),
        pytest.param(
            "Running",
            "stop",
            {"selector": "id=r-1", "message": "no"},
            Stop(selector="id=r-1", message="no", actor="ada"),
            id="reject",
        ),
        pytest.param("Running", "terminate", {}, Terminate(actor="ada"), id="terminate"),
        pytest.param("Running", "suspend", {}, SuspendRun(actor="ada"), id="suspend"),
        pytest.param("Running", "resume", {}, ResumeRun(actor="ada"), id="resume"),
        pytest.param(
            "Running",
            "resume",
            {"selector": "displayName=ask", "values": {"answer": " yes ", "note": ""}},
            ResumeRun(selector="displayName=ask", values={"answer": " yes ", "note": ""}, actor="ada"),
            id="answer",
        ),
        pytest.param(
            "Running",
            "set",
            {"selector": "id=r-1", "phase": "Failed", "message": "m", "values": {"a": "1"}},
            SetNode(selector="id=r-1", phase="Failed", message="m", values={"a": "1"}, actor="ada"),
            id="set",
        ),
        pytest.param("Failed", "retry", {}, RetryRun(actor="ada"), id="retry"),
        pytest.param(
            "Succeeded",
            "retry",
            {"restartSuccessful": True, "selector": "templateName=t", "parameters": {"p": "2"}},
            RetryRun(restart_successful=True, selector="templateName=t", parameters={"p": "2"}, actor="ada"),
            id="retry of successful nodes",
        ),
    ],
)
def test_a_wish_goes_into_the_inbox(
    api: Client, make_run: Any, phase: str, action: str, body: dict[str, Any], wish: object
) -> None:
    run = make_run("r", phase=phase)

    response = act(api, run, action, body)

    assert (response.status_code, response.json()["metadata"]["uid"]) == (202, run.uid)
    assert inbox() == [wish]


@pytest.mark.parametrize(
    ("phase", "action", "code"),
    [
        ("Succeeded", "stop", "finished"),
        ("Succeeded", "terminate", "finished"),
        ("Failed", "suspend", "finished"),
        ("Error", "resume", "finished"),
        ("Running", "retry", "not-retryable"),
        ("Succeeded", "retry", "not-retryable"),
    ],
)
def test_a_wish_without_effect_is_refused(
    api: Client, make_run: Any, phase: str, action: str, code: str
) -> None:
    response = act(api, make_run("r", phase=phase), action)

    assert (response.status_code, response.json()["code"]) == (409, code)
    assert inbox() == []


@pytest.mark.parametrize(
    ("role", "status"), [(None, 404), ("viewer", 403), ("operator", 202), ("editor", 202), ("admin", 202)]
)
@pytest.mark.argo("21-granularity")
def test_roles_decide_who_may_stop(sign_in: Any, make_run: Any, role: str | None, status: int) -> None:
    assert act(sign_in(role), make_run("r"), "stop").status_code == status
    assert Signal.objects.exists() == (status == 202)


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("set", {}, "selector"),
        ("set", {"selector": "id=x", "phase": "Pending"}, "phase"),
        ("resume", {"values": {"a": ["no", "list"]}}, "values"),
        ("resume", {"values": "text"}, "values"),
        ("retry", {"restartSuccessful": "perhaps"}, "restartSuccessful"),
    ],
)
def test_bodies_are_checked(
    api: Client, make_run: Any, action: str, body: dict[str, Any], field: str
) -> None:
    response = act(api, make_run("r", phase="Failed"), action, body)

    assert (response.status_code, list(response.json()["fields"])) == (400, [field])


@pytest.mark.argo("17-archive")
def test_a_finished_run_is_deleted(api: Client, make_run: Any) -> None:
    run = make_run("r", phase="Succeeded", nodes=[{"name": "r"}])

    assert api.delete(f"/api/runs/{run.uid}").status_code == 204
    assert api.get(f"/api/runs/{run.uid}").status_code == 404


def test_a_running_run_is_not_deleted(api: Client, make_run: Any) -> None:
    run = make_run("r")

    response = api.delete(f"/api/runs/{run.uid}")

    assert (response.status_code, response.json()["code"]) == (409, "not-finished")
    assert api.get(f"/api/runs/{run.uid}").status_code == 200


@pytest.mark.parametrize("action", ["stop", "terminate", "suspend", "resume", "set", "retry", "delete"])
@pytest.mark.parametrize("phase", ["Running", "Succeeded", "Failed"])
def test_what_is_offered_is_accepted_and_what_is_not_is_refused(
    api: Client, make_run: Any, phase: str, action: str
) -> None:
    run = make_run("r", phase=phase)
    offered = api.get(f"/api/runs/{run.uid}").json()["sluice"]["allowedActions"][action]["allowed"]

    if action == "delete":
        response = api.delete(f"/api/runs/{run.uid}")
    else:
        response = act(api, run, action, {"selector": "id=x"} if action == "set" else {})

    assert (response.status_code < 300) == offered
