"""Hostile texts end soon and say that a limit stopped them."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.expr import (
    LIMITS,
    Context,
    ExprError,
    compile_expression,
    evaluate_when,
    parse_text,
)
from workflows.expr.cache import TextCache
from workflows.expr.errors import Fault
from workflows.expr.limits import Budget

CONTEXT = Context(now_ms=0, random=bytes)

#: expressions that parse, and would take for ever or eat the memory
RUNNING = {
    "range": "1..999999999",
    "map of a large range": "map(1..999998, #)",
    "nested maps": "map(1..1000, map(1..1000, map(1..1000, #)))",
    "nested sums": "sum(1..100000, {sum(1..100000, #)})",
    "repeat": "repeat(repeat('x', 1000), 100000)",
    "doubling text": "reduce(1..100, #acc + #acc, 'a')",
    "doubling list": "reduce(1..100, concat(#acc, #acc), [1])",
    "sprig repeat": "sprig.repeat(1000000000, 'x')",
    "sprig indent": "sprig.indent(1000000000, 'x')",
    "sprig until": "sprig.until(1000000000)",
    "sprig seq": "sprig.seq(1000000000)",
    "replace": "replace(repeat('a', 100000), 'a', repeat('b', 10000))",
    "replace in a loop": "reduce(1..100000, replace(#acc, 'a', 'b'), repeat('a', 1000000))",
    "join": "join(map(1..1000, 'x'), repeat('y', 10000))",
    "deep list to JSON": "toJSON(reduce(1..10000, [#acc], 1))",
    "deep list to text": "string(reduce(1..10000, [#acc], 1))",
    "deep lists compared": "reduce(1..10000, [#acc], 1) == reduce(1..10000, [#acc], 1)",
    "deep list flattened": "flatten(reduce(1..10000, [#acc], [1]))",
    "shared list to JSON": "toJSON(reduce(1..60, [#acc, #acc], 1))",
    "shared list to text": "string(reduce(1..60, [#acc, #acc], 1))",
    "shared lists compared": (
        "let a = reduce(1..60, [#acc, #acc], 1); let b = reduce(1..60, [#acc, #acc], 1); a == b"
    ),
    "shared list copied": "sprig.deepCopy(reduce(1..60, [#acc, #acc], [1]))",
    "shared list maximum": "max(reduce(1..60, [#acc, #acc], [1]))",
    "shared lists made unique": "uniq([reduce(1..60, [#acc, #acc], [1]), reduce(1..60, [#acc, #acc], [1])])",
    "polynomial pattern": "repeat('a', 100000) matches 'a*a*a*a*b'",
    "patterns in a loop": "map(1..100000, sprig.regexReplaceAll('(a|b)+', 'aaaaaaaaaaaaaaaaaaaa', 'b'))",
    "sorting": "sortBy(1..300000, 1)",
    "making unique": "uniq(1..100000)",
    "in": "filter(1..30000, # in 1..30000)",
    "deep JSON": "fromJSON(repeat('[', 100000))",
    "JSON in a loop": "map(1..1000, toJSON(1..1000))",
    "JSONPath nesting": "jsonpath('[]', '$' + repeat('[?(@', 50) + repeat(')]', 50))",
    "JSONPath length": "jsonpath('[]', '$' + repeat('.a', 500000))",
    "JSONPath descending": "jsonpath(repeat('[', 60) + repeat(']', 60), '$' + repeat('..*', 20))",
    "layout": "date(repeat('1', 1000000), repeat('2006', 100000))",
    "splitting": "map(1..1000, split(repeat('x', 10000), ''))",
    "words": "map(1..1000, sprig.snakecase(repeat('aB', 10000)))",
    "wrapping": "sprig.wrapWith(1, repeat('y', 1000), repeat('x', 10000))",
    "hashing": "map(1..1000, sprig.sha256sum(repeat('x', 1000000)))",
    "random text": "sprig.randAlphaNum(1000000)",
    "shuffling": "sprig.shuffle(repeat('x', 1000000))",
    "maps copied in a loop": "map(1..300000, sprig.set({'a': 1}, 'b', 2))",
}
#: expressions that are refused before they run
REFUSED = {
    "brackets": "(" * 5000 + "1" + ")" * 5000,
    "negations": "!" * 5000 + "true",
    "lists": "[" * 5000 + "]" * 5000,
    "ternaries": "false ? 1 : " * 3000 + "2",
    "members": "a" + ".b" * 3000,
    "optional members": "a" + "?.b" * 3000,
    "pipes": "'a'" + " | upper()" * 3000,
    "negated operators": "1" + " not in [1]" * 2000,
    "variables": "".join(f"let a{i} = {i};" for i in range(2000)) + "1",
    "branches": "if false {1} else " * 2000 + "{2}",
    "arguments": "len(" + ",".join(["1"] * 6000) + ")",
    "length": "1+" * 40000 + "1",
}


def code_of(source: str, scope: dict[str, Any]) -> str:
    with pytest.raises(ExprError) as caught:
        compile_expression(source).evaluate(scope, CONTEXT)
    return caught.value.code


@pytest.mark.parametrize("source", RUNNING.values(), ids=RUNNING)
def test_a_greedy_expression_is_stopped(source: str) -> None:
    assert code_of(source, {}) == "expression-limit"


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED)
def test_an_expression_that_is_too_large_is_refused(source: str) -> None:
    assert code_of(source, {"a.b": None}) == "expression-limit"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("len(1..999998)", 999998),
        ("+".join(["1"] * 4000), 4000),
        ("len(repeat('x', 1000000))", 1_000_000),
        ("repeat('a', 5000) matches '(a+)+$b'", False),
        ("2 ** 1e300", float("inf")),
        ("bitshl(1, 9223372036854775807)", 0),
    ],
    ids=["range", "sum", "text", "pattern", "power", "shift"],
)
def test_what_stays_below_the_limits_works(source: str, expected: object) -> None:
    assert compile_expression(source).evaluate({}) == expected


@pytest.mark.parametrize(
    "when",
    ["(" * 5000 + "true" + ")" * 5000, "!(" * 2000 + "true" + ")" * 2000, "a == a " + " && a == a" * 10000],
    ids=["brackets", "negations", "length"],
)
def test_conditions_that_are_too_large_are_refused(when: str) -> None:
    with pytest.raises(ExprError) as caught:
        evaluate_when(when)

    assert caught.value.code == "expression-limit"
    assert len(caught.value.message) < 2_000


@pytest.mark.parametrize(
    "text", ["{{" * 30000, "{{" * 30 + "a" + "}}" * 30, "{{a}}" * 20000], ids=["open", "nested", "many"]
)
def test_texts_with_too_many_tags_are_refused(text: str) -> None:
    with pytest.raises(ExprError) as caught:
        parse_text(text)

    assert caught.value.code == "expression-limit"


def test_a_rendered_text_may_not_grow_without_end() -> None:
    with pytest.raises(ExprError) as caught:
        parse_text("{{a}}" * 5000).render({"a": "x" * 1000})

    assert caught.value.code == "expression-limit"


def test_limits_are_errors_even_where_failures_are_forgiven() -> None:
    with pytest.raises(ExprError) as caught:
        parse_text("{{=1..999999999}}").render({})

    assert caught.value.code == "expression-limit"


def test_messages_show_a_window_of_a_long_line() -> None:
    source = "1 + " * 2_000 + "asInt('x')"

    with pytest.raises(ExprError) as caught:
        compile_expression(source).evaluate({})

    assert len(caught.value.message) < 1_000
    assert caught.value.position == 8_000


def test_a_budget_is_spent_once_and_for_all() -> None:
    budget = Budget(steps=10, items=10)
    budget.spend(4)
    budget.allocate(5)

    with pytest.raises(Fault, match="step limit exceeded"):
        budget.spend(7)
    with pytest.raises(Fault, match="memory budget exceeded"):
        budget.allocate(5)
    with pytest.raises(Fault, match="exceeds the limit"):
        budget.text(LIMITS.text + 1)


def test_the_cache_drops_the_oldest_texts() -> None:
    made: list[str] = []
    cache = TextCache(lambda text: made.append(text) or text.upper(), characters=40)

    results = [
        cache.get(text) for text in ("aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd", "eeeeeeee", "aaaaaaaa")
    ]

    assert results[-1] == "AAAAAAAA"
    assert made.count("aaaaaaaa") == 2
    assert len(cache) <= 4


def test_the_cache_does_not_keep_what_is_too_long() -> None:
    cache = TextCache(str.upper, characters=40)

    assert (cache.get("x" * 20), len(cache)) == ("X" * 20, 0)
