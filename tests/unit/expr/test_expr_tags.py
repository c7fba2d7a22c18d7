"""Tags in texts: what is replaced, what stays, what is an error, under each strictness."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.expr import (
    LENIENT,
    STRICT,
    Context,
    ExprError,
    Strictness,
    UnresolvedError,
    parse_text,
    strict_for,
)

PREFIXES = strict_for("steps", "tasks")
SCOPE: dict[str, Any] = {
    "inputs.parameters": '[{"name":"a"}]',
    "inputs.parameters.a": "1",
    "workflow.parameters.which": "n",
    "workflow.parameters.n": "2",
    "steps.a.outputs.result": 'q"z\n<x>&',
    "steps.b.outputs.parameters.x": None,
    "node.name": "wf",
    "pod.name": "p",
    "map": {"k": "v"},
    "number": 3.0,
    "emoji": "😀",
    "brace": "{{pod.name}}",
}

#: text and what it becomes whatever the strictness
ALWAYS = [
    ("plain", "plain"),
    ("", ""),
    ("{{inputs.parameters.a}}", "1"),
    ("x {{inputs.parameters.a}} y {{ node.name }}", "x 1 y wf"),
    ("{{inputs.parameters}}", '[{"name":"a"}]'),
    ("{{steps.a.outputs.result}}", 'q"z\n<x>&'),
    ("{{emoji}}", "😀"),
    ("{{brace}}", "{{pod.name}}"),
    ("{{workflow.parameters.{{workflow.parameters.which}}}}", "2"),
    ("}} {{inputs.parameters.a}}", "}} 1"),
    ("{{unclosed", "{{unclosed"),
    ("{{unclosed {{pod.name}}", "{{unclosed p"),
    ("{{=unclosed", "{{=unclosed"),
    ("{{=inputs.parameters.a}}", "1"),
    ("{{= asInt(inputs.parameters.a) + 1 }}", "2"),
    ("{{=inputs.parameters}}", '{"a":"1"}'),
    ("{{=inputs.parameters.zz ?? 'd'}}", "d"),
    ("{{=steps.b.outputs.parameters.x ?? 'dflt'}}", "dflt"),
    ("{{=steps.a.outputs.result}}", 'q"z\n<x>&'),
    ("{{=toJson(steps.a.outputs.result)}}", '"q\\"z\\n\\u003cx\\u003e\\u0026"'),
    ("{{={'a': '<'}}}", None),
    ("{{={'a': '<'} }}", '{"a":"\\u003c"}'),
    ("{{=1..3}}", "[1,2,3]"),
    ("{{=asFloat('1.50') * 2}}", "3"),
    ("{{=1.5}}", "1.5"),
    ("{{=true}}", "true"),
    ("x{{=''}}y", "xy"),
    ("{{=date('2023-01-02')}}", "2023-01-02T00:00:00Z"),
    ("{{=map.k}}{{=number + 1}}", "v4"),
    ("{{=now().Year()}}", "1970"),
]
#: text and the error it gives whatever the strictness
NEVER = [
    (
        "{{steps.b.outputs.parameters.x}}",
        "unable to substitute {{steps.b.outputs.parameters.x}}: "
        "output is an absent optional (skipped/omitted node with no default)",
    ),
    (
        "{{zz.{{steps.b.outputs.parameters.x}}}}",
        "unable to substitute nested tag {{zz.{{steps.b.outputs.parameters.x}}: "
        '"steps.b.outputs.parameters.x" is an absent optional',
    ),
    ("{{map}}", "failed to resolve {{map}} to string"),
    ("{{number}}", "failed to resolve {{number}} to string"),
    ("{{=1+}}", "failed to evaluate expression: unexpected token EOF (1:2)\n | 1+\n | .^"),
    ("{{=}}", "failed to evaluate expression: unexpected token EOF"),
]
#: text, what it becomes when lenient, its error under prefixes, its error when strict (None: stays)
DEPENDING: list[tuple[str, str | None, str | None]] = [
    ("{{unknown}}", None, "failed to resolve {{unknown}}"),
    ("{{ other.language }}", None, "failed to resolve {{ other.language }}"),
    ("{{stepsX.zz}}", None, "failed to resolve {{stepsX.zz}}"),
    ("{{steps}}", "failed to resolve {{steps}}", "failed to resolve {{steps}}"),
    ("{{tasks.zz.status}}", "failed to resolve {{tasks.zz.status}}", "failed to resolve {{tasks.zz.status}}"),
    ("{{steps.zz.outputs.artifacts.f}}", None, "failed to resolve {{steps.zz.outputs.artifacts.f}}"),
    ("{{ =inputs.parameters.a}}", None, "failed to resolve {{ =inputs.parameters.a}}"),
    ("{{workflow.parameters.{{unknown}}}}", None, "failed to resolve {{workflow.parameters.{{unknown}}"),
    ("{{}}", None, "failed to resolve {{}}"),
    ("{{=zz}}", None, "failed to evaluate expression: zz is missing"),
    ("{{=inputs.parameters.zz}}", None, "failed to evaluate expression: inputs.parameters.zz is missing"),
    (
        "{{=steps.zz.outputs.result}}",
        "failed to evaluate expression: steps.zz is missing",
        "failed to evaluate expression: steps.zz is missing",
    ),
    ("{{=item ?? 'x'}}", None, "failed to evaluate expression: item is missing"),
    ("{{=lastRetry.exitCode}}", None, "failed to evaluate expression: lastRetry is missing"),
    ("{{=workflow.status}}", None, "failed to evaluate expression: workflow.status is missing"),
    ("{{=let x = 1; x}}", "1", "failed to evaluate expression: x is missing"),
    ("{{=nil}}", 'failed to evaluate expression "nil"', 'failed to evaluate expression "nil"'),
]
RUNTIME = "failed to evaluate expression: invalid operation: int(x) (1:1)\n | asInt('x')\n | ^"


def render(text: str, strictness: Strictness) -> str:
    return parse_text(text).render(SCOPE, strictness=strictness, context=Context(now_ms=0))


def outcome(text: str, strictness: Strictness) -> str:
    """The rendered text or the error's message."""
    try:
        return render(text, strictness)
    except ExprError as error:
        return error.message


