"""Read what an attempt wrote, while it runs or afterwards."""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from workflows.executors.base import LogChunk

_MAX_CHUNK_BYTES: Final = 64 * 1024
_POLL_SECONDS: Final = 0.1
_SIGN_OF_LIFE_SECONDS: Final = 1.0


class _Stream:
    """One log file. Cuts only between characters, so a chunk's text is that of its bytes."""

    def __init__(self, path: str, container: str, stream: str, offset: int) -> None:
        self._path = path
        self._container = container
        self._stream = stream
        self.offset = offset

    def read(self, *, is_final: bool) -> Iterator[LogChunk]:
        """What is there by now; `is_final` gives out an unfinished character at the end, too."""
        while data := self._read_bytes():
            decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
            text = decoder.decode(data)
            taken = len(data) - len(decoder.getstate()[0])
            if is_final and len(data) < _MAX_CHUNK_BYTES:
                text, taken = data.decode(errors="replace"), len(data)
            if not taken:
                return
            yield LogChunk(self._container, self._stream, self.offset, text)
            self.offset += taken

    def _read_bytes(self) -> bytes:
        try:
            with open(self._path, "rb") as file:
                file.seek(self.offset)
                return file.read(_MAX_CHUNK_BYTES)
        except FileNotFoundError:
            return b""


def read_logs(
    container: str,
    paths: Mapping[str, str],
    *,
    offset: int,
    follow: bool,
    has_ended: Callable[[], bool],
) -> Iterator[LogChunk]:
    """Chunks of each stream (name to file) from byte `offset` on; with `follow` until the attempt ended.

    While there is nothing to follow, an empty chunk comes about once a second, so that the reader can leave.
    """
    streams = [_Stream(path, container, stream, offset) for stream, path in paths.items()]
    told_at = time.monotonic()
    while True:
        is_final = has_ended()
        for stream in streams:
            for chunk in stream.read(is_final=is_final):
                yield chunk
                told_at = time.monotonic()
        if is_final or not follow:
            return
        if time.monotonic() - told_at >= _SIGN_OF_LIFE_SECONDS:
            yield LogChunk(container, next(iter(paths)), streams[0].offset, "")
            told_at = time.monotonic()
        time.sleep(_POLL_SECONDS)
