"""Files sent along with a submit or before it: where they go, whose they are, and when they go again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from tests.conftest import FakeClock
from workflows.artifacts import StoreUnavailable
from workflows.artifacts.folder import FolderDriver
from workflows.models import ConfigEntry, Namespace, NamespaceRole, Run, RunManifest, Upload, UploadUse
from workflows.services import retention, submit, uploads
from workflows.services.uploads import store_upload

MANIFEST = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: takes-a-file-}
spec:
  entrypoint: main
  arguments:
    artifacts:
      - {name: data, s3: {key: of/the/manifest}}
      - {name: other, raw: {data: kept}}
  templates:
    - name: main
      inputs:
        artifacts: [{name: data, path: /tmp/data}]
      container: {image: busybox, command: [cat, /tmp/data]}
"""
ADDRESS = "/api/namespaces/demo/runs"


@pytest.fixture
def user(namespace: Namespace) -> User:
    user = User.objects.create_user("grace")
    NamespaceRole.objects.create(namespace=namespace, user=user, role="editor")
    return user


@pytest.fixture
def client(user: User, store: FolderDriver, settings: Any, tmp_path: Path) -> Client:
    settings.SLUICE_INCOMING_DIR = tmp_path / "incoming"
    client = Client()
    client.force_login(user)
    return client


def file(content: bytes = b"content", name: str = "data.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def stored(store: FolderDriver) -> dict[str, bytes]:
    found = {}
    for entry in store.list("uploads"):
        with store.open(entry.key) as stream:
            found[entry.key] = stream.read()
    return found


def artifacts_of_the_run() -> list[dict[str, Any]]:
    workflow = json.loads(RunManifest.objects.get().workflow)
    return list(workflow["spec"]["arguments"]["artifacts"])


def send(client: Client, content: bytes = b"content", name: str = "data.csv") -> dict[str, Any]:
    response = client.post("/api/namespaces/demo/uploads", {"file": file(content, name)})
    assert response.status_code == 201, response.content
    return dict(response.json())


@pytest.mark.argo("7-upload-on-submit")
def test_a_file_sent_along_becomes_the_artifact(client: Client, store: FolderDriver, tmp_path: Path) -> None:
    response = client.post(ADDRESS, {"manifest": MANIFEST, "data": file(b"x" * 3_000_000)})

    assert response.status_code == 201, response.content
    [key] = stored(store)
    assert stored(store)[key] == b"x" * 3_000_000
    uid = Upload.objects.get().uid
    assert key == f"uploads/demo/{uid}/data.csv"
    assert artifacts_of_the_run() == [
        {"name": "data", "plugin": {"name": "folder", "key": key}},
        {"name": "other", "raw": {"data": "kept"}},
    ]
    assert UploadUse.objects.get().run_uid == response.json()["runs"][0]["metadata"]["uid"]
    assert list((tmp_path / "incoming").iterdir()) == []


def test_the_manifest_may_be_a_file_and_other_wishes_json(client: Client) -> None:
    parts = {
        "manifest": file(MANIFEST.encode(), "workflow.yaml"),
        "request": json.dumps({"name": "mine", "labels": {"team": "red"}}),
        "data": file(),
    }

    response = client.post(ADDRESS, parts)

    assert response.status_code == 201, response.content
    run = Run.objects.get()
    assert (run.name, json.loads(run.labels)["team"]) == ("mine", "red")


def test_a_file_sent_before_is_named_by_its_token(client: Client, store: FolderDriver) -> None:
    upload = send(client)
    body = {"manifest": MANIFEST, "artifacts": {"data": upload["token"]}}

    response = client.post(ADDRESS, body, content_type="application/json")

    assert response.status_code == 201, response.content
    assert artifacts_of_the_run()[0] == {"name": "data", **upload["artifact"]}
    assert (upload["name"], upload["size"]) == ("data.csv", 7)


def test_stored_templates_take_files_too(client: Client, user: User) -> None:
    template = MANIFEST.replace("kind: Workflow", "kind: WorkflowTemplate").replace(
        "generateName: takes-a-file-", "name: reader"
    )
    submit.submit(user, namespace="demo", text=template)

    response = client.post(
        ADDRESS, {"request": json.dumps({"template": {"name": "reader"}}), "data": file(b"for a template")}
    )

    assert response.status_code == 201, response.content
    assert artifacts_of_the_run()[0]["plugin"]["key"].endswith("/data.csv")


def test_a_refused_manifest_leaves_no_file(client: Client, store: FolderDriver) -> None:
    response = client.post(
        ADDRESS, {"manifest": MANIFEST.replace("entrypoint: main", "entrypoint: no"), "data": file()}
    )

    assert response.status_code == 422
    assert stored(store) == {}
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ({"request": "[1]", "manifest": MANIFEST}, 400),
        ({"request": "{", "manifest": MANIFEST}, 400),
        ({"manifest": SimpleUploadedFile("m", b"\xff")}, 400),
        ({}, 400),
    ],
)
def test_broken_forms_are_told(client: Client, parts: dict[str, Any], status: int) -> None:
    assert client.post(ADDRESS, parts).status_code == status


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\data.csv", "data.csv"),
        ("ü 文.csv", "ü 文.csv"),
        ("..", "file"),
        ("a" * 300, "file"),
    ],
)
def test_names_of_files_become_safe_keys(
    user: User, client: Client, store: FolderDriver, tmp_path: Path, name: str, expected: str
) -> None:
    (tmp_path / "in").write_bytes(b"1")

    upload = store_upload(user, "demo", tmp_path / "in", name)

    assert list(stored(store)) == [f"uploads/demo/{upload.token}/{expected}"]


