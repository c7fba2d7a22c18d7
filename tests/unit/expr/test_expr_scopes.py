"""Scopes: flat keys, the nested maps expressions see, and the names an expression uses."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from workflows.expr import ExprError, compile_expression, evaluate_bool, resolve_reference
from workflows.expr.errors import UnresolvedError

KEYS: dict[str, Any] = {
    "workflow.name": "wf",
    "inputs.parameters": '[{"name":"a"}]',
    "inputs.parameters.a": "1",
    "inputs.parameters.a-b": "2",
    "inputs.parameters.none": None,
    "item": '{"k":"v"}',
    "item.k": "v",
    "data": {"x": {"y": 1}},
}


class Bare(Mapping[str, Any]):
    """A mapping with nothing but what Mapping demands."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Indexed(Bare):
    """A mapping that knows which keys have others below them, and whose keys may not be searched for that."""

    def has_children(self, key: str) -> bool:
        return key in {"workflow", "inputs", "inputs.parameters", "item"}


def halves() -> tuple[dict[str, Any], dict[str, Any]]:
    items = list(KEYS.items())
    return dict(items[::2]), dict(items[1::2])


SCOPES: dict[str, Mapping[str, Any]] = {
    "dict": KEYS,
    "bare mapping": Bare(KEYS),
    "chain map": ChainMap(*halves()),
    "indexed mapping": Indexed(KEYS),
}

VALUES: list[tuple[str, Any]] = [
    ("workflow.name", "wf"),
    ("inputs.parameters.a", "1"),
    ("inputs.parameters['a-b']", "2"),
    ("inputs['parameters'].a", "1"),
    ("inputs.parameters", {"a": "1", "a-b": "2", "none": None}),
    ("inputs", {"parameters": {"a": "1", "a-b": "2", "none": None}}),
    ("inputs.parameters[workflow.name == 'wf' ? 'a' : 'b']", "1"),
    ("inputs.parameters.none", None),
    ("inputs.parameters.missing", None),
    ("inputs.missing", None),
    ("item", {"k": "v"}),
    ("item.k", "v"),
    ("data.x.y", 1),
    ("data['x']", {"y": 1}),
    ("data.z", None),
    ("keys(inputs.parameters)", ["a", "a-b", "none"]),
    ("'item' in $env", True),
    ("$env['workflow'].name", "wf"),
    ("let p = inputs.parameters; p.a + p['a-b']", "12"),
]


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
@pytest.mark.parametrize(("source", "expected"), VALUES, ids=[case[0] for case in VALUES])
@pytest.mark.argo("6-expression-env-shape")
def test_every_kind_of_scope_shows_the_same_nested_maps(
    source: str, expected: Any, scope: Mapping[str, Any]
) -> None:
    assert compile_expression(source).evaluate(scope) == expected


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_a_first_name_that_no_key_begins_with_is_unknown(scope: Mapping[str, Any]) -> None:
    with pytest.raises(ExprError) as caught:
        compile_expression("true || steps.a.status == 'x'").evaluate(scope)

    assert caught.value.detail == "unknown name steps"


def test_a_scope_that_knows_its_children_is_not_searched() -> None:
    class Unsearchable(Indexed):
        def __iter__(self) -> Iterator[str]:
            raise AssertionError("searched")

    source = "item.k + inputs.parameters['a'] + (inputs.parameters.missing ?? '') + data.y"

    with pytest.raises(AssertionError, match="searched"):
        compile_expression("keys(inputs)").evaluate(Unsearchable(KEYS))
    with pytest.raises(ExprError, match="<nil>"):
        compile_expression(source).evaluate(Unsearchable(KEYS))


def test_a_key_between_a_name_and_its_children_changes_nothing() -> None:
    scope = {"a": "leaf", "a-b": "other", "a.b": "child"}

    assert compile_expression("a").evaluate(scope) == {"b": "child"}


def test_values_of_the_scope_are_never_changed() -> None:
    scope: dict[str, Any] = {"data": {"x": 1}}

    result = compile_expression("sprig.set(data, 'y', 2)").evaluate(scope)

    assert (result, scope) == ({"x": 1, "y": 2}, {"data": {"x": 1}})


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("steps.a.outputs.result", {"steps.a.outputs.result"}),
        ("steps['a-b'].status == 'x' && item", {"steps.a-b.status", "item"}),
        ("steps[inputs.parameters.n].status", {"steps", "inputs.parameters.n"}),
        ("sprig.upper(item) + asInt(retries)", {"item", "retries"}),
        ("let x = item; x + y", {"item", "y"}),
        ("map(xs, #.a + b)", {"xs", "b"}),
        ("a?.b?.c ?? d", {"a.b.c", "d"}),
        ("$env['n'] + $env.m", {"n", "m"}),
        ("now().Year()", set()),
        ("a.Succeeded && !(b.Failed)", {"a.Succeeded", "b.Failed"}),
    ],
)
def test_names_are_the_dotted_references(source: str, names: set[str]) -> None:
    assert compile_expression(source).names == names


