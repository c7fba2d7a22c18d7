"""Durations as Argo writes them ("1h30m", "1.5s", "20" for seconds) to milliseconds. Not for cron or dates.

Source: Go's `time.ParseDuration` and Argo's `ParseStringToDuration`.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from workflows.errors import UserError

_NANOSECONDS: Final = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]*)", re.ASCII)
_WHOLE_NUMBER = re.compile(r"[-+]?[0-9]+\Z", re.ASCII)
_LONGEST: Final = 100
_LARGEST: Final = 2**63 - 1


class DurationError(UserError):
    """The text is no duration; the message is Go's."""

    code = "bad-duration"


def parse_duration(text: str) -> int:
    """Milliseconds of a duration; a bare number counts seconds. Raises DurationError with Argo's text."""
    if is_whole_number(text):
        if abs(int(text)) * 10**9 > _LARGEST:
            raise DurationError(f"unable to parse {text[:_LONGEST]} as a duration: value out of range")
        return int(text) * 1000
    try:
        return parse_go_duration(text)
    except DurationError as fault:
        raise DurationError(f"unable to parse {text[:_LONGEST]} as a duration: {fault.message}") from None


def parse_go_duration(text: str) -> int:
    """Milliseconds of a duration in which every number has a unit. Raises DurationError with Go's text."""
    shown = text[:_LONGEST]
    negative = text[:1] == "-"
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0
    if not rest or len(text) > _LONGEST:
        raise DurationError(f'time: invalid duration "{shown}"')
    parts = [match for match in _PART.finditer(rest) if match.start() < len(rest)]
    total = sum((_nanoseconds(match, shown) for match in parts), Fraction(0))
    if total > _LARGEST:
        raise DurationError(f'time: invalid duration "{shown}"')
    milliseconds = int(total / 10**6)
    return -milliseconds if negative else milliseconds


def is_whole_number(text: str) -> bool:
    """Whether Go's `Atoi` takes the text: digits with an optional sign."""
    return len(text) <= _LONGEST and _WHOLE_NUMBER.match(text) is not None


def _nanoseconds(match: re.Match[str], shown: str) -> Fraction:
    whole, fraction, unit = match.groups()
    if not whole and not fraction:
        raise DurationError(f'time: invalid duration "{shown}"')
    if not unit:
        raise DurationError(f'time: missing unit in duration "{shown}"')
    if unit not in _NANOSECONDS:
        raise DurationError(f'time: unknown unit "{unit}" in duration "{shown}"')
    number = Fraction(int(whole or "0")) + Fraction(int(fraction or "0"), 10 ** len(fraction or ""))
    return number * _NANOSECONDS[unit]
