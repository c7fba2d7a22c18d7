"""When schedules are due: lines, macros, `@every`, several at once, days on which clocks are changed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.engine.cron import Timetable, parse_schedule
from workflows.spec.lint.cron import ScheduleError
from workflows.wire import millis, rfc3339

HOUR = 3_600_000


def slots(text: str, after: str, count: int, zone: str = "") -> list[str | None]:
    table = Timetable([parse_schedule(text, zone=zone)])
    start = millis(after)
    return [rfc3339(slot) for slot in table.first_slots(start, start + 12 * 366 * 24 * HOUR, count)]


@pytest.mark.parametrize(
    ("text", "after", "due"),
    [
        pytest.param("0 3 * * *", "2026-01-01T03:00:00Z", ["2026-01-02T03:00:00Z"], id="later, not equal"),
        pytest.param("0 3 * * *", "2026-01-01T02:59:59Z", ["2026-01-01T03:00:00Z"], id="same day"),
        pytest.param("0 0 29 2 *", "2025-03-01T00:00:00Z", ["2028-02-29T00:00:00Z"], id="leap day"),
        pytest.param("0 0 31 * *", "2026-03-31T00:00:00Z", ["2026-05-31T00:00:00Z"], id="long months only"),
        pytest.param("0 0 30 2 *", "2026-01-01T00:00:00Z", [], id="never"),
        pytest.param(
            "0 12 13 * 5",
            "2026-02-01T00:00:00Z",
            ["2026-02-06T12:00:00Z", "2026-02-13T12:00:00Z"],
            id="day of month or weekday",
        ),
        pytest.param("0 12 * * 1", "2026-02-01T00:00:00Z", ["2026-02-02T12:00:00Z"], id="star and weekday"),
        pytest.param(
            "0 0 */10 * 1",
            "2026-02-03T00:00:00Z",
            ["2026-02-09T00:00:00Z", "2026-02-11T00:00:00Z"],
            id="a stepped star is no star",
        ),
        pytest.param("5/20 1 * * *", "2026-01-01T01:06:00Z", ["2026-01-01T01:25:00Z"], id="from 5 by 20"),
        pytest.param("0 0 1 JAN-mar ?", "2026-02-02T00:00:00Z", ["2026-03-01T00:00:00Z"], id="names"),
        pytest.param("@weekly", "2026-01-01T00:00:00Z", ["2026-01-04T00:00:00Z"], id="weekly"),
        pytest.param("@yearly", "2026-01-01T00:00:00Z", ["2027-01-01T00:00:00Z"], id="yearly"),
        pytest.param(
            "TZ=Asia/Tokyo 0 9 * * *", "2026-01-01T00:00:00Z", ["2026-01-02T00:00:00Z"], id="own zone"
        ),
    ],
)
@pytest.mark.argo("15-schedules")
def test_a_line_is_due(text: str, after: str, due: list[str]) -> None:
    assert slots(text, after, max(len(due), 1)) == due


@pytest.mark.parametrize(
    "text", ["0 0 L * *", "0 0 15W * *", "0 0 * * 5#2", "0 0 * * 7", "0 0 0 * * *", "@reboot"]
)
def test_what_argo_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(ScheduleError):
        parse_schedule(text)


#: zone, line, after, what is due; the first ten rows are those of Argo's page "Daylight Saving"
CHANGES = [
    (
        "America/Los_Angeles",
        "59 1 * * *",
        "2020-03-08T08:00:00Z",
        ["2020-03-08T09:59:00Z", "2020-03-09T08:59:00Z"],
    ),
    (
        "America/Los_Angeles",
        "0 2 * * *",
        "2020-03-08T08:00:00Z",
        ["2020-03-09T09:00:00Z", "2020-03-10T09:00:00Z"],
    ),
    (
        "America/Los_Angeles",
        "1 2 * * *",
        "2020-03-08T08:00:00Z",
        ["2020-03-09T09:01:00Z", "2020-03-10T09:01:00Z"],
    ),
    (
        "America/Los_Angeles",
        "59 1 * * *",
        "2020-11-01T07:00:00Z",
        ["2020-11-01T08:59:00Z", "2020-11-01T09:59:00Z", "2020-11-02T09:59:00Z"],
    ),
    (
        "America/Los_Angeles",
        "0 2 * * *",
        "2020-11-01T07:00:00Z",
        ["2020-11-01T10:00:00Z", "2020-11-02T10:00:00Z"],
    ),
    (
        "America/Los_Angeles",
        "1 2 * * *",
        "2020-11-01T07:00:00Z",
        ["2020-11-01T10:01:00Z", "2020-11-02T10:01:00Z"],
    ),
    ("Europe/Paris", "30 2 * * *", "2026-03-28T12:00:00Z", ["2026-03-30T00:30:00Z"]),
    ("Europe/Paris", "30 2 * * *", "2026-10-24T12:00:00Z", ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]),
    (
        "Australia/Lord_Howe",
        "0 0 * * *",
        "2024-04-05T13:30:00Z",
        ["2024-04-06T13:00:00Z", "2024-04-07T13:30:00Z"],
    ),
    ("America/Sao_Paulo", "0 0 * * *", "2018-11-03T03:00:00Z", ["2018-11-05T02:00:00Z"]),
    ("Pacific/Apia", "0 12 * * *", "2011-12-29T12:00:00Z", ["2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z"]),
    ("Asia/Kolkata", "0 0 * * *", "2026-01-01T00:00:00Z", ["2026-01-01T18:30:00Z"]),
]


@pytest.mark.parametrize(
    ("zone", "text", "after", "due"), CHANGES, ids=[f"{row[0]} {row[1]} {row[2]}" for row in CHANGES]
)
@pytest.mark.argo("15-timezone")
def test_the_clocks_of_a_zone_count(zone: str, text: str, after: str, due: list[str]) -> None:
    assert slots(text, after, len(due), zone) == due


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("@every 1h30m", 5400), ("@every 90s", 90), ("@every 1500ms", 1), ("@every 10ms", 1)],
)
def test_every_counts_from_the_anchor(text: str, seconds: int) -> None:
    every = parse_schedule(text, anchor=1_000_500)

    assert every.next_after(1_000_000) == 1_000_000 + seconds * 1000
    assert every.next_after(1_000_000 - seconds * 1000) == 1_000_000


@pytest.mark.argo("15-schedules")
def test_several_schedules_give_each_slot_once() -> None:
    table = Timetable([parse_schedule("0 */2 * * *"), parse_schedule("0 */3 * * *")])
    start = millis("2026-01-01T00:00:00Z")

    hours = [(slot - start) // HOUR for slot in table.slots(start, start + 12 * HOUR)]

    assert hours == [2, 3, 4, 6, 8, 9, 10, 12]
    assert table.next_after(start + 2 * HOUR) == start + 3 * HOUR


_LINES = st.sampled_from(
    ["*/7 * * * *", "30 2 * * *", "0 0 * * 0", "15 1,2 1-7 * 1", "@hourly", "@every 47m"]
)
_ZONES = st.sampled_from(["UTC", "Europe/Paris", "America/Havana", "Australia/Lord_Howe", "Asia/Beirut"])


@settings(max_examples=60, deadline=None)
@given(_LINES, _ZONES, st.integers(1_500_000_000_000, 1_900_000_000_000), st.integers(0, 72 * HOUR))
def test_two_halves_of_a_time_have_the_slots_of_the_whole(text: str, zone: str, start: int, cut: int) -> None:
    table = Timetable([parse_schedule(text, zone=zone)])
    end = start + 72 * HOUR

    whole = list(table.slots(start, end))

    assert whole == list(table.slots(start, start + cut)) + list(table.slots(start + cut, end))
    assert whole == sorted(set(whole))
