"""Go's time values: an instant in a zone, a duration, named integers (months, weekdays), zones.

An instant is nanoseconds since the Unix epoch, so years before 1 and nanoseconds survive.
Not for text forms of instants: see `timelayout`. The local zone is UTC, as in a container.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workflows.expr.errors import Fault

SECOND: Final = 1_000_000_000
DAY_SECONDS: Final = 86_400
#: Go's zero time, 1 January of year 1, in Unix seconds
ZERO_SECONDS: Final = -62_135_596_800
MAX_DURATION: Final = (1 << 63) - 1

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ZONE_RANGE: Final = (-62_135_510_400, 253_402_214_400)
_UNITS: Final = {
    "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000,
    "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND,
}  # fmt: skip

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


@dataclass(frozen=True, slots=True)
class NamedInt:
    """A Go integer with a name of its own, such as time.Month: operators do not take it."""

    value: int
    type_name: str
    text: str


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of `ns` nanoseconds."""

    ns: int

    def __str__(self) -> str:
        return format_duration(self.ns)


class Zone:
    """A time zone: fixed offset or a named one of the tz database."""

    __slots__ = ("_info", "_offset", "name")

    def __init__(self, name: str, offset: int = 0, info: ZoneInfo | None = None) -> None:
        self.name = name
        self._offset = offset
        self._info = info

    def at(self, seconds: int) -> tuple[str, int]:
        """Abbreviation and offset in seconds east of UTC at a Unix time."""
        if self._info is None:
            return self.name, self._offset
        clamped = min(max(seconds, _ZONE_RANGE[0]), _ZONE_RANGE[1])
        moment = (_EPOCH + timedelta(seconds=clamped)).astimezone(self._info)
        offset = moment.utcoffset()
        return moment.tzname() or "", int(offset.total_seconds()) if offset else 0

    def offset_of_local(self, local_seconds: int) -> int:
        """The offset that applies to a wall clock reading, chosen as Go's time.Date does."""
        _, offset = self.at(local_seconds)
        _, before = self.at(local_seconds - offset)
        if before == offset:
            return offset
        _, again = self.at(local_seconds - before)
        return before if again == before else offset


UTC_ZONE: Final = Zone("UTC")


def load_zone(name: str) -> Zone:
    """Go's time.LoadLocation."""
    if name in ("", "UTC", "Local"):
        return UTC_ZONE
    if ".." in name or name.startswith(("/", "\\")) or "\\" in name or len(name) > 80:
        raise Fault("time: invalid location name")
    try:
        return Zone(name, info=ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Fault(f"unknown time zone {name}") from None


@dataclass(frozen=True, slots=True)
class Time:
    """The instant `ns` nanoseconds after the Unix epoch, read in `zone`."""

    ns: int
    zone: Zone = UTC_ZONE

    def local_seconds(self) -> int:
        seconds = self.ns // SECOND
        return seconds + self.zone.at(seconds)[1]

    def civil(self) -> tuple[int, int, int]:
        """Year, month (1-12) and day."""
        return civil_of_days(self.local_seconds() // DAY_SECONDS)

    def clock(self) -> tuple[int, int, int]:
        """Hour, minute and second."""
        rest = self.local_seconds() % DAY_SECONDS
        return rest // 3600, rest // 60 % 60, rest % 60

    def weekday(self) -> int:
        """0 is Sunday."""
        return (self.local_seconds() // DAY_SECONDS + 4) % 7

    def year_day(self) -> int:
        days = self.local_seconds() // DAY_SECONDS
        return days - days_of_civil(self.civil()[0], 1, 1) + 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Time) and self.ns == other.ns

    def __hash__(self) -> int:
        return hash(self.ns)


def days_of_civil(year: int, month: int, day: int) -> int:
    """Days since the Unix epoch of a date in the proleptic Gregorian calendar (H. Hinnant's algorithm)."""
    year -= month <= 2
    era = year // 400
    year_of_era = year - era * 400
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def civil_of_days(days: int) -> tuple[int, int, int]:
    """The inverse of `days_of_civil`."""
    days += 719_468
    era = days // 146_097
    day_of_era = days - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1


def days_in_month(year: int, month: int) -> int:
    following = days_of_civil(year + month // 12, month % 12 + 1, 1)
    return following - days_of_civil(year, month, 1)


def from_wall_clock(
    date: tuple[int, int, int], clock: tuple[int, int, int], nanosecond: int, zone: Zone
) -> Time:
    """Go's time.Date: out-of-range months and days carry over."""
    year, month, day = date
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    hour, minute, second = clock
    local = (days_of_civil(year, month, 1) + day - 1) * DAY_SECONDS + hour * 3600 + minute * 60 + second
    return Time((local - zone.offset_of_local(local)) * SECOND + nanosecond, zone)


def parse_duration(text: str) -> Duration:
    """Go's time.ParseDuration."""
    body = text
    negative = body[:1] == "-"
    if body[:1] in ("-", "+"):
        body = body[1:]
    if body == "0":
        return Duration(0)
    total = 0
    if not body:
        raise Fault(f"time: invalid duration {quote(text)}")
    while body:
        amount, body = _duration_item(body, text)
        total += amount
        if total > MAX_DURATION + negative:
            raise Fault(f"time: invalid duration {quote(text)}")
    return Duration(-total if negative else total)


def _duration_item(body: str, text: str) -> tuple[int, str]:
    whole = _digits(body)
    rest = body[len(whole) :]
    fraction = ""
    if rest[:1] == ".":
        fraction = _digits(rest[1:])
        rest = rest[1 + len(fraction) :]
    if (not whole and not fraction) or len(whole) > 25:
        raise Fault(f"time: invalid duration {quote(text)}")
    end = next((i for i, char in enumerate(rest) if char == "." or char in "0123456789"), len(rest))
    unit, rest = rest[:end], rest[end:]
    if not unit:
        raise Fault(f"time: missing unit in duration {quote(text)}")
    scale = _UNITS.get(unit)
    if scale is None:
        raise Fault(f"time: unknown unit {quote(unit)} in duration {quote(text)}")
    part = int(fraction[:18] or "0") * scale // 10 ** len(fraction[:18])
    return int(whole or "0") * scale + part, rest


def _digits(text: str) -> str:
    end = next((i for i, char in enumerate(text) if char not in "0123456789"), len(text))
    return text[:end]


def quote(text: str) -> str:
    """Go's quoting in time errors: like %q for plain text."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def format_duration(ns: int) -> str:
    """Go's Duration.String, e.g. ``1h15m30.918s``."""
    if ns == 0:
        return "0s"
    sign = "-" if ns < 0 else ""
    ns = abs(ns)
    if ns < SECOND:
        unit, scale = ("ns", 1) if ns < 1_000 else ("µs", 1_000) if ns < 1_000_000 else ("ms", 1_000_000)
        return f"{sign}{_decimal(ns, scale)}{unit}"
    minutes, rest = divmod(ns, 60 * SECOND)
    text = f"{_decimal(rest, SECOND)}s"
    if minutes >= 60:
        text = f"{minutes // 60}h{minutes % 60}m{text}"
    elif minutes:
        text = f"{minutes}m{text}"
    return sign + text


def _decimal(value: int, scale: int) -> str:
    whole, rest = divmod(value, scale)
    digits = str(scale + rest)[1:].rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


def month_value(number: int) -> NamedInt:
    return NamedInt(number, "time.Month", MONTHS[number - 1])


def weekday_value(number: int) -> NamedInt:
    return NamedInt(number, "time.Weekday", WEEKDAYS[number])
