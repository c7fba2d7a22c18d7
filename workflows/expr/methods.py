"""Methods of Go's time types, as expressions may call them: ``now().Year()``, ``d.Seconds()``.

Source: the package documentation of Go's ``time``. Each entry has the parameter types, the result
type and what it does; the checker reads the types.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from workflows.expr.gotime import (
    DAY_SECONDS,
    SECOND,
    UTC_ZONE,
    ZERO_SECONDS,
    Duration,
    NamedInt,
    Time,
    Zone,
    civil_of_days,
    days_of_civil,
    from_wall_clock,
    month_value,
    weekday_value,
)
from workflows.expr.signature import checked
from workflows.expr.timelayout import STRING, format_time
from workflows.expr.values import Function, Int64, wrap_int

#: what one call costs; a layout costs a step for each character
_STEPS: Final = 8


class Method(NamedTuple):
    """`parameters` in the notation of `signature`; `call` takes the receiver and the arguments."""

    parameters: str
    result: str
    call: Callable[..., Any]


def _add_date(moment: Time, years: int, months: int, days: int) -> Time:
    year, month, day = moment.civil()
    date = (year + years, month + months, day + days)
    return from_wall_clock(date, moment.clock(), moment.ns % SECOND, moment.zone)


def _iso_week(moment: Time) -> tuple[int, int]:
    days = moment.local_seconds() // DAY_SECONDS
    thursday = days - (days + 3) % 7 + 3
    year = civil_of_days(thursday)[0]
    return year, (thursday - days_of_civil(year, 1, 1)) // 7 + 1


def _round(value: int, step: int) -> int:
    """To the nearest multiple, halves away from zero."""
    if step <= 0:
        return value
    magnitude = (2 * abs(value) + step) // (2 * step) * step
    return -magnitude if value < 0 else magnitude


def _truncate(value: int, step: int) -> int:
    if step <= 0:
        return value
    magnitude = abs(value) // step * step
    return -magnitude if value < 0 else magnitude


def _since_zero(moment: Time) -> int:
    return moment.ns - ZERO_SECONDS * SECOND


def _time_truncate(moment: Time, step: Duration) -> Time:
    return Time(moment.ns - _since_zero(moment) % step.ns, moment.zone) if step.ns > 0 else moment


def _time_round(moment: Time, step: Duration) -> Time:
    if step.ns <= 0:
        return moment
    rest = _since_zero(moment) % step.ns
    return Time(moment.ns - rest + (step.ns if 2 * rest >= step.ns else 0), moment.zone)


def _compare(a: Time, b: Time) -> int:
    return (a.ns > b.ns) - (a.ns < b.ns)


_TIME: Final[dict[str, Method]] = {
    "Year": Method("", "int", lambda t: t.civil()[0]),
    "Month": Method("", "time.Month", lambda t: month_value(t.civil()[1])),
    "Day": Method("", "int", lambda t: t.civil()[2]),
    "Hour": Method("", "int", lambda t: t.clock()[0]),
    "Minute": Method("", "int", lambda t: t.clock()[1]),
    "Second": Method("", "int", lambda t: t.clock()[2]),
    "Nanosecond": Method("", "int", lambda t: t.ns % SECOND),
    "Weekday": Method("", "time.Weekday", lambda t: weekday_value(t.weekday())),
    "YearDay": Method("", "int", lambda t: t.year_day()),
    "ISOWeek": Method("", "int", lambda t: _iso_week(t)[0]),
    "Unix": Method("", "int64", lambda t: Int64(t.ns // SECOND)),
    "UnixMilli": Method("", "int64", lambda t: Int64(t.ns // 1_000_000)),
    "UnixMicro": Method("", "int64", lambda t: Int64(t.ns // 1_000)),
    "UnixNano": Method("", "int64", lambda t: Int64(wrap_int(t.ns))),
    "Format": Method("string", "string", format_time),
    "String": Method("", "string", lambda t: format_time(t, STRING)),
    "In": Method("*time.Location", "time.Time", lambda t, zone: Time(t.ns, zone)),
    "UTC": Method("", "time.Time", lambda t: Time(t.ns, UTC_ZONE)),
    "Local": Method("", "time.Time", lambda t: Time(t.ns, UTC_ZONE)),
    "Location": Method("", "*time.Location", lambda t: t.zone),
    "Zone": Method("", "string", lambda t: t.zone.at(t.ns // SECOND)[0]),
    "Add": Method("time.Duration", "time.Time", lambda t, d: Time(t.ns + d.ns, t.zone)),
    "AddDate": Method("int, int, int", "time.Time", _add_date),
    "Sub": Method("time.Time", "time.Duration", lambda t, u: Duration(t.ns - u.ns)),
    "Before": Method("time.Time", "bool", lambda t, u: t.ns < u.ns),
    "After": Method("time.Time", "bool", lambda t, u: t.ns > u.ns),
    "Equal": Method("time.Time", "bool", lambda t, u: t.ns == u.ns),
    "Compare": Method("time.Time", "int", _compare),
    "IsZero": Method("", "bool", lambda t: _since_zero(t) == 0),
    "Truncate": Method("time.Duration", "time.Time", _time_truncate),
    "Round": Method("time.Duration", "time.Time", _time_round),
}
_DURATION: Final[dict[str, Method]] = {
    "Nanoseconds": Method("", "int64", lambda d: Int64(d.ns)),
    "Microseconds": Method("", "int64", lambda d: Int64(_truncate(d.ns, 1_000) // 1_000)),
    "Milliseconds": Method("", "int64", lambda d: Int64(_truncate(d.ns, 1_000_000) // 1_000_000)),
    "Seconds": Method("", "float64", lambda d: d.ns / SECOND),
    "Minutes": Method("", "float64", lambda d: d.ns / (60 * SECOND)),
    "Hours": Method("", "float64", lambda d: d.ns / (3600 * SECOND)),
    "String": Method("", "string", str),
    "Round": Method("time.Duration", "time.Duration", lambda d, e: Duration(_round(d.ns, e.ns))),
    "Truncate": Method("time.Duration", "time.Duration", lambda d, e: Duration(_truncate(d.ns, e.ns))),
    "Abs": Method("", "time.Duration", lambda d: Duration(abs(d.ns))),
}
_NAMED: Final = {"String": Method("", "string", lambda named: named.text)}
_ZONE: Final = {"String": Method("", "string", lambda zone: zone.name)}

#: Go type name to its methods
METHODS: Final[dict[str, dict[str, Method]]] = {
    "time.Time": _TIME,
    "time.Duration": _DURATION,
    "time.Month": _NAMED,
    "time.Weekday": _NAMED,
    "*time.Location": _ZONE,
}
_BY_CLASS: Final[dict[type, dict[str, Method]]] = {
    Time: _TIME,
    Duration: _DURATION,
    NamedInt: _NAMED,
    Zone: _ZONE,
}


def find_method(value: Any, name: str) -> Function | None:
    """The method bound to `value`, None when its type has none of that name."""
    table = _BY_CLASS.get(type(value)) or getattr(value, "go_methods", {})
    method = table.get(name)
    if method is None:
        return None

    def call(run: Any, *arguments: Any) -> Any:
        run.spend(_STEPS + sum(len(argument) for argument in arguments if isinstance(argument, str)))
        return method.call(value, *arguments)

    bound = checked(method.parameters, call)
    return Function(name, bound, f"func({method.parameters}) {method.result}")