@pytest.mark.parametrize("strictness", [LENIENT, PREFIXES, STRICT], ids=["lenient", "prefixes", "strict"])
@pytest.mark.parametrize(("text", "expected"), [case for case in ALWAYS if case[1] is not None], ids=repr)
@pytest.mark.argo("6-two-tag-kinds")
def test_tags_with_values_are_replaced(text: str, expected: str, strictness: Strictness) -> None:
    assert render(text, strictness) == expected


@pytest.mark.parametrize("strictness", [LENIENT, PREFIXES, STRICT], ids=["lenient", "prefixes", "strict"])
@pytest.mark.parametrize(("text", "message"), NEVER, ids=[case[0] for case in NEVER])
def test_absent_values_and_broken_expressions_are_errors(
    text: str, message: str, strictness: Strictness
) -> None:
    with pytest.raises(ExprError) as caught:
        render(text, strictness)

    assert caught.value.message == message


@pytest.mark.parametrize(("text", "prefixes", "strict"), DEPENDING, ids=[case[0] for case in DEPENDING])
@pytest.mark.argo("6-strictness")
def test_strictness_decides_about_unresolved_tags(
    text: str, prefixes: str | None, strict: str | None
) -> None:
    lenient = "1" if prefixes == "1" else text

    assert (outcome(text, LENIENT), outcome(text, PREFIXES), outcome(text, STRICT)) == (
        lenient,
        text if prefixes is None else prefixes,
        text if strict is None else strict,
    )


def test_an_expression_ends_at_the_first_closing_braces() -> None:
    with pytest.raises(ExprError, match="unexpected token EOF"):
        render("{{={'a': {'b': 1}}}}", LENIENT)


