"""Downloads of client libraries as streams of Python's, with this package's errors. Opens nothing itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, BinaryIO

from workflows.artifacts.limits import BLOCK


def client_stream(source: Any, translating: Callable[[], AbstractContextManager[None]]) -> BinaryIO:
    """`source` has `read(size)`; inside `translating` its errors become ours."""
    return io.BufferedReader(_ClientStream(source, translating), BLOCK)


class _ClientStream(io.RawIOBase):
    """A client's download as a stream of Python's, with our errors.

    The clients' own objects are not handed out: botocore's, used in a `with`, no longer notices when a
    transfer breaks off.
    """

    def __init__(self, source: Any, translating: Callable[[], AbstractContextManager[None]]) -> None:
        self._source = source
        self._translating = translating

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with self._translating():
            block = self._source.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        # Azure's download holds nothing that could be closed.
        if not self.closed and hasattr(self._source, "close"):
            self._source.close()
        super().close()
