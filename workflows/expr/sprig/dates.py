"""sprig's dates. Source: sprig documentation, "Date Functions". The clock is the context's, the zone UTC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workflows.expr.convert import parse_int
from workflows.expr.errors import Fault
from workflows.expr.gotime import (
    SECOND,
    UTC_ZONE,
    ZERO_SECONDS,
    Time,
    format_duration,
    load_zone,
    parse_duration,
)
from workflows.expr.run import Run
from workflows.expr.timelayout import format_time
from workflows.expr.timeparse import parse_time
from workflows.expr.values import Int64, wrap_int

_ZERO: Final = Time(ZERO_SECONDS * SECOND)
_HTML: Final = "2006-01-02"
_ROUND_UNITS: Final = (
    ("y", 365 * 86_400), ("mo", 30 * 86_400), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
)  # fmt: skip


def _moment(run: Run, value: Any) -> Time:
    """An instant, or seconds since the epoch; anything else means now."""
    if isinstance(value, Time):
        return value
    if type(value) in (int, Int64):
        return Time(int(value) * SECOND)
    return Time(run.context.now_ns())


def _date_in_zone(run: Run, layout: str, value: Any, name: str) -> str:
    moment = _moment(run, value)
    try:
        zone = load_zone(name)
    except Fault:
        zone = UTC_ZONE
    return format_time(Time(moment.ns, zone), layout)


def _date(run: Run, layout: str, value: Any) -> str:
    return _date_in_zone(run, layout, value, "UTC")


def _date_modify(run: Run, text: str, moment: Time) -> Time:
    try:
        return _must_date_modify(run, text, moment)
    except Fault:
        return moment


def _must_date_modify(run: Run, text: str, moment: Time) -> Time:
    return Time(moment.ns + parse_duration(text).ns, moment.zone)


def _ago(run: Run, value: Any) -> str:
    elapsed = run.context.now_ns() - _moment(run, value).ns
    seconds = (2 * abs(elapsed) + SECOND) // (2 * SECOND)
    return format_duration(seconds * SECOND if elapsed >= 0 else -seconds * SECOND)


def _duration(run: Run, value: Any) -> str:
    """Seconds as text or int64; other types count as 0, as in sprig."""
    text = value if type(value) is str else ""
    seconds = int(value) if type(value) is Int64 else parse_int(text) or 0
    return format_duration(wrap_int(seconds * SECOND))


def _duration_round(run: Run, value: Any) -> str:
    ns = abs(_length(run, value))
    for unit, seconds in _ROUND_UNITS:
        if ns > seconds * SECOND:
            return f"{ns // (seconds * SECOND)}{unit}"
    return "0s"


def _length(run: Run, value: Any) -> int:
    if type(value) is str:
        try:
            return parse_duration(value).ns
        except Fault:
            return 0
    if type(value) is Int64:
        return int(value)
    return run.context.now_ns() - value.ns if isinstance(value, Time) else 0


def _to_date(run: Run, layout: str, text: str) -> Time:
    try:
        return parse_time(layout, text)
    except Fault:
        return _ZERO


FUNCTIONS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "now": ("", lambda run: Time(run.context.now_ns())),
    "ago": ("any", _ago),
    "date": ("string, any", _date),
    "dateInZone": ("string, any, string", _date_in_zone),
    "date_in_zone": ("string, any, string", _date_in_zone),
    "htmlDate": ("any", lambda run, value: _date(run, _HTML, value)),
    "htmlDateInZone": ("any, string", lambda run, value, zone: _date_in_zone(run, _HTML, value, zone)),
    "dateModify": ("string, time.Time", _date_modify),
    "date_modify": ("string, time.Time", _date_modify),
    "mustDateModify": ("string, time.Time", _must_date_modify),
    "must_date_modify": ("string, time.Time", _must_date_modify),
    "duration": ("any", _duration),
    "durationRound": ("any", _duration_round),
    "toDate": ("string, string", _to_date),
    "mustToDate": ("string, string", lambda run, layout, text: parse_time(layout, text)),
    "unixEpoch": ("time.Time", lambda run, moment: str(moment.ns // SECOND)),
}
