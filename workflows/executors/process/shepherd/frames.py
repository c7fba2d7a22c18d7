"""Messages on the socket between Sluice and the shepherd: a length in four bytes, then JSON.

Both sides use this module. Not for the meaning of messages: see `serve` and `keeper`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import Any

Message = dict[str, Any]

#: A peer that announces more than this is not one of ours.
MAX_FRAME_BYTES = 256 * 1024 * 1024

_LENGTH = struct.Struct("!I")


class BrokenFrameError(Exception):
    """The peer does not speak this protocol."""


def encode(message: Message) -> bytes:
    body = json.dumps(message, separators=(",", ":")).encode()
    if len(body) > MAX_FRAME_BYTES:
        raise BrokenFrameError(f"a message of {len(body)} bytes is longer than {MAX_FRAME_BYTES}")
    return _LENGTH.pack(len(body)) + body


class Decoder:
    """Cuts a byte stream into messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take `data`, yield every message that is complete now. Raises BrokenFrameError."""
        self._buffer += data
        position = 0
        while len(self._buffer) - position >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer, position)
            if length > MAX_FRAME_BYTES:
                raise BrokenFrameError(f"a message of {length} bytes was announced")
            end = position + _LENGTH.size + length
            if len(self._buffer) < end:
                break
            yield _parse(self._buffer[position + _LENGTH.size : end])
            position = end
        del self._buffer[:position]


def _parse(body: bytearray) -> Message:
    try:
        message = json.loads(body)
    except ValueError as error:
        raise BrokenFrameError("a message is not JSON") from error
    if not isinstance(message, dict):
        raise BrokenFrameError("a message is not an object")
    return message
