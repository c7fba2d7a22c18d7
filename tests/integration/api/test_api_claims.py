"""Volume claims through the API, on a server whose executor keeps them as folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from tests.integration.api.conftest import SignIn
from workflows.executors import registry
from workflows.executors.process import ProcessExecutor
from workflows.executors.simulated import SimulatedExecutor

CLAIMS = "/api/namespaces/demo/persistent-volume-claims"
SUBMIT = "/api/namespaces/demo/runs"
JSON = "application/json"
SPEC = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
DOCUMENT = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "kept", "labels": {"a": "b"}},
    "spec": SPEC,
}


@pytest.fixture
def keeping(api: Client, tmp_path: Path) -> Iterator[Path]:
    """The state folder of an executor that is not opened: nothing runs."""
    before = registry.current()
    registry.install(ProcessExecutor(tmp_path))
    yield tmp_path
    registry.install(before)


def test_a_claim_is_made_listed_and_deleted_with_its_files(api: Client, keeping: Path) -> None:
    made = api.post(CLAIMS, {"name": "work", "spec": SPEC, "labels": {"x": "y"}}, content_type=JSON)
    assert made.status_code == 201, made.json()
    shown = {"name": "work", "labels": {"x": "y"}, "spec": SPEC, "createdAt": made.json()["createdAt"]}
    assert made.json() == shown
    assert api.post(CLAIMS, {"name": "work"}, content_type=JSON).json()["code"] == "name-taken"
    assert api.get(CLAIMS).json() == {"items": [shown]}
    assert api.get(f"{CLAIMS}/work").json() == shown
    file = keeping / "claims" / "demo" / "work" / "data" / "file"
    file.write_text("kept")

    assert api.delete(f"{CLAIMS}/work").status_code == 204

    assert not file.exists()
    assert api.get(f"{CLAIMS}/work").status_code == 404
    assert api.delete(f"{CLAIMS}/work").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_claim_sent_as_a_document_is_kept_and_keeps_its_files_when_sent_again(
    api: Client, keeping: Path
) -> None:
    for _ in range(2):
        answer = api.post(SUBMIT, DOCUMENT, content_type=JSON)
        assert answer.status_code < 300, answer.json()
        file = keeping / "claims" / "demo" / "kept" / "data" / "file"
        with file.open("a") as target:
            target.write("x")

    assert file.read_text() == "xx"
    assert api.get(f"{CLAIMS}/kept").json()["labels"] == {"a": "b"}


@pytest.mark.parametrize("name", ["../up", "UPPER", "a b", ""])
def test_a_name_that_kubernetes_would_refuse_is_refused(api: Client, keeping: Path, name: str) -> None:
    assert api.post(CLAIMS, {"name": name}, content_type=JSON).status_code == 400
    document = {**DOCUMENT, "metadata": {"name": name}}
    assert api.post(SUBMIT, document, content_type=JSON).status_code == 422
    assert api.get(CLAIMS).json() == {"items": []}


@pytest.mark.parametrize("method", ["post", "delete"])
def test_who_may_only_view_changes_no_claims(keeping: Path, sign_in: SignIn, method: str) -> None:
    viewer = sign_in("viewer")
    assert viewer.get(CLAIMS).status_code == 200
    path = CLAIMS if method == "post" else f"{CLAIMS}/work"
    answer = getattr(viewer, method)(path, {"name": "work"}, content_type=JSON)
    assert answer.status_code == 403


def test_without_a_place_for_claims_they_are_refused_with_the_reason(api: Client) -> None:
    before = registry.current()
    registry.install(SimulatedExecutor())
    try:
        assert api.post(CLAIMS, {"name": "work"}, content_type=JSON).json()["code"] == "no-claims"
        answer = api.post(SUBMIT, DOCUMENT, content_type=JSON).json()
    finally:
        registry.install(before)
    assert "belong to a cluster" in str(answer)
