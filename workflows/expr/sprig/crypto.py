"""sprig's hashes and random identifiers. What needs ciphers or certificates is in `UNAVAILABLE`."""

from __future__ import annotations

import base64
import hashlib
import uuid
import zlib
from collections.abc import Callable
from typing import Any, Final

from workflows.expr.errors import Fault
from workflows.expr.run import Run


def _digest(name: str) -> Callable[[Run, str], str]:
    def call(run: Run, text: str) -> str:
        run.text(len(text))
        return hashlib.new(name, text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()

    return call


def _adler32(run: Run, text: str) -> str:
    return str(zlib.adler32(text.encode("utf-8", "replace")))


def _rand_bytes(run: Run, count: int) -> str:
    if count < 0:
        raise Fault("runtime error: makeslice: len out of range")
    run.text(count * 2)
    return base64.b64encode(run.context.random_bytes(count)).decode()


def _uuidv4(run: Run) -> str:
    return str(uuid.UUID(bytes=run.context.random_bytes(16), version=4))


FUNCTIONS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "sha1sum": ("string", _digest("sha1")),
    "sha256sum": ("string", _digest("sha256")),
    "sha512sum": ("string", _digest("sha512")),
    "adler32sum": ("string", _adler32),
    "randBytes": ("int", _rand_bytes),
    "uuidv4": ("", _uuidv4),
}
