"""Reading and following the output of nodes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import AsyncClient, Client

from workflows.api import following
from workflows.executors import registry
from workflows.executors.base import Attempt, LogChunk
from workflows.executors.simulated import SimulatedExecutor


class Talking(SimulatedExecutor):
    """Tells what it was asked, then what it has."""

    def __init__(self, *texts: str) -> None:
        super().__init__()
        self.texts = texts
        self.asked: list[Any] = []

    def logs(
        self, attempt: Attempt, *, container: str = "main", offset: int = 0, follow: bool = False
    ) -> Iterator[LogChunk]:
        self.asked.append((attempt, container, follow))
        return (LogChunk(container, "stdout", 0, text) for text in self.texts)


@pytest.fixture
def talking() -> Iterator[Talking]:
    executor = Talking("one\n", "", "zwei é\n")
    registry.install(executor)
    yield executor
    registry.install(SimulatedExecutor())


@pytest.fixture
def run(make_run: Any) -> Any:
    return make_run("r", nodes=[{"id": "r", "name": "r", "attempt": 2}])


def test_output_is_plain_text(api: Client, run: Any, talking: Talking) -> None:
    response = api.get(f"/api/runs/{run.uid}/nodes/r/logs", {"container": "side"})

    assert response.content.decode() == "one\nzwei é\n"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert talking.asked == [(Attempt(run.uid, "r", 2), "side", False)]


@pytest.mark.parametrize("query", [{"container": "../etc"}, {"follow": "perhaps"}])
def test_queries_are_checked(api: Client, run: Any, query: dict[str, str]) -> None:
    assert api.get(f"/api/runs/{run.uid}/nodes/r/logs", query).status_code == 400


@pytest.mark.django_db(transaction=True)
@pytest.mark.argo("17-streams")
def test_output_is_followed(admin: User, run: Any, talking: Talking) -> None:
    async def main() -> list[bytes]:
        client = AsyncClient()
        await client.aforce_login(admin)
        response = await client.get(f"/api/runs/{run.uid}/nodes/r/logs", {"follow": "true"})
        return [piece async for piece in response.streaming_content]

    assert asyncio.run(main()) == [b"one\n", "zwei é\n".encode()]
    assert talking.asked == [(Attempt(run.uid, "r", 2), "main", True)]


def endless(go_on: threading.Event) -> Iterator[LogChunk]:
    """Something at once, then silence with a sign of life whenever `go_on` is set."""
    yield LogChunk("main", "stdout", 0, "begin")
    while True:
        go_on.wait()
        yield LogChunk("main", "stdout", 5, "")


def test_a_listener_who_left_is_counted_until_the_next_sign_of_life() -> None:
    go_on, counts = threading.Event(), []

    async def main() -> None:
        pieces: AsyncIterator[bytes] = following.follow(endless(go_on))
        assert await anext(pieces) == b"begin"
        waiting = asyncio.ensure_future(anext(pieces))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        counts.append(following._followers.count)
        go_on.set()
        while following._followers.count:
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(main(), timeout=10))
    assert counts == [1]


def test_too_many_listeners_are_told_so(
    api: Client, run: Any, talking: Talking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MAX_FOLLOWERS", 0)

    response = api.get(f"/api/runs/{run.uid}/nodes/r/logs", {"follow": "true"})

    assert (response.status_code, response.json()["code"]) == (503, "too-many-followers")
