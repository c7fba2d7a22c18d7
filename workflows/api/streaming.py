"""Hands blocking readers of files to the event loop, a block at a time: memory stays flat, loops stay free.

Not for following logs, which waits between blocks: see `following`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

#: Blocks read at the same time in one web process; others wait their turn.
_READERS = 16

_pool = ThreadPoolExecutor(max_workers=_READERS, thread_name_prefix="sluice-download")


class Blocks(Protocol):
    """Bytes in blocks. `close` frees what is behind them."""

    def __iter__(self) -> Iterator[bytes]: ...

    def __next__(self) -> bytes: ...

    def close(self) -> None: ...


class Generated:
    """A generator as `Blocks`: closing one that never began is no fault."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._blocks)

    def close(self) -> None:
        close = getattr(self._blocks, "close", None)
        if close is not None:
            close()


class Stream:
    """A body for StreamingHttpResponse; closed with the response, whether it was read or not."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._reading: asyncio.Future[bytes | None] | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        try:
            while True:
                self._reading = loop.run_in_executor(_pool, next, self._blocks, None)
                # A listener who leaves must not leave the block half read.
                block = await asyncio.shield(self._reading)
                if block is None:
                    return
                yield block
        finally:
            self.close()

    def close(self) -> None:
        if self._reading is None or self._reading.done():
            self._blocks.close()
        else:
            self._reading.add_done_callback(lambda _: self._blocks.close())