@pytest.mark.parametrize(
    ("source", "identifiers"),
    [
        ("a.b.c", ("a", "a.b", "a.b.c")),
        ("a.b ?? c", ("a", "c")),
        ("a.b?.c", ("a",)),
        ("asInt(a.b)", ("a", "a.b")),
    ],
)
def test_identifiers_leave_out_what_is_guarded(source: str, identifiers: tuple[str, ...]) -> None:
    assert compile_expression(source).identifiers == identifiers


def test_missing_names_are_those_that_lead_nowhere() -> None:
    expression = compile_expression(
        "inputs.parameters.none + workflow.zz + data.x.y + steps.a + sprig.upper('')"
    )

    assert expression.missing(KEYS) == ["workflow.zz", "steps", "steps.a"]


def test_types_are_checked_again_for_each_scope() -> None:
    expression = compile_expression("item == 1")

    assert expression.problem is None
    assert expression.evaluate({"item": 1}) is True
    with pytest.raises(ExprError, match="mismatched types string and int"):
        expression.evaluate({"item": "1"})
    assert expression.evaluate({"item": 1.0}) is True


@pytest.mark.parametrize("source", ["1 + 'a'", "upper(1)", "'a' matches '['", "len(1)", "now().Nope()"])
def test_mistakes_that_no_scope_can_mend_are_known_early(source: str) -> None:
    assert compile_expression(source).problem is not None


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("1 +", "unexpected token EOF (1:3)\n | 1 +\n | ..^"),
        ("zz", "unknown name zz (1:1)\n | zz\n | ^"),
        (
            "asInt('x') == 1",
            "unable to evaluate expression 'asInt('x') == 1': invalid operation: int(x) (1:1)\n"
            " | asInt('x') == 1\n | ^",
        ),
        ("item", "unable to cast expression result 'q' to bool"),
        ("1 + 1", "unable to cast expression result '%!s(int=2)' to bool"),
        ("nil", "unable to cast expression result '%!s(<nil>)' to bool"),
    ],
)
def test_a_boolean_is_demanded_in_argos_words(source: str, message: str) -> None:
    with pytest.raises(ExprError) as caught:
        evaluate_bool(source, {"item": "q"})

    assert caught.value.message == message


def test_depends_like_scopes_work_with_booleans() -> None:
    scope = {"a_b.Succeeded": True, "a_b.Failed": False, "c.Succeeded": False}

    assert evaluate_bool("(a_b.Succeeded || a_b.Failed) && !c.Succeeded", scope) is True


def test_a_long_chain_of_operators_is_no_deep_nesting() -> None:
    scope = {f"t{i}.Succeeded": True for i in range(2_000)}

    assert evaluate_bool(" && ".join(scope), scope) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{item.k}}", ("item.k", "v")),
        ("{{ item.k }}", ("item.k", "v")),
        ("item.k", ("item.k", "v")),
        ("{{data}}", ("data", {"x": {"y": 1}})),
        ("{{=data.x.y + 1}}", ("=data.x.y + 1", 2)),
        ("{{inputs.parameters.none}}", ("inputs.parameters.none", None)),
    ],
)
def test_references_give_values_as_they_are(text: str, expected: tuple[str, Any]) -> None:
    assert resolve_reference(text, KEYS) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{zz}}", 'Unable to resolve: "zz"'),
        ("{{=1 +}}", 'Unable to compile: "1 +"'),
        ("{{=zz}}", 'Unable to compile: "zz"'),
        ("{{=asInt('x')}}", "Invalid expression: \"asInt('x')\""),
        ("{{=nil}}", 'Unable to resolve: "=nil"'),
    ],
)
def test_references_that_cannot_be_resolved_say_so(text: str, message: str) -> None:
    with pytest.raises(ExprError) as caught:
        resolve_reference(text, KEYS)

    assert caught.value.message == message


def test_an_unresolved_reference_names_the_variable() -> None:
    with pytest.raises(UnresolvedError) as caught:
        resolve_reference("{{ steps.a.outputs.result }}", KEYS)

    assert caught.value.name == "steps.a.outputs.result"
