"""Times and durations as Argo writes them into variables. All times are UTC. Nothing here reads a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from workflows.engine.messages import Millis

SECOND = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORMATS = {"L": "{millis:03d}", "f": "{micros:06d}", "s": "{seconds}"}


def moment(at: Millis) -> datetime:
    return _EPOCH + timedelta(milliseconds=at)


def rfc3339(at: Millis) -> str:
    """Whole seconds, as Kubernetes stores times."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%SZ")


def go_time(at: Millis) -> str:
    """Go's ``%s`` of a time in UTC, whole seconds."""
    return moment(at).strftime("%Y-%m-%d %H:%M:%S +0000 UTC")


def strftime(letter: str, at: Millis) -> str:
    """The value of ``workflow.creationTimestamp.LETTER``."""
    own = _FORMATS.get(letter)
    if own is not None:
        return own.format(millis=at % SECOND, micros=at % SECOND * 1000, seconds=at // SECOND)
    return moment(at).strftime(f"%{letter}")


def format_seconds(millis: Millis) -> str:
    """Go's ``%f`` of seconds."""
    return f"{millis / SECOND:.6f}"


def plain_seconds(millis: Millis) -> str:
    """Go's ``%v`` of seconds: ``2``, ``2.5``."""
    whole, rest = divmod(millis, SECOND)
    return str(whole) if rest == 0 else f"{whole}.{rest:03d}".rstrip("0")


def human_duration(millis: Millis) -> str:
    """A duration for a message: whole units, the two largest, as in ``1 minute 30 seconds``."""
    units = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
    seconds = millis // SECOND
    parts = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'s' if count != 1 else ''}")
    return " ".join(parts[:2]) or "0 seconds"
