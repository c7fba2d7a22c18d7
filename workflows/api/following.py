"""Hands blocking log readers to the event loop: a thread of a small pool each, while somebody listens."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from workflows.errors import EnvironmentFault
from workflows.executors.base import LogChunk

#: People following logs at the same time in one web process; a thread each, mostly asleep.
MAX_FOLLOWERS = 64


@dataclass(slots=True)
class _Followers:
    """Counts readers at work. Those whose listener left count until their next chunk frees the thread."""

    count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, change: int) -> None:
        with self.lock:
            self.count += change


_followers = _Followers()
_pool = ThreadPoolExecutor(max_workers=MAX_FOLLOWERS, thread_name_prefix="sluice-follow")


def follow(chunks: Iterator[LogChunk]) -> AsyncIterator[bytes]:
    """The text as it comes; chunks without text only say "still there". Raises EnvironmentFault at once when
    too many follow already.
    """
    if _followers.count >= MAX_FOLLOWERS:
        raise EnvironmentFault(
            "too many people are following logs; try again later", code="too-many-followers"
        )
    return _follow(chunks)


async def _follow(chunks: Iterator[LogChunk]) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    reading: asyncio.Future[LogChunk | None] | None = None
    _followers.add(1)
    try:
        while True:
            reading = loop.run_in_executor(_pool, next, chunks, None)
            chunk = await asyncio.shield(reading)
            if chunk is None:
                return
            if chunk.text:
                yield chunk.text.encode()
    finally:
        if reading is None or reading.done():
            _followers.add(-1)
        else:
            reading.add_done_callback(lambda _: _followers.add(-1))
