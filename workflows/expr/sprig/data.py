"""sprig's encodings. Source: sprig documentation, "Encoding Functions". Errors come as texts, as in sprig."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, Final

from workflows.expr.errors import LIMIT, Fault
from workflows.expr.function_texts import decode_base64
from workflows.expr.gotext import base32_fault
from workflows.expr.run import Run


def _b64enc(run: Run, text: str) -> str:
    run.text(len(text) * 2)
    return base64.b64encode(text.encode("utf-8", "replace")).decode()


def _b64dec(run: Run, text: str) -> str:
    try:
        return decode_base64(run, text)
    except Fault as fault:
        if fault.code == LIMIT:
            raise
        return fault.message


def _b32enc(run: Run, text: str) -> str:
    run.text(len(text) * 2)
    return base64.b32encode(text.encode("utf-8", "replace")).decode()


def _b32dec(run: Run, text: str) -> str:
    run.text(len(text))
    body = text.replace("\r", "").replace("\n", "")
    try:
        return base64.b32decode(body.encode("ascii")).decode("utf-8", "replace")
    except (binascii.Error, UnicodeEncodeError):
        return base32_fault(text).message


FUNCTIONS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "b64enc": ("string", _b64enc),
    "b64dec": ("string", _b64dec),
    "b32enc": ("string", _b32enc),
    "b32dec": ("string", _b32dec),
}
