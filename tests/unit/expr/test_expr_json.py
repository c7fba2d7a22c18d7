"""JSON as Go reads and writes it."""

from __future__ import annotations

import pytest

from workflows.expr import ExprError, format_value
from workflows.expr.errors import Fault
from workflows.expr.gojson import marshal, marshal_indent, unmarshal
from workflows.expr.gotime import Duration, Time
from workflows.expr.values import AnyMap, NilList

#: JSON and how Go writes what it read
ACCEPTED = [
    ('{"a":"\\ud83d\\ude00"}', '{"a":"😀"}'),
    ('"\\ud800x"', '"�x"'),
    ("1.0", "1"),
    ("1E5", "100000"),
    ('{"a":{"b":[1,{"c":null}]}}', '{"a":{"b":[1,{"c":null}]}}'),
    ('"\\/\\b\\f\\n\\r\\t"', '"/\\b\\f\\n\\r\\t"'),
    ('{"b":1,"a":2,"a":3}', '{"a":3,"b":1}'),
    ("123456789012345678901234567890", "1.2345678901234568e+29"),
    ("0.1", "0.1"),
    ("1e-7", "1e-7"),
    ("5e-324", "5e-324"),
    ('"\u2028"', '"\\u2028"'),
    ("-0", "-0"),
    ('"\x7f"', '"\x7f"'),
    ('{"":1}', '{"":1}'),
]
REFUSED = [
    ('{"a":1', "unexpected end of JSON input"),
    ("[1,", "unexpected end of JSON input"),
    ("[1 2]", "invalid character '2' after array element"),
    ('{"a" 1}', "invalid character '1' after object key"),
    ("{a:1}", "invalid character 'a' looking for beginning of object key string"),
    ("tru", "invalid character ' ' in literal true (expecting 'e')"),
    ("truex", "invalid character 'x' after top-level value"),
    ("nul", "invalid character ' ' in literal null (expecting 'l')"),
    ("-", "invalid character ' ' in numeric literal"),
    ("01", "invalid character '1' after top-level value"),
    ("1.", "invalid character ' ' after decimal point in numeric literal"),
    ("1e", "invalid character ' ' in exponent of numeric literal"),
    ('"abc', "unexpected end of JSON input"),
    ('"\\x"', "invalid character 'x' in string escape code"),
    ('"\\u12"', "invalid character '\"' in \\u hexadecimal character escape"),
    ('"\n"', "invalid character '\\n' in string literal"),
    ("[]]", "invalid character ']' after top-level value"),
    ("{}x", "invalid character 'x' after top-level value"),
    ('{"a":1,}', "invalid character '}' looking for beginning of object key string"),
    ("[,]", "invalid character ',' looking for beginning of value"),
    ("'a'", "invalid character '\\'' looking for beginning of value"),
    ("\x01", "invalid character '\\x01' looking for beginning of value"),
    ("é", "invalid character 'Ã' looking for beginning of value"),
    ("", "unexpected end of JSON input"),
    ("  ", "unexpected end of JSON input"),
    ('{"a":1e999}', "json: cannot unmarshal number 1e999 into Go value of type float64"),
    ("1e999", "json: cannot unmarshal number 1e999 into Go value of type float64"),
    ("-1e999", "json: cannot unmarshal number -1e999 into Go value of type float64"),
    ("[1e400]", "json: cannot unmarshal number 1e400 into Go value of type float64"),
    ("nan", "invalid character 'a' in literal null (expecting 'u')"),
    ("NaN", "invalid character 'N' looking for beginning of value"),
    ("Infinity", "invalid character 'I' looking for beginning of value"),
    ("-Infinity", "invalid character 'I' in numeric literal"),
    ('{"a"', "unexpected end of JSON input"),
    ('{"a":', "unexpected end of JSON input"),
    ("{", "unexpected end of JSON input"),
    ("[", "unexpected end of JSON input"),
    ('"', "unexpected end of JSON input"),
    ("t", "invalid character ' ' in literal true (expecting 'r')"),
    ("f", "invalid character ' ' in literal false (expecting 'a')"),
    ("n", "invalid character ' ' in literal null (expecting 'u')"),
    ('{"a":t}', "invalid character '}' in literal true (expecting 'r')"),
    ("[1,2", "unexpected end of JSON input"),
    ("{,}", "invalid character ',' looking for beginning of object key string"),
    ('{"a":1 "b":2}', "invalid character '\"' after object key:value pair"),
    ("[1:2]", "invalid character ':' after array element"),
    ('"a" "b"', "invalid character '\"' after top-level value"),
]


@pytest.mark.parametrize(("text", "expected"), ACCEPTED, ids=[repr(case[0]) for case in ACCEPTED])
def test_json_survives_reading_and_writing_as_in_go(text: str, expected: str) -> None:
    assert marshal(unmarshal(text)) == expected


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[repr(case[0]) for case in REFUSED])
def test_bad_json_has_gos_error(text: str, message: str) -> None:
    with pytest.raises(Fault) as caught:
        unmarshal(text)

    assert caught.value.message == message


def test_lone_surrogates_become_replacement_characters() -> None:
    assert unmarshal('["\\ud800x"]') == ["\ufffdx"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<a&b>", "<a&b>"),
        ({"b": 1, "a": "<"}, '{"a":"\\u003c","b":1}'),
        (3.0, "3"),
        (1e21, "1e+21"),
        (1e-7, "1e-7"),
        (True, "true"),
        ([1, [2.5, None]], "[1,[2.5,null]]"),
        (NilList(), "null"),
        (Time(0), "1970-01-01T00:00:00Z"),
        (Duration(5), "5"),
        (b"hi", "aGk="),
    ],
)
def test_results_become_text_as_gos_json_without_outer_quotes(value: object, expected: str) -> None:
    assert format_value(value) == expected


@pytest.mark.parametrize("value", [float("nan"), float("inf"), AnyMap({1: 2})], ids=repr)
def test_values_json_cannot_hold_are_refused(value: object) -> None:
    with pytest.raises(ExprError, match=r"^json: unsupported"):
        format_value(value)


def test_indented_json_is_gos() -> None:
    assert marshal_indent({"a": [1, {}], "b": []}) == '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}'
