"""The text that Prometheus scrapes."""

from __future__ import annotations

import math

import pytest

from workflows.wire.exposition import Sample, family_text, histogram, number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (3.0, "3"), (-2.5, "-2.5"), (1e-7, "1e-07"), (2.0**53, "9007199254740992.0"),
        (1e300, "1e+300"),
        (math.inf, "+Inf"), (-math.inf, "-Inf"), (True, "1"),
    ],
)  # fmt: skip
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def test_texts_cannot_break_out_of_their_line() -> None:
    text = family_text("m", "gauge", "one\ntwo\\\r", [Sample((("a", 'x"} 9\nm 7\r'),), 1)])

    assert text == '# HELP m one\\ntwo\\\\ \n# TYPE m gauge\nm{a="x\\"} 9\\nm 7 "} 1\n'


def test_a_family_without_samples_is_not_told() -> None:
    assert family_text("m", "gauge", "h", []) == ""


def test_buckets_add_up() -> None:
    samples = histogram((("a", "b"),), (0.5, 2), (3, 0, 4), 12.5)

    assert family_text("m", "histogram", "h", samples).splitlines()[2:] == [
        'm_bucket{a="b",le="0.5"} 3',
        'm_bucket{a="b",le="2"} 3',
        'm_bucket{a="b",le="+Inf"} 7',
        'm_sum{a="b"} 12.5',
        'm_count{a="b"} 7',
    ]
