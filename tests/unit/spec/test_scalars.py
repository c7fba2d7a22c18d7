"""What unquoted scalars mean. Each row is what sigs.k8s.io/yaml makes of the same text."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.spec.conversion import settle
from workflows.spec.scalars import Letter, key_text, resolve, text_of

VALUES: list[tuple[str, Any]] = [
    ("true", True), ("True", True), ("TRUE", True), ("yes", True), ("Yes", True), ("YES", True),
    ("on", True), ("On", True), ("ON", True), ("y", True), ("Y", True),
    ("false", False), ("no", False), ("No", False), ("off", False), ("OFF", False),
    ("n", False), ("N", False),
    ("tRue", "tRue"), ("oN", "oN"), ("yEs", "yEs"),
    ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None), ("nULL", "nULL"), ("nil", "nil"),
    ("0", 0), ("-0", 0), ("12", 12), ("+12", 12), ("-12", -12), ("1_000", 1000), ("1__0", 10), ("_1", "_1"),
    ("012", 10), ("0777", 511), ("0o17", 15), ("0O17", 15), ("-0o7", -7), ("08", 8), ("09.5", 9.5),
    ("0x1F", 31), ("0X1f", 31), ("+0x1F", 31), ("0x_1", 1), ("0x", "0x"),
    ("0b11", 3), ("-0b11", -3), ("0B1", 1), ("0b", "0b"), ("0b2", "0b2"),
    ("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63)),
    ("18446744073709551615", 2**64 - 1), ("+18446744073709551615", 18446744073709551616),
    ("18446744073709551616", 18446744073709551616), ("-9223372036854775809", -9223372036854775808),
    ("1.5", 1.5), ("1.", 1), (".5", 0.5), ("-.5", -0.5), ("+.5", 0.5), ("1e3", 1000), ("1E3", 1000),
    ("1e+3", 1000),
    (".5e3", 500), ("1e-7", 1e-7), ("1e400", "1e400"), ("1_0.5", 10.5), (".3_2", 0.32), ("._3", "._3"),
    ("1e", "1e"), (".e1", ".e1"), (".", "."), ("+", "+"), ("-", "-"), ("1.2.3", "1.2.3"),
    ("12:30:45", "12:30:45"), ("2001-01-01", "2001-01-01"), ("2001-01-01T10:00:00Z", "2001-01-01T10:00:00Z"),
    ("=", "="), ("<<", "<<"), ("Infinity", "Infinity"), ("nan", "nan"), ("text", "text"), ("1a", "1a"),
    ("１２", "１２"), ("1" * 500, "1" * 500),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), VALUES, ids=[repr(text)[:30] for text, _ in VALUES])
def test_scalar_has_the_value_kubernetes_gives_it(text: str, expected: Any) -> None:
    value = settle(resolve(text))

    assert (type(value), value) == (type(expected), expected)


@pytest.mark.parametrize("text", [".inf", "-.inf", ".NaN", "+.INF"])
def test_numbers_that_json_lacks_become_text(text: str) -> None:
    assert settle(resolve(text)) in {"+Inf", "-Inf", "NaN"}


@pytest.mark.parametrize(
    ("value", "text", "any_string"),
    [
        (True, "true", "true"),
        (False, "false", "false"),
        (12, "12", "12"),
        (2**64 - 1, "18446744073709551615", "18446744073709552000"),
        (1.1, "1.1", "1.1"),
        (0.1, "0.1", "0.1"),
        (1000.0, "1000", "1000"),
        (100000.0, "100000", "100000"),
        (1000000.0, "1e+06", "1000000"),
        (1234567.5, "1.2345675e+06", "1234567.5"),
        (16777217.0, "1.6777216e+07", "16777217"),
        (0.0001, "0.0001", "0.0001"),
        (0.00001, "1e-05", "0.00001"),
        (1e21, "1e+21", "1000000000000000000000"),
        (3.5e38, "+Inf", "350000000000000000000000000000000000000"),
        (-1.5, "-1.5", "-1.5"),
        (float("inf"), "+Inf", "+Inf"),
        (float("nan"), "NaN", "NaN"),
    ],
)
def test_numbers_in_text_fields_become_gos_text(value: Any, text: str, any_string: str) -> None:
    assert (text_of(value), text_of(value, any_string=True)) == (text, any_string)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("on", "true"),
        ("n", "false"),
        ("1", "1"),
        ("0x10", "16"),
        ("1.50", "1.5"),
        ("1e10", "1e+10"),
        (".inf", ".inf"),
        ("a", "a"),
        ("~", None),
    ],
)
def test_keys_become_text(text: str, key: str | None) -> None:
    assert key_text(resolve(text)) == key


def test_single_letters_stay_letters_where_text_is_wanted() -> None:
    letters = [resolve(letter) for letter in "yYnN"]

    assert [(str(letter), letter.truth) for letter in letters] == [
        ("y", True),
        ("Y", True),
        ("n", False),
        ("N", False),
    ]
    assert all(isinstance(letter, Letter) for letter in letters)
