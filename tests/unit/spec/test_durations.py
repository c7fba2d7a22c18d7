"""Durations, with the texts Go has for what is none."""

from __future__ import annotations

import pytest

from workflows.spec import DurationError, parse_duration, parse_go_duration


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("20", 20_000),
        ("-5", -5_000),
        ("+3", 3_000),
        ("0", 0),
        ("1h30m", 5_400_000),
        ("1.5s", 1_500),
        (".5s", 500),
        ("1.s", 1_000),
        ("100ms", 100),
        ("100us", 0),
        ("100µs", 0),
        ("1500000ns", 1),
        ("1m.5s", 60_500),
        ("-1.5h", -5_400_000),
        ("+1m", 60_000),
        ("2540400h", 9_145_440_000_000),
    ],
)
@pytest.mark.argo("9-durations")
def test_durations_in_milliseconds(text: str, milliseconds: int) -> None:
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", 'time: invalid duration ""'),
        ("abc", 'time: invalid duration "abc"'),
        ("s", 'time: invalid duration "s"'),
        (".s", 'time: invalid duration ".s"'),
        ("1d", 'time: unknown unit "d" in duration "1d"'),
        ("1h1", 'time: missing unit in duration "1h1"'),
        ("1..s", 'time: missing unit in duration "1..s"'),
        ("1 s", 'time: unknown unit " s" in duration "1 s"'),
        ("3000000h", 'time: invalid duration "3000000h"'),
        ("9" * 200 + "s", f'time: invalid duration "{"9" * 100}"'),
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_duration_has_gos_text(text: str, said: str) -> None:
    with pytest.raises(DurationError) as caught:
        parse_go_duration(text)
    assert caught.value.message == said

    with pytest.raises(DurationError) as caught:
        parse_duration(text)
    assert caught.value.message == f"unable to parse {text[:100]} as a duration: {said}"


def test_a_bare_number_needs_a_unit_where_go_reads_it() -> None:
    with pytest.raises(DurationError, match="missing unit"):
        parse_go_duration("20")


def test_seconds_beyond_gos_range_are_refused() -> None:
    with pytest.raises(DurationError, match="out of range"):
        parse_duration("9" * 30)
