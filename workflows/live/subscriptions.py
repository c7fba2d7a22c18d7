"""One subscription of one socket: waits for a hint, reads what changed since, sends it, and again.

A slow client costs nothing: while its frame is being sent, hints only pile up to one. Lost hints are repaired
by looking every few seconds whatever the bus says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from workflows.engine.messages import JsonObject
from workflows.errors import NotFoundError
from workflows.live import hub, reading
from workflows.live.reading import Viewer
from workflows.store.bus import Change
from workflows.wire import frames
from workflows.wire.topics import Topic

Send = Callable[[JsonObject], Awaitable[None]]

#: Seconds between two frames of one subscription, at least.
PAUSE = 0.1
#: Seconds after which a subscription looks although nobody told it to.
REPAIR = 5.0
#: Runs read for one frame of a run list; more wait for the next.
MOST_RUNS = 200


class Subscription(Protocol):
    def hint(self, change: Change) -> None:
        """Something happened under the topic. Called on the event loop."""

    async def step(self) -> None:
        """Read and send what is new, if anything. Raises NotFoundError when it may not be seen any more."""


class RunSubscription:
    """The graph and summary of one run, from `since` on."""

    def __init__(self, topic: Topic, viewer: Viewer, send: Send, *, since: int) -> None:
        self._topic = topic
        self._viewer = viewer
        self._send = send
        self._since = since
        self._sent: JsonObject | None = None

    def hint(self, change: Change) -> None:
        """The step reads whatever there is."""

    async def step(self) -> None:
        run, graph = await reading.in_thread(reading.read_run, self._viewer, self._topic.key, self._since)
        if graph["seq"] == self._since and run == self._sent:
            return
        await self._send(frames.graph_frame(self._topic, run=run, graph=graph))
        self._since = graph["seq"]
        self._sent = run


class RunListSubscription:
    """Summaries of the runs of one namespace that changed, after those of the newest."""

    def __init__(self, topic: Topic, viewer: Viewer, send: Send) -> None:
        self._topic = topic
        self._viewer = viewer
        self._send = send
        self._changed: dict[str, None] = {}
        self._sent: dict[str, JsonObject] = {}
        self._begun = False

    def hint(self, change: Change) -> None:
        self._changed[change.uid] = None

    async def step(self) -> None:
        if self._changed:
            uids = list(self._changed)[:MOST_RUNS]
            for uid in uids:
                del self._changed[uid]
            runs, gone = await reading.in_thread(reading.read_some, self._viewer, self._topic.key, uids)
        else:
            uids = []
            runs, gone = await reading.in_thread(reading.read_newest, self._viewer, self._topic.key), []
        news = [run for run in runs if self._sent.get(run["metadata"]["uid"]) != run]
        if news or gone or not self._begun:
            await self._send(frames.runs_frame(self._topic, runs=news, deleted=gone))
            self._begun = True
        self._remember(news, gone)

    def _remember(self, news: list[JsonObject], gone: list[str]) -> None:
        """Only as many as a repair compares: the newest by order of being sent."""
        for run in news:
            uid = run["metadata"]["uid"]
            self._sent.pop(uid, None)
            self._sent[uid] = run
        for uid in gone:
            self._sent.pop(uid, None)
        while len(self._sent) > 4 * reading.NEWEST:
            del self._sent[next(iter(self._sent))]


async def follow(topic: Topic, subscription: Subscription, send: Send) -> None:
    """Run a subscription until it is cancelled or its object is gone, which the client is told."""
    hinted = asyncio.Event()

    def on_change(change: Change) -> None:
        subscription.hint(change)
        hinted.set()

    end = hub.current().listen(topic, on_change)
    try:
        while True:
            hinted.clear()
            await subscription.step()
            await asyncio.sleep(PAUSE)
            try:
                async with asyncio.timeout(REPAIR):
                    await hinted.wait()
            except TimeoutError:
                continue
    except NotFoundError:
        await send(frames.gone_frame(topic))
    finally:
        end()
