"""Dry runs of a submit: what is shown, and that nothing stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.integration.api.test_api_submit import BROKEN, OBJECT, TEMPLATE, WORKFLOW, post
from workflows.models import Run, Template, Upload
from workflows.services import templates


def dry(client: Client, body: dict[str, Any]) -> Any:
    return post(client, "runs", {**body, "dryRun": True})


@pytest.mark.argo("17-dry-run")
def test_the_object_is_shown_after_all_overrides(api: Client) -> None:
    body = {
        "manifest": WORKFLOW,
        "name": "mine",
        "parameters": {"who": "you"},
        "labels": {"team": "blue"},
        "priority": 3,
    }

    answer = dry(api, body)

    assert answer.status_code == 200
    [shown] = answer.json()["runs"]
    assert shown["metadata"] | {"generateName": ""} == {
        "name": "mine",
        "generateName": "",
        "namespace": "demo",
        "labels": {"team": "blue", "workflows.argoproj.io/creator": "ada"},
    }
    assert shown["spec"]["arguments"] == {"parameters": [{"name": "who", "value": "you"}]}
    assert shown["spec"]["priority"] == 3
    assert "status" not in shown
    assert not Run.objects.exists()


@pytest.mark.argo("17-dry-run")
def test_what_a_stored_template_adds_is_shown_merged(api: Client, admin: User) -> None:
    templates.store_text(admin, namespace="demo", text=TEMPLATE)

    [shown] = dry(api, {"template": {"name": "greet"}, "parameters": {"who": "you"}}).json()["runs"]

    merged = shown["status"]["storedWorkflowTemplateSpec"]
    assert shown["spec"]["workflowTemplateRef"] == {"name": "greet"}
    assert merged["arguments"]["parameters"] == [{"name": "who", "value": "you"}]
    assert [template["name"] for template in merged["templates"]] == ["main"]


def test_nothing_is_stored_and_nobody_is_told(api: Client, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True) as told:
        answer = dry(api, {"manifest": f"{TEMPLATE}---\n{WORKFLOW}"})

    assert (answer.status_code, told) == (200, [])
    assert (Run.objects.count(), Template.objects.count()) == (0, 0)


def test_a_submit_after_it_starts_the_run(api: Client) -> None:
    dry(api, {"manifest": OBJECT})

    assert post(api, "runs", {"manifest": OBJECT}).status_code == 201


def test_warnings_come_along(api: Client) -> None:
    unused = WORKFLOW.replace("{{workflow.parameters.who}}", "nobody")

    assert (
        dry(api, {"manifest": unused}).json()["warnings"]
        == (post(api, "runs", {"manifest": unused}).json()["warnings"])
    )
    assert dry(api, {"manifest": unused}).json()["warnings"]


def test_it_refuses_what_a_submit_refuses(api: Client, sign_in: Any) -> None:
    post(api, "runs", OBJECT)

    assert dry(api, {"manifest": BROKEN}).json()["code"] == "invalid-manifest"
    assert dry(api, {"manifest": OBJECT}).json()["code"] == "name-taken"
    assert dry(sign_in("viewer"), {"manifest": WORKFLOW}).status_code == 403


def test_files_sent_along_do_not_stay(api: Client, settings: Any, tmp_path: Path) -> None:
    settings.SLUICE_ARTIFACTS_DIR = tmp_path / "artifacts"
    settings.SLUICE_INCOMING_DIR = tmp_path / "incoming"
    form = {
        "manifest": WORKFLOW,
        "request": '{"dryRun": true}',
        "notes": SimpleUploadedFile("notes.txt", b"three lines"),
    }

    answer = api.post("/api/namespaces/demo/runs", form)

    [shown] = answer.json()["runs"]
    assert [artifact["name"] for artifact in shown["spec"]["arguments"]["artifacts"]] == ["notes"]
    assert not Upload.objects.exists()
    assert [path for path in (tmp_path / "artifacts").rglob("*") if path.is_file()] == []
