"""Logs come from the executor while it has them, afterwards from the archive, as one stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import AsyncClient, Client

from tests.integration.artifacts.conftest import body, folder_artifact, outputs, run_async
from workflows.artifacts.folder import FolderDriver
from workflows.engine.node import Run
from workflows.executors import registry
from workflows.executors.base import Attempt, LogChunk
from workflows.executors.simulated import SimulatedExecutor
from workflows.services.logs import read_logs

Save = Callable[[str, bytes], None]


class Keeping(SimulatedExecutor):
    """Has what `live` says; the empty text is a sign of life."""

    live: tuple[str, ...] = ()

    def logs(
        self, attempt: Attempt, *, container: str = "main", offset: int = 0, follow: bool = False
    ) -> Iterator[LogChunk]:
        return (LogChunk(container, "stdout", offset, text) for text in self.live)


@pytest.fixture
def executor() -> Iterator[Keeping]:
    executor = Keeping()
    registry.install(executor)
    yield executor
    registry.install(SimulatedExecutor())


@pytest.fixture
def run(make_run: Callable[..., Run], save: Save, executor: Keeping) -> Run:
    save("r/main.log", "zwölf\n".encode() * 3)
    save("r/side.log", b"from the side")
    return make_run(
        [
            outputs(folder_artifact("main-logs", "r/main.log"), folder_artifact("side-logs", "r/side.log")),
            outputs(folder_artifact("main-logs", "r/lost.log")),
            outputs(folder_artifact("main-logs", "r/main.log", deleted=True)),
            {},
        ]
    )


def address(run: Run, node: str = "r-0") -> str:
    return f"/api/runs/{run.uid}/nodes/{node}/logs"


def test_what_the_executor_has_is_shown(api: Client, run: Run, executor: Keeping) -> None:
    executor.live = ("live ", "", "log")

    assert api.get(address(run)).content == b"live log"


@pytest.mark.parametrize("live", [(), ("", "")])
def test_what_it_has_no_longer_comes_from_the_archive(
    api: Client, run: Run, executor: Keeping, live: tuple[str, ...]
) -> None:
    executor.live = live

    assert api.get(address(run)).content == "zwölf\n".encode() * 3
    assert api.get(address(run), {"container": "side"}).content == b"from the side"


@pytest.mark.parametrize("node", ["r-2", "r-3"], ids=["deleted", "never archived"])
def test_a_node_without_any_log_has_none(api: Client, run: Run, node: str) -> None:
    response = api.get(address(run, node))

    assert (response.status_code, response.content) == (200, b"")


def test_an_archive_that_is_lost_is_told(api: Client, run: Run) -> None:
    response = api.get(address(run, "r-1"))

    assert (response.status_code, response.json()["code"]) == (404, "artifact-not-found")


@pytest.mark.parametrize(("offset", "expected"), [(0, "zwölf\n" * 3), (7, "zwölf\n" * 2), (21, ""), (99, "")])
def test_reading_goes_on_where_it_ended(admin: User, run: Run, offset: int, expected: str) -> None:
    assert "".join(chunk.text for chunk in read_logs(admin, run.uid, "r-0", offset=offset)) == expected


def test_long_logs_are_streamed(api: Client, run: Run, save: Save) -> None:
    save("r/main.log", "zwölf\n".encode() * 500_000)

    response = api.get(address(run))

    assert response.streaming
    assert body(response) == "zwölf\n".encode() * 500_000


@pytest.mark.django_db(transaction=True)
def test_who_follows_gets_the_archive_too(admin: User, store: FolderDriver, run: Run) -> None:
    async def main() -> bytes:
        client = AsyncClient()
        await client.aforce_login(admin)
        response: Any = await client.get(address(run), {"follow": "true"})
        return b"".join([piece async for piece in response.streaming_content])

    assert run_async(main()) == "zwölf\n".encode() * 3
