"""Reading an instant from text by one of Go's time layouts.

Source: the package documentation of Go's ``time``. Faults carry Go's texts. Not for writing: see
`timelayout`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workflows.expr.errors import Fault
from workflows.expr.gotime import (
    MONTHS,
    SECOND,
    UTC_ZONE,
    WEEKDAYS,
    Time,
    Zone,
    days_in_month,
    from_wall_clock,
    quote,
)
from workflows.expr.timelayout import SHORT_MONTHS, SHORT_WEEKDAYS, split_layout


@dataclass(slots=True)
class _Reading:
    """The fields found so far; None where the layout said nothing."""

    year: int = 0
    month: int | None = None
    day: int | None = None
    year_day: int | None = None
    hour: int = 0
    minute: int = 0
    second: int = 0
    nanosecond: int = 0
    afternoon: bool | None = None
    offset: int | None = None
    abbreviation: str = ""
    utc: bool = False
    out_of_range: str = ""


class _Mismatch(Exception):
    pass


_FRACTION: Final = re.compile(r"[.,]([0-9]+)")
_NUMERIC_ZONES: Final = {
    "-07": re.compile(r"([+-])([0-9]{2})()()"),
    "-0700": re.compile(r"([+-])([0-9]{2})([0-9]{2})()"),
    "-07:00": re.compile(r"([+-])([0-9]{2}):([0-9]{2})()"),
    "-070000": re.compile(r"([+-])([0-9]{2})([0-9]{2})([0-9]{2})"),
    "-07:00:00": re.compile(r"([+-])([0-9]{2}):([0-9]{2}):([0-9]{2})"),
}
_ABBREVIATION: Final = re.compile(
    r"ChST|MeST|GMT(?:[+-][0-9]{1,2})?|WITA|[A-Z]{3}T|[A-Z]{4}T|[A-Z]{3}|[+-][0-9]{1,2}(?![0-9])"
)


def parse_time(layout: str, text: str, zone: Zone = UTC_ZONE) -> Time:
    """Go's time.ParseInLocation; `zone` applies when the text names none."""
    reading = _Reading()
    rest = text
    parts = split_layout(layout)
    for index, (literal, element) in enumerate(parts):
        rest = _skip_literal(layout, text, rest, literal)
        if not element:
            break
        try:
            following = parts[index + 1][1] if not parts[index + 1][0] else ""
            rest = _read_element(reading, element, rest, following)
        except _Mismatch:
            raise _parse_fault(layout, text, f": cannot parse {quote(rest)} as {quote(element)}") from None
        if reading.out_of_range:
            raise _parse_fault(layout, text, f": {reading.out_of_range} out of range")
    if rest:
        raise _parse_fault(layout, text, f": extra text: {quote(rest)}")
    return _assemble(reading, layout, text, zone)


def _parse_fault(layout: str, text: str, problem: str) -> Fault:
    if problem.startswith(": cannot"):
        return Fault(f"parsing time {quote(text)} as {quote(layout)}{problem}")
    return Fault(f"parsing time {quote(text)}{problem}")


def _skip_literal(layout: str, text: str, value: str, literal: str) -> str:
    """What follows a literal of the layout; one blank of it stands for any number of blanks."""
    wanted = literal
    while wanted:
        if wanted[0] == " ":
            if value and value[0] != " ":
                break
            wanted = wanted.lstrip(" ")
            value = value.lstrip(" ")
            continue
        if not value or value[0] != wanted[0]:
            break
        wanted, value = wanted[1:], value[1:]
    if wanted:
        raise _parse_fault(layout, text, f": cannot parse {quote(value)} as {quote(literal)}")
    return value


def _read_element(reading: _Reading, element: str, value: str, following: str) -> str:
    if element[0] in ".,":
        return _read_fraction(reading, element, value)
    if element[0] in "-Z":
        return _read_offset(reading, element, value)
    reader = _READERS[element]
    rest = reader(reading, value)
    if element in ("5", "05") and following[:1] not in (".", ",") and (match := _FRACTION.match(rest)):
        reading.nanosecond = int(match.group(1)[:9].ljust(9, "0"))
        return rest[match.end() :]
    return rest


def _read_fraction(reading: _Reading, element: str, value: str) -> str:
    match = _FRACTION.match(value)
    if element[1] == "9":
        if match is None:
            return value
        digits = match.group(1)
    else:
        digits = match.group(1)[: len(element) - 1] if match else ""
        if len(digits) < len(element) - 1:
            raise _Mismatch
    reading.nanosecond = int(digits[:9].ljust(9, "0"))
    return value[1 + len(digits) :]


def _read_offset(reading: _Reading, element: str, value: str) -> str:
    if element[0] == "Z" and value[:1] == "Z":
        reading.utc = True
        return value[1:]
    match = _NUMERIC_ZONES["-" + element[1:]].match(value)
    if match is None:
        raise _Mismatch
    hours, minutes, seconds = (int(match.group(i) or "0") for i in (2, 3, 4))
    if hours > 24 or minutes > 60 or seconds > 60:
        reading.out_of_range = "time zone offset " + (
            "hour" if hours > 24 else "minute" if minutes > 60 else "second"
        )
    amount = hours * 3600 + minutes * 60 + seconds
    reading.offset = -amount if match.group(1) == "-" else amount
    return value[match.end() :]


def _number(value: str, low: int, high: int) -> tuple[int, str]:
    """Between `low` and `high` digits."""
    end = 0
    while end < high and end < len(value) and value[end] in "0123456789":
        end += 1
    if end < low:
        raise _Mismatch
    return int(value[:end]), value[end:]


