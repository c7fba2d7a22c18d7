"""Dates, durations and zones: source and result as JSON."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.expr import compile_expression
from workflows.expr.gojson import marshal

SCOPE: dict[str, Any] = {
    "foo": {"Bar": "bar", "Qux": None, "n": 3.5},
    "list": [1.0, 2.0, 3.0],
    "strs": ["a", "b", "c"],
    "item": "q",
    "num": 5.0,
    "yes": True,
    "nothing": None,
    "steps.a-b.outputs.result": "x",
    "steps.a-b.outputs.parameters.p": "7",
    "inputs.parameters": "[]",
    "inputs.parameters.n": "3",
    "inputs.parameters.absent": None,
    "objs": [{"a": 1.0, "b": "x"}, {"a": 2.0, "b": "y"}],
    "workflow.parameters.json": '{"a":{"b":[1,2,{"c":"d"}]},"s":"<x&y>"}',
}

DATES = [
    ("type(duration('1h'))", '"time.Duration"'),
    ("duration('1h30m')", "5400000000000"),
    ("duration('1h').Seconds()", "3600"),
    ("duration('1h').Minutes()", "60"),
    ("duration('1h') + duration('30m')", "5400000000000"),
    ("duration('1h') > duration('30m')", "true"),
    ("duration('1h') * 2", "7200000000000"),
    ("date('2023-08-14')", '"2023-08-14T00:00:00Z"'),
    ("date('2023-08-14').Year()", "2023"),
    ("date('2023-08-14').Month()", "8"),
    ("date('2023-08-14').Weekday()", "1"),
    ("date('2023-08-14T00:00:00Z')", '"2023-08-14T00:00:00Z"'),
    ("date('2023-08-14 00:00:00','2006-01-02 15:04:05','Europe/Zurich')", '"2023-08-14T00:00:00+02:00"'),
    ("date('2023-08-14 00:00:00','2006-01-02 15:04:05','Europe/Zurich').Unix()", "1691964000"),
    ("date('2023-08-14') - date('2023-08-13')", "86400000000000"),
    ("date('2023-08-14') + duration('1h')", '"2023-08-14T01:00:00Z"'),
    ("date('2023-08-14') > date('2023-08-13')", "true"),
    ("date('15:04:05')", '"0000-01-01T15:04:05Z"'),
    ("date('2023-08-14').Format('Jan 2, 2006')", '"Aug 14, 2023"'),
    ("date('2023-08-14').AddDate(0,1,0)", '"2023-09-14T00:00:00Z"'),
    ("timezone('Europe/Zurich')", "{}"),
    ("date('2023-08-14').In(timezone('Europe/Zurich'))", '"2023-08-14T02:00:00+02:00"'),
    ("string(date('2023-08-14').Month())", '"August"'),
    ("date('2023-08-14').Unix() + 1", "1691971201"),
    ("type(date('2023-08-14').Unix())", '"int"'),
    ("int(date('2023-08-14').Month())", "8"),
    ("string(duration('1h'))", '"1h0m0s"'),
    ("toJSON(duration('1h'))", '"3600000000000"'),
    ("toJSON(date('2023-08-14'))", '"\\"2023-08-14T00:00:00Z\\""'),
    ("date('2023-08-14').Zone()", '"UTC"'),
    ("date('2023-08-14').ISOWeek()", "2023"),
    ("date('2023-08-14').Add(duration('90m')).Format('15:04')", '"01:30"'),
    ("date('2023-08-14').Truncate(duration('24h'))", '"2023-08-14T00:00:00Z"'),
]


@pytest.mark.parametrize(("source", "expected"), DATES, ids=[case[0] for case in DATES])
def test_dates_give_what_expr_lang_gives(source: str, expected: str) -> None:
    assert marshal(compile_expression(source).evaluate(SCOPE)) == expected
