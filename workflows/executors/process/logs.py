"""Read what an attempt wrote, while it runs or afterwards."""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from workflows.executors.base import LogChunk

_MAX_CHUNK_BYTES: Final = 64 * 1024
_POLL_SECONDS: Final = 0.1


class _Stream:
    """One log file. Cuts only between characters, so a chunk's text is that of its bytes."""

    def __init__(self, path: str, container: str, stream: str, offset: int) -> None:
        self._path = path
        self._container = container
        self._stream = stream
        self._offset = offset

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
            yield LogChunk(self._container, self._stream, self._offset, text)
            self._offset += taken

    def _read_bytes(self) -> bytes:
        try:
            with open(self._path, "rb") as file:
                file.seek(self._offset)
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
    """Chunks of each stream (name to file) from byte `offset` on; with `follow` until the attempt ended."""
    streams = [_Stream(path, container, stream, offset) for stream, path in paths.items()]
    while True:
        is_final = has_ended()
        for stream in streams:
            yield from stream.read(is_final=is_final)
        if is_final or not follow:
            return
        time.sleep(_POLL_SECONDS)
