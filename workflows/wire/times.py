"""Times on the wire: RFC 3339 in UTC with whole seconds, as Kubernetes writes them. Not for durations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from workflows.engine.messages import Millis

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(at: Millis | None) -> str | None:
    """``2026-01-31T12:00:00Z`` for milliseconds since the epoch; None stays None, Kubernetes' zero time."""
    if at is None:
        return None
    return (_EPOCH + timedelta(seconds=at // 1000)).strftime("%Y-%m-%dT%H:%M:%SZ")


def millis(text: str) -> Millis:
    """The inverse for any RFC 3339 time; a time without offset is read as UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)
