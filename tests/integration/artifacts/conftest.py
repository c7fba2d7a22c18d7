"""A namespace with a folder store of its own, users with roles, and runs whose nodes have artifacts."""

from __future__ import annotations

import asyncio
import io
import tarfile
import uuid
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connections
from django.http import HttpResponseBase
from django.test import Client

from workflows.artifacts.folder import FolderDriver
from workflows.engine.node import Node, Run
from workflows.models import Namespace, NamespaceRole
from workflows.store import bus, create
from workflows.store.commit import RunWrite, commit

Result = TypeVar("Result")


@pytest.fixture
def namespace(db: None) -> Namespace:
    bus.current.cache_clear()
    return Namespace.objects.create(name="demo", created_at=0)


@pytest.fixture
def store(tmp_path: Path, settings: Any, namespace: Namespace) -> FolderDriver:
    settings.SLUICE_ARTIFACTS_DIR = tmp_path / "artifacts"
    return FolderDriver(tmp_path / "artifacts" / namespace.name)


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("ada")


@pytest.fixture
def api(admin: User, namespace: Namespace) -> Client:
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def sign_in(namespace: Namespace) -> Callable[[str | None], Client]:
    """A client of a new user, with a role in "demo" unless it is None."""

    def make(role: str | None) -> Client:
        user = User.objects.create_user(f"user-{role}")
        if role is not None:
            NamespaceRole.objects.create(namespace=namespace, user=user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def save(store: FolderDriver, tmp_path: Path) -> Callable[[str, bytes | dict[str, bytes]], None]:
    """save("key", b"content") stores a file, save("key", {"name": b"content"}) a folder."""

    def make(key: str, content: bytes | dict[str, bytes]) -> None:
        source = tmp_path / uuid.uuid4().hex
        if isinstance(content, bytes):
            source.write_bytes(content)
        else:
            for name, data in content.items():
                (source / name).parent.mkdir(parents=True, exist_ok=True)
                (source / name).write_bytes(data)
        store.save(source, key)

    return make


@pytest.fixture
def make_run(namespace: Namespace) -> Callable[..., Run]:
    """make_run(nodes=[{"name": …, "inputs": …, "outputs": …}]): ids are r-0, r-1, …"""

    def make(nodes: list[dict[str, Any]], *, name: str = "r", **fields: Any) -> Run:
        run = Run(
            uid=str(uuid.uuid4()),
            name=name,
            namespace=namespace.name,
            created_at=1,
            phase="Succeeded",
            **fields,
        )
        run_id = create.create_run(
            create.NewRun(
                run=run,
                namespace_id=namespace.id,
                creator_id=None,
                creator_name="ada",
                text="",
                workflow={"metadata": {"name": name}, "spec": {}},
                library={},
            )
        )
        run.seq, run.node_count = 1, len(nodes)
        write = RunWrite(run_id, 0, run)
        for idx, about in enumerate(nodes):
            defaults = {"type": "Pod", "phase": "Succeeded", "name": f"{name}.{idx}", "seq": 1}
            described = {"display_name": str(idx), "id": f"{name}-{idx}", "idx": idx}
            write.created[idx] = Node(**(defaults | described | about))
        assert commit([write]) == set()
        return run

    return make


def run_async(main: Coroutine[Any, Any, Result]) -> Result:
    """As asyncio.run, but the thread that Django used for the database does not keep its connection."""

    async def closing() -> Result:
        try:
            return await main
        finally:
            await sync_to_async(connections.close_all)()

    return asyncio.run(closing())


def folder_artifact(name: str, key: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "plugin": {"name": "folder", "key": key}, **fields}


def outputs(*artifacts: dict[str, Any]) -> dict[str, Any]:
    return {"outputs": {"artifacts": list(artifacts)}}


def tgz(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def address(run: Run, name: str, *, side: str = "outputs", node: str = "r-0", more: str = "") -> str:
    return f"/api/runs/{run.uid}/nodes/{node}/artifacts/{side}/{name}{more}"


def body(response: HttpResponseBase) -> bytes:
    """The whole of a streamed answer, as a server would send it."""

    async def collect() -> bytes:
        return b"".join([block async for block in response.streaming_content])  # type: ignore[attr-defined]

    return asyncio.run(collect()) if response.streaming else response.content  # type: ignore[attr-defined]
