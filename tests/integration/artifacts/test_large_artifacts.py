"""Artifacts larger than what memory should hold: nothing grows with them."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import AsyncClient

from tests.integration.artifacts.conftest import folder_artifact, outputs, run_async
from workflows.artifacts.folder import FolderDriver
from workflows.engine.node import Run

SIZE = 200 * 1024**2
MOST = 8 * 1024**2


@pytest.fixture
def run(make_run: Callable[..., Run], store: FolderDriver, settings: Any) -> Run:
    """Its artifacts are 200 MB that take no place on the disk."""
    objects = Path(settings.SLUICE_ARTIFACTS_DIR) / "demo" / "objects"
    for name in ("file", "folder/one"):
        (objects / name).parent.mkdir(parents=True, exist_ok=True)
        with (objects / name).open("wb") as file:
            file.truncate(SIZE)
    return make_run([outputs(folder_artifact("file", "file"), folder_artifact("folder", "folder"))])


async def measure(admin: User, address: str, **headers: str) -> tuple[int, int]:
    """Bytes that came, and the most that was held on the way."""
    client = AsyncClient()
    await client.aforce_login(admin)
    response: Any = await client.get(address, headers=headers)
    assert response.status_code in (200, 206)
    tracemalloc.start()
    try:
        length = 0
        async for block in response.streaming_content:
            length += len(block)
        return length, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "query", "headers", "length"),
    [
        ("file", "", {}, SIZE),
        ("file", "", {"Range": "bytes=1000-"}, SIZE - 1000),
        ("folder", "?path=one", {}, SIZE),
        ("folder", "?archive=zip", {}, None),
        ("folder", "?archive=tar.gz", {}, None),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_downloads_hold_a_few_blocks_only(
    admin: User, run: Run, name: str, query: str, headers: dict[str, str], length: int | None
) -> None:
    address = f"/api/runs/{run.uid}/nodes/r-0/artifacts/outputs/{name}{query}"

    came, held = run_async(measure(admin, address, **headers))

    assert held < MOST
    assert came == length if length is not None else 0 < came < SIZE // 100


@pytest.mark.django_db(transaction=True)
def test_a_listener_who_leaves_frees_the_file(admin: User, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    plain = FolderDriver.open

    def noting(self: FolderDriver, key: str, start: int = 0) -> Any:
        opened.append(plain(self, key, start))
        return opened[-1]

    monkeypatch.setattr(FolderDriver, "open", noting)

    async def leave_early() -> None:
        client = AsyncClient()
        await client.aforce_login(admin)
        response: Any = await client.get(f"/api/runs/{run.uid}/nodes/r-0/artifacts/outputs/file")
        pieces = response.streaming_content
        assert await anext(pieces)
        await pieces.aclose()
        for close in response._resource_closers:
            close()

    run_async(leave_early())

    assert [stream.closed for stream in opened] == [True]
