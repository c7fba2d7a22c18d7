"""Stores of a namespace: its secrets, what may be reached, and deleting what is in them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.contract.artifact_servers import FileServer, serving
from tests.integration.artifacts.conftest import body, folder_artifact, outputs
from workflows.artifacts import ArtifactRefused
from workflows.artifacts.folder import FolderDriver
from workflows.engine.node import Run
from workflows.models import Namespace
from workflows.services.artifact_stores import Undeleted, delete_artifacts, surroundings
from workflows.services.secrets import put_secret

Save = Callable[[str, Any], None]


@pytest.fixture
def web() -> Iterator[FileServer]:
    with serving(FileServer()) as server:
        server.files["/file.txt"] = b"from the web"
        server.files["/private/file.txt"] = b"for those who know"
        yield server


def read(api: Client, make_run: Callable[..., Run], location: dict[str, Any]) -> Any:
    run = make_run([outputs({"name": "it", "http": location})])
    return api.get(f"/api/runs/{run.uid}/nodes/r-0/artifacts/outputs/it")


def test_this_machine_is_out_of_reach_in_production(
    api: Client, make_run: Callable[..., Run], web: FileServer
) -> None:
    response = read(api, make_run, {"url": f"{web.url}/file.txt"})

    assert (response.status_code, response.json()["code"]) == (400, "artifact-refused")
    assert web.log == []


def test_a_name_that_changes_its_address_gains_nothing(
    api: Client, make_run: Callable[..., Run], web: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between check and connection the name server answers with this machine."""
    answers = iter(["203.0.113.7", "127.0.0.1", "127.0.0.1"])

    def resolve(host: str, port: int, *_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    port = web.server_address[1]

    response = read(api, make_run, {"url": f"http://store.example:{port}/file.txt"})

    assert (response.status_code, response.json()["code"]) == (400, "artifact-refused")
    assert web.log == []


@pytest.mark.parametrize(
    "allowed",
    [{"SLUICE_EMBEDDED": True}, {"SLUICE_EGRESS_ALLOW": ["127.0.0.1"]}],
    ids=["embedded", "allowed"],
)
def test_it_is_within_reach_where_that_is_said(
    api: Client, make_run: Callable[..., Run], web: FileServer, settings: Any, allowed: dict[str, Any]
) -> None:
    for name, value in allowed.items():
        setattr(settings, name, value)

    response = read(api, make_run, {"url": f"{web.url}/file.txt"})

    assert body(response) == b"from the web"
    assert response.headers["Content-Length"] == "12"


def test_secrets_of_the_namespace_open_stores(
    api: Client, admin: User, make_run: Callable[..., Run], web: FileServer, settings: Any
) -> None:
    settings.SLUICE_EMBEDDED = True
    put_secret(admin, "demo", "web", {"user": b"user", "password": b"password"})
    references = {
        "usernameSecret": {"name": "web", "key": "user"},
        "passwordSecret": {"name": "web", "key": "password"},
    }
    location = {"url": f"{web.url}/private/file.txt", "auth": {"basicAuth": references}}

    assert body(read(api, make_run, location)) == b"for those who know"


def test_a_secret_that_is_not_there_is_named(namespace: Namespace, admin: User) -> None:
    put_secret(admin, "demo", "web", {"user": b"user"})

    for name, key in (("absent", "user"), ("web", "absent")):
        with pytest.raises(ArtifactRefused, match=f"'{name}' with a key '{key}' in namespace 'demo'"):
            surroundings("demo").read_secret(name, key)
    with pytest.raises(ArtifactRefused, match="in namespace 'other'"):
        surroundings("other").read_secret("web", "user")


def test_what_is_deleted_is_gone_and_can_be_deleted_again(store: FolderDriver, save: Save) -> None:
    save("a/file", b"1")
    save("a/tree", {"x": b"1", "y/z": b"2"})
    save("a/beside", b"3")
    artifacts = [folder_artifact("file", "a/file"), folder_artifact("tree", "a/tree")]

    assert delete_artifacts("demo", artifacts) == []
    assert delete_artifacts("demo", artifacts) == []

    assert [stored.key for stored in store.list("a")] == ["a/beside"]


def test_what_cannot_be_deleted_is_told_and_the_rest_goes(
    store: FolderDriver, save: Save, web: FileServer, settings: Any
) -> None:
    settings.SLUICE_EMBEDDED = True
    save("a/file", b"1")
    http = {"name": "web", "http": {"url": f"{web.url}/file.txt"}}
    nowhere = {"name": "nowhere"}

    failed = delete_artifacts("demo", [http, nowhere, folder_artifact("file", "a/file")])

    assert failed == [
        Undeleted(http, "http artifacts cannot be deleted", passing=False),
        Undeleted(nowhere, "artifact 'nowhere' has no location", passing=False),
    ]
    assert store.list("a") == []


def test_a_store_that_does_not_answer_may_be_tried_again(
    admin: User, store: FolderDriver, settings: Any
) -> None:
    settings.SLUICE_EMBEDDED = True
    put_secret(admin, "demo", "s3", {"a": b"access", "s": b"secret"})
    location = {"endpoint": "127.0.0.1:9", "bucket": "b", "key": "k", "insecure": True}
    keys = {"accessKeySecret": {"name": "s3", "key": "a"}, "secretKeySecret": {"name": "s3", "key": "s"}}

    [failed] = delete_artifacts("demo", [{"name": "s3", "s3": {**location, **keys}}])

    assert failed.passing
