"""Range requests and validators (RFC 9110): which bytes are wanted, and whether the client has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class NotSatisfiable(Exception):
    """No byte of the range exists: answer 416."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def wanted_part(headers: Mapping[str, str], *, size: int, etag: str) -> Part | None:
    """The asked part of a file; None for the whole: nothing asked, several parts, or another version wanted.

    Raises NotSatisfiable. `etag` is without quotes, "" for none.
    """
    condition = headers.get("If-Range", "").strip()
    if condition and (not etag or condition != f'"{etag}"'):
        return None
    found = _ONE_RANGE.fullmatch(headers.get("Range", "").replace(" ", ""))
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        first, last = max(0, size - int(found[2])), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
        if found[2] and int(found[2]) < first:
            return None
    if first > last:
        raise NotSatisfiable
    return Part(first, last)


def is_known(headers: Mapping[str, str], etag: str) -> bool:
    """Whether `If-None-Match` names the version there is: answer 304."""
    named = [tag.strip().removeprefix("W/") for tag in headers.get("If-None-Match", "").split(",")]
    return bool(etag) and ("*" in named or f'"{etag}"' in named)