def _field(
    name: str, digits: tuple[int, int], span: tuple[int, int], label: str
) -> Callable[[_Reading, str], str]:
    def read(reading: _Reading, value: str) -> str:
        number, rest = _number(value, *digits)
        if not span[0] <= number <= span[1]:
            reading.out_of_range = label
        setattr(reading, name, number)
        return rest

    return read


def _name(names: tuple[str, ...], field: str) -> Callable[[_Reading, str], str]:
    lowered = tuple(name.lower() for name in names)

    def read(reading: _Reading, value: str) -> str:
        start = value[:9].lower()
        for index, name in enumerate(lowered):
            if start.startswith(name):
                if field:
                    setattr(reading, field, index + 1)
                return value[len(name) :]
        raise _Mismatch

    return read


def _short_year(reading: _Reading, value: str) -> str:
    number, rest = _number(value, 2, 2)
    reading.year = number + (1900 if number >= 69 else 2000)
    return rest


def _padded(width: int, reader: Callable[[_Reading, str], str]) -> Callable[[_Reading, str], str]:
    def read(reading: _Reading, value: str) -> str:
        for _ in range(width):
            if value[:1] == " ":
                value = value[1:]
        return reader(reading, value)

    return read


def _meridiem(morning: str, evening: str) -> Callable[[_Reading, str], str]:
    def read(reading: _Reading, value: str) -> str:
        if value[:2] not in (morning, evening):
            raise _Mismatch
        reading.afternoon = value[:2] == evening
        return value[2:]

    return read


def _zone_name(reading: _Reading, value: str) -> str:
    if value[:3] == "UTC":
        reading.utc = True
        return value[3:]
    match = _ABBREVIATION.match(value)
    if match is None:
        raise _Mismatch
    reading.abbreviation = match.group()
    return value[match.end() :]


_two_digit_day = _field("day", (2, 2), (0, 99), "day")
_any_day = _field("day", (1, 2), (0, 99), "day")
_year_day = _field("year_day", (3, 3), (0, 999), "day-of-year")

_READERS: Final[dict[str, Callable[[_Reading, str], str]]] = {
    "2006": _field("year", (4, 4), (0, 9999), "year"),
    "06": _short_year,
    "January": _name(MONTHS, "month"),
    "Jan": _name(SHORT_MONTHS, "month"),
    "1": _field("month", (1, 2), (1, 12), "month"),
    "01": _field("month", (2, 2), (1, 12), "month"),
    "Monday": _name(WEEKDAYS, ""),
    "Mon": _name(SHORT_WEEKDAYS, ""),
    "2": _any_day,
    "_2": _padded(1, _any_day),
    "02": _two_digit_day,
    "__2": _padded(2, _field("year_day", (1, 3), (0, 999), "day-of-year")),
    "002": _year_day,
    "15": _field("hour", (1, 2), (0, 23), "hour"),
    "3": _field("hour", (1, 2), (0, 12), "hour"),
    "03": _field("hour", (2, 2), (0, 12), "hour"),
    "4": _field("minute", (1, 2), (0, 59), "minute"),
    "04": _field("minute", (2, 2), (0, 59), "minute"),
    "5": _field("second", (1, 2), (0, 59), "second"),
    "05": _field("second", (2, 2), (0, 59), "second"),
    "PM": _meridiem("AM", "PM"),
    "pm": _meridiem("am", "pm"),
    "MST": _zone_name,
}


def _assemble(reading: _Reading, layout: str, text: str, zone: Zone) -> Time:
    month, day = _month_and_day(reading, layout, text)
    hour = reading.hour
    if reading.afternoon is True and hour < 12:
        hour += 12
    elif reading.afternoon is False and hour == 12:
        hour = 0
    date, clock = (reading.year, month, day), (hour, reading.minute, reading.second)
    if reading.utc:
        return from_wall_clock(date, clock, reading.nanosecond, UTC_ZONE)
    if reading.offset is not None:
        moment = from_wall_clock(date, clock, reading.nanosecond, Zone(reading.abbreviation, reading.offset))
        name, offset = zone.at(moment.ns // SECOND)
        same = offset == reading.offset and reading.abbreviation in ("", name)
        return Time(moment.ns, zone) if same else moment
    if reading.abbreviation:
        return _with_abbreviation(
            reading.abbreviation, from_wall_clock(date, clock, reading.nanosecond, zone)
        )
    return from_wall_clock(date, clock, reading.nanosecond, zone)


def _with_abbreviation(name: str, moment: Time) -> Time:
    """A zone known only by its letters: `moment`'s own zone may use them, else the clock is read as UTC."""
    own, offset = moment.zone.at(moment.ns // SECOND)
    if own == name:
        return moment
    guess = int(name[3:]) * 3600 if name.startswith("GMT") and len(name) > 3 else 0
    return Time(moment.ns + offset * SECOND, Zone(name, guess))


def _month_and_day(reading: _Reading, layout: str, text: str) -> tuple[int, int]:
    if reading.year_day is not None:
        leap = days_in_month(reading.year, 2) == 29
        if not 1 <= reading.year_day <= 365 + leap:
            raise _parse_fault(layout, text, ": day-of-year out of range")
        if reading.month is None:
            return 1, reading.year_day
    month = reading.month if reading.month is not None else 1
    day = reading.day if reading.day is not None else 1
    if not 1 <= day <= days_in_month(reading.year, month):
        raise _parse_fault(layout, text, ": day out of range")
    return month, day
