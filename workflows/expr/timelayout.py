"""Go's time layouts ("2006-01-02T15:04:05Z07:00"): how they are split, and writing an instant by one.

Source: the package documentation of Go's ``time``. Layouts are split once and cached. Reading is in
`timeparse`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from workflows.expr.gotime import MONTHS, SECOND, WEEKDAYS, Time

RFC3339: Final = "2006-01-02T15:04:05Z07:00"
RFC3339_NANO: Final = "2006-01-02T15:04:05.999999999Z07:00"
RFC822: Final = "02 Jan 06 15:04 MST"
RFC850: Final = "Monday, 02-Jan-06 15:04:05 MST"
RFC1123: Final = "Mon, 02 Jan 2006 15:04:05 MST"
ANSIC: Final = "Mon Jan _2 15:04:05 2006"
UNIX_DATE: Final = "Mon Jan _2 15:04:05 MST 2006"
RUBY_DATE: Final = "Mon Jan 02 15:04:05 -0700 2006"
KITCHEN: Final = "3:04PM"
STRING: Final = "2006-01-02 15:04:05.999999999 -0700 MST"

#: one alternative per element; the longest first where one is the beginning of another
_ELEMENT: Final = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|(?<!_)__2(?!006)|_(?=2006)|_2|2|3|4|5|PM|pm"
    r"|-07:00:00|-070000|-07:00|-0700|-07|Z07:00:00|Z070000|Z07:00|Z0700|Z07"
    r"|[.,](?:0+|9+)(?![0-9])"
)
SHORT_MONTHS: Final = tuple(name[:3] for name in MONTHS)
SHORT_WEEKDAYS: Final = tuple(name[:3] for name in WEEKDAYS)


@lru_cache(maxsize=256)
def split_layout(layout: str) -> tuple[tuple[str, str], ...]:
    """Pairs of (literal before, element); the last pair has an empty element."""
    parts: list[tuple[str, str]] = []
    literal_start = 0
    for match in _ELEMENT.finditer(layout):
        if match.group() == "_":
            continue
        parts.append((layout[literal_start : match.start()], match.group()))
        literal_start = match.end()
    parts.append((layout[literal_start:], ""))
    return tuple(parts)


def format_time(moment: Time, layout: str) -> str:
    """Go's Time.Format."""
    return "".join(literal + (_format_element(moment, e) if e else "") for literal, e in split_layout(layout))


def _format_element(moment: Time, element: str) -> str:
    if element[0] in ".,":
        return _format_fraction(moment.ns % SECOND, element)
    if element[0] in "-Z" or element == "MST":
        return _format_zone(moment, element)
    return _FORMATS[element](moment)


def _format_fraction(ns: int, element: str) -> str:
    digits = f"{ns:09d}"[: len(element) - 1].ljust(len(element) - 1, "0")
    if element[1] == "9":
        digits = digits.rstrip("0")
    return element[0] + digits if digits else ""


def _format_zone(moment: Time, element: str) -> str:
    name, offset = moment.zone.at(moment.ns // SECOND)
    if element == "MST":
        return name if name else _numeric_zone(offset, "-0700")
    if element[0] == "Z" and offset == 0:
        return "Z"
    return _numeric_zone(offset, element)


def _numeric_zone(offset: int, element: str) -> str:
    sign = "-" if offset < 0 else "+"
    offset = abs(offset)
    colon = ":" if ":" in element else ""
    text = f"{sign}{offset // 3600:02d}"
    length = len(element.replace(":", ""))
    if length > 3:
        text += f"{colon}{offset // 60 % 60:02d}"
    if length > 5:
        text += f"{colon}{offset % 60:02d}"
    return text


def _hour12(moment: Time) -> int:
    return moment.clock()[0] % 12 or 12


def _year(moment: Time) -> str:
    year = moment.civil()[0]
    return f"-{-year:04d}" if year < 0 else f"{year:04d}"


_FORMATS: Final[dict[str, Callable[[Time], str]]] = {
    "2006": _year,
    "06": lambda t: f"{abs(t.civil()[0]) % 100:02d}",
    "January": lambda t: MONTHS[t.civil()[1] - 1],
    "Jan": lambda t: SHORT_MONTHS[t.civil()[1] - 1],
    "1": lambda t: str(t.civil()[1]),
    "01": lambda t: f"{t.civil()[1]:02d}",
    "Monday": lambda t: WEEKDAYS[t.weekday()],
    "Mon": lambda t: SHORT_WEEKDAYS[t.weekday()],
    "2": lambda t: str(t.civil()[2]),
    "_2": lambda t: f"{t.civil()[2]:2d}",
    "02": lambda t: f"{t.civil()[2]:02d}",
    "__2": lambda t: f"{t.year_day():3d}",
    "002": lambda t: f"{t.year_day():03d}",
    "15": lambda t: f"{t.clock()[0]:02d}",
    "3": lambda t: str(_hour12(t)),
    "03": lambda t: f"{_hour12(t):02d}",
    "4": lambda t: str(t.clock()[1]),
    "04": lambda t: f"{t.clock()[1]:02d}",
    "5": lambda t: str(t.clock()[2]),
    "05": lambda t: f"{t.clock()[2]:02d}",
    "PM": lambda t: "PM" if t.clock()[0] >= 12 else "AM",
    "pm": lambda t: "pm" if t.clock()[0] >= 12 else "am",
}
