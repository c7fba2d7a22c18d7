"""The WebSocket, spoken to through its real consumer and the real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflows.live import reading, subscriptions
from workflows.live.consumer import MAX_COMMAND, MAX_SUBSCRIPTIONS, LiveConsumer
from workflows.models import Namespace, NamespaceRole
from workflows.services import presentation
from workflows.store import bus, create, read
from workflows.store.bus import Change
from workflows.wire import GraphView

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "PAUSE", 0)


class Socket:
    def __init__(self, communicator: ApplicationCommunicator) -> None:
        self.communicator = communicator

    async def say(self, **message: Any) -> None:
        text = orjson.dumps(message).decode()
        await self.communicator.send_input({"type": "websocket.receive", "text": text})

    async def hear(self) -> dict[str, Any]:
        message = await self.communicator.receive_output(timeout=5)
        assert message["type"] == "websocket.send"
        frame: dict[str, Any] = orjson.loads(message["text"])
        return frame

    async def hears_nothing(self) -> bool:
        return bool(await self.communicator.receive_nothing(timeout=0.05))


def open_session() -> SessionStore:
    session = SessionStore()
    session.create()
    return session


@asynccontextmanager
async def socket_of(user: User, session: SessionStore) -> AsyncIterator[Socket]:
    scope = {"type": "websocket", "path": "/ws/", "headers": [], "user": user, "session": session}
    communicator = ApplicationCommunicator(LiveConsumer.as_asgi(), scope)
    await communicator.send_input({"type": "websocket.connect"})
    assert (await communicator.receive_output(timeout=5))["type"] == "websocket.accept"
    try:
        yield Socket(communicator)
    finally:
        await communicator.send_input({"type": "websocket.disconnect", "code": 1000})
        await communicator.wait()


def talk(user: User, conversation: Callable[[Socket], Awaitable[None]]) -> None:
    """Run a conversation over a fresh socket of a signed-in user."""
    session = open_session()

    async def main() -> None:
        async with socket_of(user, session) as socket:
            await conversation(socket)

    asyncio.run(main())


async def do(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return await reading.in_thread(function, *args, **kwargs)


def test_a_subscriber_gets_the_graph_and_then_only_changes(admin: User, make_run: Any) -> None:
    stored = make_run()
    stored.write({0: "Running", 1: "Pending"})

    async def conversation(socket: Socket) -> None:
        await socket.say(type="subscribe", topic=f"run:{stored.run.uid}")
        first = await socket.hear()
        await do(stored.write, {1: "Succeeded"})
        second = await socket.hear()

        assert (first["type"], first["graph"]["since"], first["graph"]["count"]) == ("graph", 0, 2)
        assert first["run"]["metadata"]["uid"] == stored.run.uid
        assert second["graph"]["since"] == first["graph"]["seq"]
        assert second["graph"]["columns"]["phase"] == ["Succeeded"]
        assert second["graph"]["columns"]["parents"] == [[0]]

    talk(admin, conversation)


def test_a_client_resumes_where_it_was(admin: User, make_run: Any) -> None:
    stored = make_run()
    stored.write({0: "Running", 1: "Pending", 2: "Pending"})
    stored.write({2: "Running"})

    async def conversation(socket: Socket) -> None:
        await socket.say(type="subscribe", topic=f"run:{stored.run.uid}", since=1)
        frame = await socket.hear()

        assert frame["graph"]["columns"]["idx"] == [2]

    talk(admin, conversation)


def test_a_lost_hint_is_made_good(admin: User, make_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "REPAIR", 0.05)
    stored = make_run()
    stored.write({0: "Running"})

    async def conversation(socket: Socket) -> None:
        await socket.say(type="subscribe", topic=f"run:{stored.run.uid}")
        await socket.hear()
        await do(stored.write, {0: "Failed"}, announce=False)

        assert (await socket.hear())["graph"]["columns"]["phase"] == ["Failed"]

    talk(admin, conversation)


def test_nothing_is_sent_when_nothing_changed(
    admin: User, make_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "REPAIR", 0.01)
    stored = make_run()
    stored.write({0: "Running"})

    async def conversation(socket: Socket) -> None:
        await socket.say(type="subscribe", topic=f"run:{stored.run.uid}")
        await socket.hear()

        assert await socket.hears_nothing()

    talk(admin, conversation)


def test_a_run_list_begins_with_the_newest_and_follows_all(admin: User, make_run: Any) -> None:
    old, other = make_run("old"), make_run("other")

    async def conversation(socket: Socket) -> None:
        await socket.say(type="subscribe", topic="runs:demo")
        first = await socket.hear()
        await do(other.write, {0: "Running"})
        second = await socket.hear()
        await do(create.delete_run, old.run_id)
        bus.current().announce([Change("demo", old.run.uid, 1)])
        third = await socket.hear()

        assert {run["metadata"]["name"] for run in first["runs"]} == {"old", "other"}
        assert [run["metadata"]["name"] for run in second["runs"]] == ["other"]
        assert second["runs"][0]["sluice"]["seq"] == 1
        assert (third["runs"], third["deleted"]) == ([], [old.run.uid])

    talk(admin, conversation)


@pytest.mark.parametrize(
    "topic", ["run:00000000-0000-0000-0000-000000000000", "runs:demo", "runs:none"], ids=str
)
def test_what_may_not_be_seen_does_not_exist(
    stranger: User, namespace: Namespace, make_run: Any, topic: str
) -> None:
    async def conversation(socket: Socket) -> None:
        await socket.say(type="subscribe", topic=topic)

        assert await socket.hear() == {"type": "gone", "topic": topic}

    talk(stranger, conversation)


def test_a_viewer_sees_the_runs_of_the_namespace_but_may_do_nothing(
    stranger: User, namespace: Namespace, make_run: Any
) -> None:
    stored = make_run()
    NamespaceRole.objects.create(namespace=namespace, user=stranger, role="viewer")

    async def conversation(socket: Socket) -> None:
        await socket.say(type="subscribe", topic=f"run:{stored.run.uid}")
        actions = (await socket.hear())["run"]["sluice"]["allowedActions"]

        assert {action: verdict["code"] for action, verdict in actions.items()} == dict.fromkeys(
            actions, "missing-right"
        )

    talk(stranger, conversation)


def test_a_subscription_ends_with_the_role(
    stranger: User, namespace: Namespace, make_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "REPAIR", 0.02)
    stored = make_run()
    role = NamespaceRole.objects.create(namespace=namespace, user=stranger, role="viewer")

    async def conversation(socket: Socket) -> None:
        await socket.say(type="subscribe", topic=f"run:{stored.run.uid}")
        await socket.hear()
        await do(role.delete)

        assert (await socket.hear())["type"] == "gone"

    talk(stranger, conversation)


def test_a_subscription_ends_with_the_session(
    admin: User, make_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "REPAIR", 0.02)
    stored, session = make_run(), open_session()

    async def main() -> None:
        async with socket_of(admin, session) as socket:
            await socket.say(type="subscribe", topic=f"run:{stored.run.uid}")
            await socket.hear()
            await do(session.delete)

            assert (await socket.hear())["type"] == "gone"

    asyncio.run(main())


def test_an_unsubscribed_topic_is_silent(admin: User, make_run: Any) -> None:
    stored = make_run()

    async def conversation(socket: Socket) -> None:
        await socket.say(type="subscribe", topic=f"run:{stored.run.uid}")
        await socket.hear()
        await socket.say(type="unsubscribe", topic=f"run:{stored.run.uid}")
        await socket.say(type="ping")
        assert await socket.hear() == {"type": "pong"}
        await do(stored.write, {0: "Running"})

        assert await socket.hears_nothing()

    talk(admin, conversation)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        pytest.param({"type": "publish"}, "invalid-command", id="unknown command"),
        pytest.param({"type": "subscribe", "topic": "nodes:x"}, "invalid-topic", id="unknown topic"),
        pytest.param({"type": "ping", "topic": "x" * MAX_COMMAND}, "too-large", id="too large"),
    ],
)
def test_bad_commands_are_answered_and_the_socket_lives_on(
    admin: User, message: dict[str, Any], code: str
) -> None:
    async def conversation(socket: Socket) -> None:
        await socket.say(**message)
        problem = await socket.hear()
        await socket.say(type="ping")

        assert (problem["type"], problem["code"]) == ("problem", code)
        assert await socket.hear() == {"type": "pong"}

    talk(admin, conversation)


def test_subscriptions_are_limited(admin: User, namespace: Namespace) -> None:
    async def conversation(socket: Socket) -> None:
        for number in range(MAX_SUBSCRIPTIONS + 1):
            await do(Namespace.objects.get_or_create, name=f"n{number}", defaults={"created_at": 0})
            await socket.say(type="subscribe", topic=f"runs:n{number}")
        heard = [await socket.hear() for _ in range(MAX_SUBSCRIPTIONS + 1)]

        assert [frame["code"] for frame in heard if frame["type"] == "problem"] == ["too-many-subscriptions"]

    talk(admin, conversation)


_STEP = st.one_of(
    st.dictionaries(st.integers(0, 6), st.sampled_from(["Pending", "Running", "Succeeded"]), min_size=1),
    st.integers(0, 6),
    st.sampled_from(["break", "wait"]),
)


class Watcher:
    """A client that keeps its view over many connections."""

    def __init__(self, user: User, stored: Any) -> None:
        self.user = user
        self.stored = stored
        self.session = open_session()
        self.view = GraphView()

    async def live_through(self, steps: list[Any]) -> None:
        """Each "break" ends the connection and loses what was on its way; the end is awaited."""
        left = [*steps, "wait"]
        while left:
            async with socket_of(self.user, self.session) as socket:
                topic = f"run:{self.stored.run.uid}"
                await socket.say(type="subscribe", topic=topic, since=self.view.seq)
                while left and (step := left.pop(0)) != "break":
                    await self._step(socket, step)

    async def _step(self, socket: Socket, step: Any) -> None:
        if step == "wait":
            while self.view.seq < self.stored.run.seq:
                self.view.apply((await socket.hear())["graph"])
        elif isinstance(step, int):
            await do(self.stored.delete_from, step)
        else:
            await do(self.stored.write, step)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEP, max_size=12))
def test_an_old_view_and_the_frames_since_equal_a_fresh_snapshot(
    admin: User, make_run: Any, steps: list[Any]
) -> None:
    """Changes, deletions, broken connections and waits in any order: in the end client and store agree."""
    stored = make_run()
    watcher = Watcher(admin, stored)

    asyncio.run(watcher.live_through(steps))

    record, fresh = read.find_run(stored.run.uid), GraphView()
    assert record is not None
    fresh.apply(presentation.show_graph(record))
    assert (watcher.view.seq, watcher.view.nodes) == (fresh.seq, fresh.nodes)
    phases = {idx: node["phase"] for idx, node in fresh.nodes.items()}
    assert phases == {idx: node.phase for idx, node in stored.nodes.items()}