def test_a_token_is_of_no_use_to_others(client: Client, sign_in: Callable[[str], Client]) -> None:
    token = send(client)["token"]
    other = sign_in("editor")

    body = {"manifest": MANIFEST, "artifacts": {"data": token}}
    response = other.post(ADDRESS, body, content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (404, "upload-not-found")
    assert other.delete(f"/api/namespaces/demo/uploads/{token}").status_code == 404
    assert other.get("/api/namespaces/demo/uploads").json() == {"items": []}


def test_a_token_is_of_no_use_in_another_namespace(client: Client, user: User) -> None:
    token = send(client)["token"]
    other = Namespace.objects.create(name="other", created_at=0)
    NamespaceRole.objects.create(namespace=other, user=user, role="editor")

    body = {"manifest": MANIFEST, "artifacts": {"data": token}}
    response = client.post("/api/namespaces/other/runs", body, content_type="application/json")

    assert response.status_code == 404


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("operator", 201), (None, 404)])
def test_who_may_send(
    sign_in: Callable[[str | None], Client], client: Client, role: str | None, status: int
) -> None:
    response = sign_in(role).post("/api/namespaces/demo/uploads", {"file": file()})

    assert response.status_code == status


def test_nothing_is_stored_for_who_may_not_submit(
    sign_in: Callable[[str], Client], client: Client, store: FolderDriver
) -> None:
    response = sign_in("operator").post(ADDRESS, {"manifest": MANIFEST, "data": file()})

    assert response.status_code == 403
    assert not Upload.objects.exists()