@pytest.mark.parametrize("text", ["{{=asInt('x')}}", "{{=1 + 'a'}}", "{{=1/0}}", "{{=fromPairs([['a',1]])}}"])
def test_failing_expressions_wait_when_lenient_and_fail_when_not(text: str) -> None:
    assert render(text, LENIENT) == text
    with pytest.raises(ExprError, match=r"^failed to (evaluate|marshal evaluated) expression: "):
        render(text, PREFIXES)


def test_a_failing_expression_shows_expr_langs_text() -> None:
    assert outcome("{{=asInt('x')}}", PREFIXES) == RUNTIME


def test_a_failure_is_forgiven_while_other_names_are_missing() -> None:
    assert (
        render("{{=asInt('x') + inputs.parameters.zz}}", PREFIXES) == "{{=asInt('x') + inputs.parameters.zz}}"
    )


def test_unresolved_tags_name_the_variable() -> None:
    with pytest.raises(UnresolvedError) as simple:
        render("{{ steps.zz.status }}", PREFIXES)
    with pytest.raises(UnresolvedError) as expression:
        render("{{=tasks.zz}}", PREFIXES)

    assert (simple.value.name, expression.value.name) == ("steps.zz.status", "tasks")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{a.{{b}}}}", "{{a.B}}"),
        ("{{a.{{b}}.{{zz}}}}", "{{a.B.{{zz}}}}"),
        ("{{a.{{zz}}.{{b}}}}", "{{a.{{zz}}.B}}"),
        ("{{a.{{ b }}}}", "{{a.{{ b }}}}"),
        ("{{x.{{y.{{b}}}}}}", "{{x.{{y.B}}}}"),
        ("{{foo {{bar}} {{b}}}}", "{{foo {{bar}} B}}"),
    ],
)
@pytest.mark.argo("6-nested-tags")
def test_inner_tags_are_resolved_even_when_the_outer_one_is_not(text: str, expected: str) -> None:
    assert parse_text(text).render({"b": "B"}) == expected


@pytest.mark.argo("6-nested-tags")
def test_three_levels_of_tags_are_resolved_from_the_inside() -> None:
    scope = {"c": "1", "b.1": "2", "a.2": "done"}

    assert parse_text("{{a.{{b.{{c}}}}}}").render(scope) == "done"


def test_tags_tell_kind_body_and_names() -> None:
    text = parse_text("a {{ x.y }} {{=asInt(z.n) + item}} {{p.{{q}}}}")

    assert [(tag.kind, tag.body, sorted(tag.names)) for tag in text.tags] == [
        ("simple", " x.y ", ["x.y"]),
        ("expression", "asInt(z.n) + item", ["item", "z.n"]),
        ("simple", "p.{{q}}", ["q"]),
        ("simple", "q", ["q"]),
    ]
    assert text.names == {"x.y", "z.n", "item", "q"}
    assert [tag.source for tag in text.tags[:2]] == ["{{ x.y }}", "{{=asInt(z.n) + item}}"]


def test_texts_are_parsed_once() -> None:
    assert parse_text("one {{tag}}") is parse_text("one {{tag}}")
    assert parse_text("no tag").is_constant


def test_values_are_not_looked_at_for_tags() -> None:
    assert parse_text("{{a}}{{b}}").render({"a": "{{b}}", "b": "{{a}}"}) == "{{b}}{{a}}"


@pytest.mark.argo("6-late-binding-guard")
def test_late_bound_names_hold_an_expression_back_until_they_exist() -> None:
    text = parse_text("{{=sprig.default('none', item)}}")

    assert text.render({}) == "{{=sprig.default('none', item)}}"
    assert text.render({"item": "x"}) == "x"


def test_without_a_random_source_random_functions_fail() -> None:
    with pytest.raises(ExprError, match="random values are not available here"):
        parse_text("{{=sprig.uuidv4()}}").render({}, strictness=PREFIXES)


def test_a_random_source_in_the_context_is_used() -> None:
    context = Context(random=lambda count: bytes(range(count)))

    assert (
        parse_text("{{=sprig.uuidv4()}}").render({}, context=context)
        == "00010203-0405-4607-8809-0a0b0c0d0e0f"
    )
    assert len(parse_text("{{=sprig.randAlphaNum(12)}}").render({}, context=context)) == 12
