"""Schedules, with the texts robfig/cron has for what is none."""

from __future__ import annotations

import pytest

from workflows.spec.lint.cron import ScheduleError, check_schedule, is_time_zone


@pytest.mark.parametrize(
    "text",
    [
        "* * * * *",
        "0 3 * * *",
        "*/5 * * * *",
        "0-30/10 * * * *",
        "5/15 * * * *",
        "0 0 1,15 * 3",
        "? ? ? ? ?",
        "0 0 * JAN-mar sun",
        "0  0\t* * 1-5",
        "@hourly",
        "@daily",
        "@midnight",
        "@weekly",
        "@monthly",
        "@yearly",
        "@annually",
        "@every 1h30m",
        "TZ=UTC 0 0 * * *",
        "CRON_TZ=Europe/Paris @daily",
        "0,,1 * * * *",
    ],
)
@pytest.mark.argo("15-schedules")
def test_schedules_are_accepted(text: str) -> None:
    check_schedule(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty spec string"),
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("0 0 0 * * *", "expected exactly 5 fields, found 6: [0 0 0 * * *]"),
        ("60 * * * *", "end of range (60) above maximum (59): 60"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("* * * * 7", "end of range (7) above maximum (6): 7"),
        ("5-3 * * * *", "beginning of range (5) beyond end of range (3): 5-3"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("*/2/3 * * * *", "too many slashes: */2/3"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("a * * * *", 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'),
        ("@often", "unrecognized descriptor: @often"),
        ("@every x", 'failed to parse duration @every x: time: invalid duration "x"'),
        ("TZ=Nowhere/Land * * * * *", "provided bad location Nowhere/Land: unknown time zone Nowhere/Land"),
    ],
)
def test_what_is_no_schedule_is_told_in_cron_words(text: str, said: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        check_schedule(text)

    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Europe/Paris", True),
        ("UTC", True),
        ("Local", True),
        ("", True),
        ("Mars/Base", False),
        ("../etc/passwd", False),
    ],
)
@pytest.mark.argo("15-timezone")
def test_time_zones(name: str, known: bool) -> None:
    assert is_time_zone(name) is known
