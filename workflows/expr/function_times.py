"""expr-lang's date functions. Source: language definition, "Date Functions". The clock is the context's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workflows.expr.errors import Fault
from workflows.expr.gotime import UTC_ZONE, Duration, Time, Zone, load_zone, parse_duration
from workflows.expr.operators import as_text
from workflows.expr.run import Run
from workflows.expr.timelayout import RFC822, RFC850, RFC1123, RFC3339
from workflows.expr.timeparse import parse_time

_LAYOUTS: Final = ("2006-01-02", "15:04:05", "2006-01-02 15:04:05", RFC3339, RFC822, RFC850, RFC1123)


def _now(run: Run, *arguments: Any) -> Time:
    moment = Time(run.context.now_ns())
    if not arguments:
        return moment
    if len(arguments) == 1 and isinstance(arguments[0], Zone):
        return Time(moment.ns, arguments[0])
    raise Fault(f"invalid number of arguments (expected 0, got {len(arguments)})")


def _duration(run: Run, text: Any) -> Duration:
    return parse_duration(as_text(text))


def _timezone(run: Run, name: Any) -> Zone:
    return load_zone(as_text(name))


def _date(run: Run, *arguments: Any) -> Time:
    """``date([zone,] text[, layout[, zone name]])``."""
    zone = arguments[0] if isinstance(arguments[0], Zone) else UTC_ZONE
    texts = [as_text(value) for value in (arguments[1:] if isinstance(arguments[0], Zone) else arguments)]
    if not texts:
        raise Fault("runtime error: index out of range [0] with length 0")
    run.text(sum(map(len, texts)))
    if len(texts) == 2:
        return parse_time(texts[1], texts[0], zone)
    if len(texts) == 3:
        return parse_time(texts[1], texts[0], _named_zone(texts[2]))
    return _any_layout(texts[0], zone)


def _named_zone(name: str) -> Zone:
    try:
        return load_zone(name)
    except Fault:
        raise Fault(f"unknown time zone {name}") from None


def _any_layout(text: str, zone: Zone) -> Time:
    for layout in _LAYOUTS:
        try:
            return parse_time(layout, text, zone)
        except Fault:
            continue
    raise Fault(f"invalid date {text}")


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "now": _now,
    "duration": _duration,
    "date": _date,
    "timezone": _timezone,
}
