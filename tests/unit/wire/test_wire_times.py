"""Times on the wire."""

from __future__ import annotations

import pytest

from workflows.wire.times import millis, rfc3339


@pytest.mark.parametrize(
    ("at", "text"),
    [
        pytest.param(None, None, id="none stays none"),
        pytest.param(0, "1970-01-01T00:00:00Z", id="epoch"),
        pytest.param(
            1_767_225_599_999, "2025-12-31T23:59:59Z", id="parts of a second are cut off, not rounded"
        ),
        pytest.param(253_402_300_799_000, "9999-12-31T23:59:59Z", id="last second Kubernetes can write"),
    ],
)
def test_millis_become_whole_seconds_in_utc(at: int | None, text: str | None) -> None:
    assert rfc3339(at) == text


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param("2025-12-31T23:59:59Z", 1_767_225_599_000, id="utc"),
        pytest.param("2026-01-01T01:59:59.250+02:00", 1_767_225_599_250, id="offset and fraction"),
        pytest.param("2025-12-31T23:59:59", 1_767_225_599_000, id="no offset means utc"),
        pytest.param("2026-01-01", 1_767_225_600_000, id="date alone is its midnight"),
    ],
)
def test_times_are_read(text: str, at: int) -> None:
    assert millis(text) == at


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|month"):
        millis(text)
