"""Properties that hold for any text: an error of the right kind or a value, never anything else."""

from __future__ import annotations

import json
from collections import ChainMap
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.expr import (
    Context,
    ExprError,
    compile_condition,
    compile_expression,
    compile_tree,
    evaluate_when,
    format_value,
    parse_text,
)
from workflows.expr.errors import Fault
from workflows.expr.gojson import marshal, unmarshal
from workflows.expr.limits import Budget
from workflows.expr.regex import Pattern, compile_pattern, pattern
from workflows.expr.syntax.parser import BINARY

SCOPE: dict[str, Any] = {
    "a": "x",
    "b.c": "1",
    "b.d": None,
    "item": 2.0,
    "list": [1.0, "q", None],
    "m": {"k": {"l": 1}},
}
CONTEXT = Context(now_ms=1_700_000_000_000, random=bytes)

FRAGMENTS = [
    "a", "b.c", "b", "item", "list", "m", "m.k", "nope", "1", "0", "-1", "2.5", "'t'", '"u"', "`r`", "b'z'",
    "nil", "true", "false", "[1, 2]", "{k: 1}", "#", "#index", ".k", "(", ")", "[", "]", "{", "}", ",", ";",
    ":", "?", "?.", "let v = 1;", "v", "if true {1} else {2}", "len(", "map(list, ", "filter(1..3, ",
    "sprig.upper(", "asInt(", "toJson(", "jsonpath('[1]', ", "sprig.", "date('2024-01-02')", ".Year()",
    "duration('1h')", "now()", "$env", "sortBy(", "groupBy(", "reduce(", "split(", "fromJSON('[1]')", "not",
    "upper()", "| len()", "matches '('",
    *BINARY,
]  # fmt: skip
expressions = st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(" ".join)
CONDITION_FRAGMENTS = [
    "a", "b.C", "'x'", '"2024-01-02"', "1", "0x1F", "1.5", "true", "false", "(", ")", "[p q]", ",", "in",
    "\\", "==", "!=", ">", "<", ">=", "<=", "=~", "!~", "&&", "||", "!", "-", "~", "+", "*", "/", "%", "**",
    "&", "|", "^", "<<", ">>", "?", ":", "??", "'('",
]  # fmt: skip
conditions = st.lists(st.sampled_from(CONDITION_FRAGMENTS), max_size=10).map(" ".join)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)

Failure = TypeVar("Failure", bound=Exception)


def failure(kind: type[Failure], action: Callable[[], object]) -> Failure | None:
    """The error of this kind that the action ends with; any other error is the test's."""
    try:
        action()
    except kind as error:
        return error
    return None


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60) | expressions)
def test_any_text_is_an_expression_or_an_expr_error(source: str) -> None:
    error = failure(ExprError, lambda: format_value(compile_expression(source).evaluate(SCOPE, CONTEXT)))

    assert error is None or error.code in ("expression-syntax", "expression-evaluation", "expression-limit")
    assert error is None or error.position is None or 0 <= error.position <= len(source)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | conditions)
def test_any_text_is_a_condition_or_an_expr_error(source: str) -> None:
    quoted = failure(ExprError, lambda: compile_condition(source, bare_words=False).evaluate())
    bare = failure(ExprError, lambda: evaluate_when(source))

    assert all(error is None or error.message for error in (quoted, bare))


TAG_FRAGMENTS = ["{{", "}}", "{{=", "a", "b.c", " ", "x", "{{a}}", "1+1"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TAG_FRAGMENTS), max_size=14).map("".join))
def test_any_text_with_braces_renders_or_fails_with_an_expr_error(source: str) -> None:
    rendered: list[str] = []
    error = failure(ExprError, lambda: rendered.append(parse_text(source).render(SCOPE)))

    assert error is not None or isinstance(rendered[0], str)
    assert error is not None or not parse_text(source).is_constant or rendered == [source]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab(|)*+?[]^$.\\{}2,dwb", max_size=14), st.text(alphabet="ab2 \n", max_size=12))
def test_both_pattern_engines_find_the_same(source: str, text: str) -> None:
    fault = failure(Fault, lambda: compile_pattern(source))
    if fault is not None:
        assert fault.message.startswith("error parsing regexp: ")
        return

    quick = compile_pattern(source).find_all(text, -1, Budget())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pattern, "_BACKTRACKING", -1)
        assert Pattern(source).find_all(text, -1, Budget()) == quick


@settings(max_examples=200, deadline=None)
@given(json_values)
def test_json_is_read_as_it_was_written(value: Any) -> None:
    assert unmarshal(marshal(value)) == json.loads(json.dumps(value), parse_int=float)


@settings(max_examples=200, deadline=None)
@given(json_values)
def test_a_tree_without_tags_renders_to_itself(value: Any) -> None:
    tree = compile_tree(value)

    if tree.is_constant:
        assert tree.render({}) is value


KEYS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map(".".join)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEYS, st.integers()), st.integers(0, 3))
def test_layers_make_no_difference_to_what_an_expression_sees(values: dict[str, int], split: int) -> None:
    items = list(values.items())
    layered = ChainMap(dict(items[:split]), dict(items[split:]))

    for source in ("$env.a", "$env?.b", "$env['c']?.a", "keys($env)"):
        results = []
        for scope in (values, layered):
            try:
                results.append(compile_expression(source).evaluate(scope))
            except ExprError as error:
                results.append(error.message)
        assert results[0] == results[1]
