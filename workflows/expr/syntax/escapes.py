"""Escape sequences in quoted texts and bytes of expressions."""

from __future__ import annotations

import re
from typing import Final

_SIMPLE: Final = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?",
}  # fmt: skip
_ESCAPE: Final = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})"
    r"|([0-3][0-7]{2})|(.)|$)",
    re.DOTALL,
)


class EscapeError(Exception):
    """The text of the fault, without a place."""


def unescape(body: str) -> str:
    """The value of a text literal, `body` without its quotes."""
    return _ESCAPE.sub(_character, body) if "\\" in body else body


def _character(match: re.Match[str]) -> str:
    octal, simple = match.group(5), match.group(6)
    digits = next((match.group(i) for i in (1, 2, 3, 4) if match.group(i)), None)
    if digits is not None or octal is not None:
        code = int(digits, 16) if digits is not None else int(octal, 8)
        if code > 0x10FFFF:
            raise EscapeError("unable to unescape string")
        return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)
    if simple in _SIMPLE:
        return _SIMPLE[simple]
    kind = "octal sequence in string" if simple and simple in "0123" else "string"
    raise EscapeError(f"unable to unescape {kind}")


def unescape_bytes(body: str) -> bytes:
    """The value of a bytes literal: ``\\x`` and octal escapes are single bytes, no ``\\u``."""
    parts: list[bytes] = []
    end = 0
    for match in _ESCAPE.finditer(body):
        parts.append(body[end : match.start()].encode("utf-8", "replace"))
        parts.append(_byte(match))
        end = match.end()
    parts.append(body[end:].encode("utf-8", "replace"))
    return b"".join(parts)


def _byte(match: re.Match[str]) -> bytes:
    if match.group(2):
        return bytes([int(match.group(2), 16)])
    if match.group(5):
        return bytes([int(match.group(5), 8)])
    if match.group(6) in _SIMPLE:
        return _SIMPLE[match.group(6)].encode()
    raise EscapeError("unable to unescape string")
