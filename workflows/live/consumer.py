"""The WebSocket at /ws/: reads commands, keeps one task per subscription. Not for what frames look like."""

from __future__ import annotations

import asyncio
import logging

import msgspec
import orjson
from channels.generic.websocket import AsyncWebsocketConsumer  # type: ignore[import-untyped]

from workflows.engine.messages import JsonObject
from workflows.live.reading import Viewer
from workflows.live.subscriptions import RunListSubscription, RunSubscription, Subscription, follow
from workflows.wire import frames
from workflows.wire.topics import Topic, parse_topic

logger = logging.getLogger(__name__)

#: Bytes of one command; none needs a tenth of it.
MAX_COMMAND = 4096
MAX_SUBSCRIPTIONS = 32
#: Close code for sockets without a session; 4000 to 4999 are free for applications.
NOT_SIGNED_IN = 4401


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        self._tasks: dict[Topic, asyncio.Task[None]] = {}
        user = self.scope.get("user")
        if user is None or not user.is_authenticated:
            await self.close(code=NOT_SIGNED_IN)
            return
        self._viewer = Viewer(user_id=user.pk, session=self.scope["session"])
        await self.accept()

    async def disconnect(self, code: int) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        text = text_data if text_data is not None else bytes_data or b""
        if len(text) > MAX_COMMAND:
            await self._problem("", "too-large", f"a command has at most {MAX_COMMAND} bytes")
            return
        try:
            command = frames.parse_command(text)
        except (msgspec.MsgspecError, RecursionError) as error:
            await self._problem("", "invalid-command", str(error))
            return
        if command.type == "ping":
            await self._send(frames.pong_frame())
            return
        topic = parse_topic(command.topic)
        if topic is None:
            await self._problem(command.topic, "invalid-topic", "there is no such topic")
        elif command.type == "subscribe":
            await self._subscribe(topic, command.since)
        else:
            await self._unsubscribe(topic)

    async def _subscribe(self, topic: Topic, since: int) -> None:
        """Subscribing again begins anew from `since`."""
        await self._unsubscribe(topic)
        self._tasks = {topic: task for topic, task in self._tasks.items() if not task.done()}
        if len(self._tasks) >= MAX_SUBSCRIPTIONS:
            detail = f"one socket has at most {MAX_SUBSCRIPTIONS} subscriptions"
            await self._problem(str(topic), "too-many-subscriptions", detail)
            return
        self._tasks[topic] = asyncio.create_task(self._follow(topic, since))

    async def _unsubscribe(self, topic: Topic) -> None:
        task = self._tasks.pop(topic, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _follow(self, topic: Topic, since: int) -> None:
        subscription: Subscription
        if topic.kind == "run":
            subscription = RunSubscription(topic, self._viewer, self._send, since=since)
        else:
            subscription = RunListSubscription(topic, self._viewer, self._send)
        try:
            await follow(topic, subscription, self._send)
        except Exception:
            # One subscription must neither end silently nor take the socket with it.
            logger.exception("the subscription to %s failed", topic)
            await self._problem(str(topic), "internal-error", "the server failed; subscribe again")

    async def _problem(self, topic: str, code: str, detail: str) -> None:
        await self._send(frames.problem_frame(topic[:200], code=code, detail=detail))

    async def _send(self, frame: JsonObject) -> None:
        await self.send(text_data=orjson.dumps(frame).decode())
