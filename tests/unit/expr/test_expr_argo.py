"""Argo's additions and the shape of its environment: source and result as JSON."""

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

ADDITIONS = [
    ("toJson({a:[1,2],b:'<x>'})", '"{\\"a\\":[1,2],\\"b\\":\\"\\\\u003cx\\\\u003e\\"}"'),
    ("asInt('3')", "3"),
    ("asInt(3.7)", "3"),
    ("asFloat('1.50') * 2", "3"),
    ("jsonpath('{\"a\":[1,2]}','$.a[1]')", "2"),
    ("toJson(inputs.parameters)", '"{\\"absent\\":null,\\"n\\":\\"3\\"}"'),
    ("inputs.parameters", '{"absent":null,"n":"3"}'),
    ("inputs.parameters.n", '"3"'),
    ("inputs.parameters['n']", '"3"'),
    ("inputs.parameters.absent", "null"),
    ("inputs.parameters.absent ?? 'dflt'", '"dflt"'),
    ("inputs.parameters.missing", "null"),
    ("inputs.parameters.missing ?? 'dflt'", '"dflt"'),
    ("steps['a-b'].outputs.result", '"x"'),
    ("steps['a-b'].outputs.parameters.p", '"7"'),
    ("steps['a-b'].outputs", '{"parameters":{"p":"7"},"result":"x"}'),
    ("steps.x?.outputs", "null"),
    ("sprig.upper(unknown)", '""'),
    ("sprig.default('d', unknown)", '"d"'),
    ("'item' in $env", "true"),
    ("$env['item']", '"q"'),
    ("$env.item", '"q"'),
    ("$env?.nope", "null"),
    ("fromJSON(workflow.parameters.json).a.b[2].c", '"d"'),
    ("fromJSON(workflow.parameters.json).s", '"\\u003cx\\u0026y\\u003e"'),
]


@pytest.mark.parametrize(("source", "expected"), ADDITIONS, ids=[case[0] for case in ADDITIONS])
@pytest.mark.argo("6-expr-lang-functions")
def test_additions_give_what_expr_lang_gives(source: str, expected: str) -> None:
    assert marshal(compile_expression(source).evaluate(SCOPE)) == expected