def test_files_beyond_the_limit_are_refused_while_they_arrive(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.SLUICE_UPLOAD_MAX_BYTES = 100_000

    response = client.post("/api/namespaces/demo/uploads", {"file": file(b"x" * 100_001)})

    assert (response.status_code, response.json()["code"]) == (413, "too-large")
    assert list((tmp_path / "incoming").iterdir()) == []
    assert send(client, b"x" * 100_000)["size"] == 100_000


def test_nobody_may_have_too_many_waiting(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_WAITING", 2)
    first = send(client)
    send(client)

    response = client.post("/api/namespaces/demo/uploads", {"file": file()})
    assert (response.status_code, response.json()["code"]) == (409, "too-many-uploads")

    assert client.delete(f"/api/namespaces/demo/uploads/{first['token']}").status_code == 204
    send(client)


def test_waiting_files_are_listed_and_taken_back(client: Client, store: FolderDriver) -> None:
    kept, gone = send(client, name="kept"), send(client, name="gone")

    client.delete(f"/api/namespaces/demo/uploads/{gone['token']}")

    assert client.get("/api/namespaces/demo/uploads").json() == {"items": [kept]}
    assert len(stored(store)) == 1


@pytest.fixture
def later(fake_clock: FakeClock, settings: Any) -> Iterator[Callable[[], int]]:
    """Lets uploads expire and sweeps."""

    def sweep() -> int:
        fake_clock.pass_ms(settings.SLUICE_UPLOAD_EXPIRY_MS + 1)
        return uploads.sweep(fake_clock.now())

    return sweep


def test_what_no_run_uses_is_swept(
    fake_clock: FakeClock, client: Client, store: FolderDriver, later: Callable[[], int]
) -> None:
    token = send(client)["token"]
    assert uploads.sweep(fake_clock.now()) == 0

    assert later() == 1

    assert stored(store) == {}
    body = {"manifest": MANIFEST, "artifacts": {"data": token}}
    assert client.post(ADDRESS, body, content_type="application/json").status_code == 404


def test_what_a_run_uses_stays_until_the_run_goes(
    client: Client, admin: User, store: FolderDriver, later: Callable[[], int]
) -> None:
    response = client.post(ADDRESS, {"manifest": MANIFEST, "data": file()})
    assert later() == 0
    assert len(stored(store)) == 1

    uid = response.json()["runs"][0]["metadata"]["uid"]
    Run.objects.filter(uid=uid).update(phase="Succeeded")
    retention.delete_run(admin, uid)

    assert later() == 1
    assert stored(store) == {}


def test_a_run_made_again_keeps_the_file_of_the_first(
    client: Client, admin: User, user: User, store: FolderDriver, later: Callable[[], int]
) -> None:
    response = client.post(ADDRESS, {"manifest": MANIFEST, "data": file()})
    first = response.json()["runs"][0]["metadata"]["uid"]
    Run.objects.filter(uid=first).update(phase="Succeeded")
    assert client.post(f"/api/runs/{first}/resubmit", {}, content_type="application/json").status_code == 201
    retention.delete_run(admin, first)

    assert later() == 0

    assert len(stored(store)) == 1


def test_a_file_whose_sender_was_killed_is_swept(
    client: Client, user: User, store: FolderDriver, tmp_path: Path, later: Callable[[], int]
) -> None:
    """The row is there first: whatever the moment, the sweep finds what was stored."""
    send(client)
    Upload.objects.update(state=Upload.State.RECEIVING)

    assert later() == 1
    assert stored(store) == {}


def test_what_a_killed_request_left_is_swept(
    client: Client, fake_clock: FakeClock, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "incoming").mkdir()
    for name, age in (("old", 25), ("new", 23)):
        (tmp_path / "incoming" / name).write_bytes(b"half")
        written = fake_clock.now() / 1000 - age * 3600
        os.utime(tmp_path / "incoming" / name, (written, written))

    assert uploads.sweep_incoming(fake_clock.now()) == 1

    assert [path.name for path in (tmp_path / "incoming").iterdir()] == ["new"]


def test_a_store_that_fails_is_told_and_tried_again_later(
    client: Client, store: FolderDriver, monkeypatch: pytest.MonkeyPatch, later: Callable[[], int]
) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable("no answer")

    send(client)
    with monkeypatch.context() as broken:
        broken.setattr(FolderDriver, "save", fail)
        broken.setattr(FolderDriver, "delete", fail)
        response = client.post("/api/namespaces/demo/uploads", {"file": file()})
        assert (response.status_code, response.json()["code"]) == (503, "artifact-store-unavailable")
        assert later() == 0

    assert Upload.objects.count() == 2
    assert later() == 2


def test_files_go_to_the_repository_of_the_namespace(
    client: Client, namespace: Namespace, store: FolderDriver
) -> None:
    ConfigEntry.objects.create(
        namespace=namespace,
        name="artifact-repositories",
        data={"own": "plugin: {name: folder, keyFormat: 'prefix/{{workflow.name}}'}"},
        annotations={"workflows.argoproj.io/default-artifact-repository": "own"},
        updated_at=0,
    )

    upload = send(client)

    assert upload["artifact"]["plugin"]["key"] == f"uploads/demo/{upload['token']}/data.csv"


def test_the_command_line_sends_files_too(
    client: Client, user: User, store: FolderDriver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "w.yaml").write_text(MANIFEST)
    (tmp_path / "numbers.csv").write_bytes(b"1,2")

    call_command(
        "submit",
        str(tmp_path / "w.yaml"),
        "--artifact",
        f"data={tmp_path / 'numbers.csv'}",
        "-n",
        "demo",
        "--user",
        "grace",
    )

    assert list(stored(store).values()) == [b"1,2"]
    assert artifacts_of_the_run()[0]["plugin"]["key"].endswith("/numbers.csv")
