"""YAML to JSON values: structure, anchors, merge keys, limits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.spec.conversion import settle
from workflows.spec.yaml import Limits, parse


def values(text: str, **limits: int) -> list[Any]:
    return [settle(parsed.value) for parsed in parse(text, limits=Limits(**limits))]


def codes(text: str, **limits: int) -> list[str]:
    return [problem.code for parsed in parse(text, limits=Limits(**limits)) for problem in parsed.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {b: [1, {c: d}]}", {"a": {"b": [1, {"c": "d"}]}}),
        ("a: 'yes'\nb: \"1\"\nc: |\n  1\n", {"a": "yes", "b": "1", "c": "1\n"}),
        ("on: 1\n1: 2\n1.5: 3\nn: 4", {"true": 1, "1": 2, "1.5": 3, "false": 4}),
        ("a: &x [1, {b: 2}]\nb: *x", {"a": [1, {"b": 2}], "b": [1, {"b": 2}]}),
        ("b: &b {x: 1, y: 2}\nm:\n  <<: *b\n  x: 3", {"b": {"x": 1, "true": 2}, "m": {"x": 3, "true": 2}}),
        (
            "a: &a {x: 1}\nb: &b {x: 2, z: 3}\nm: {<<: [*a, *b]}",
            {"a": {"x": 1}, "b": {"x": 2, "z": 3}, "m": {"x": 1, "z": 3}},
        ),
        ("'<<': 1", {"<<": 1}),
        (
            "a: !!str 1\nb: !!int '3'\nc: !!float 1\nd: !other x\ne: !!binary aGk=\nf: !!bool y\ng: ! 5",
            {"a": "1", "b": 3, "c": 1, "d": "x", "e": "hi", "f": True, "g": "5"},
        ),
        ("a: # nothing\nb: ''", {"a": None, "b": ""}),
    ],
    ids=["nested", "quoted", "keys", "alias", "merge", "merge-list", "quoted-merge", "tags", "null"],
)
def test_document_becomes_json(text: str, expected: Any) -> None:
    assert values(text) == [expected]


def test_an_alias_is_a_copy() -> None:
    (value,) = values("a: &x {b: 1}\nc: *x")

    value["a"]["b"] = 2

    assert value["c"] == {"b": 1}


def test_documents_of_one_text_are_separate() -> None:
    assert values("a: 1\n---\n---\nb: 2\n...\n# end\n") == [{"a": 1}, None, {"b": 2}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1, 2", ["yaml-syntax"]),
        ("a: b: c", ["yaml-syntax"]),
        ("\ta: 1", ["yaml-syntax"]),
        ("a: 'x", ["yaml-syntax"]),
        ("a: \x00", ["yaml-character"]),
        ("a: *x", ["yaml-alias"]),
        ("a: &x [*x]", ["yaml-alias"]),
        ("? [a]\n: 1", ["yaml-key"]),
        ("~: 1", ["yaml-key"]),
        ("<<: 1", ["yaml-key"]),
        ("a: !!int x", ["yaml-tag"]),
        ("a: !!float x", ["yaml-tag"]),
        ("a: !!bool 2", ["yaml-tag"]),
        ("a: !!null 2", ["yaml-tag"]),
        ("a: 1\na: 2\na: 3", ["duplicate-key", "duplicate-key"]),
        ("on: 1\ntrue: 2", ["duplicate-key"]),
        ("b: &b {a: 1}\nm: {a: 2, <<: *b}", ["duplicate-key"]),
    ],
)
def test_faults_have_codes(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_faults_have_places() -> None:
    (parsed,) = parse("a: 1\nb:\n  c: 1\n  c: 2\n", limits=Limits(), line_offset=10)

    assert [(problem.line, problem.column) for problem in parsed.problems] == [(14, 6)]


@pytest.mark.parametrize(
    ("text", "limits", "expected"),
    [
        ("[" * 200, {}, "too-deep"),
        ("- " * 200, {}, "too-deep"),
        ("a: [[[[1]]]]", {"depth": 4}, "too-deep"),
        ("a: &x [[1]]\nb: [[*x]]", {"depth": 4}, "too-deep"),
        ("\n".join(f"k{n}: 1" for n in range(200)), {"nodes": 300}, "too-large"),
        (
            "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)),
            {},
            "too-large",
        ),
        (
            "b: &b {"
            + ",".join(f"k{n}: 1" for n in range(5000))
            + "}\nm: ["
            + ",".join(["{<<: *b}"] * 50)
            + "]",
            {},
            "too-large",
        ),
    ],
    ids=["flow-depth", "block-depth", "exact-depth", "alias-depth", "nodes", "alias-bomb", "merge-bomb"],
)
def test_hostile_texts_end_at_a_limit(text: str, limits: dict[str, int], expected: str) -> None:
    assert codes(text, **limits) == [expected]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    for parsed in parse(text, limits=Limits()):
        assert (
            parsed.problems
            or parsed.value is None
            or isinstance(parsed.value, str | int | float | list | dict)
        )


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.text("abyn01 :-#{[\"'\n", max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text("abyn1", min_size=1), inner, max_size=3)
        ),
        max_leaves=10,
    )
)
def test_json_is_yaml(value: Any) -> None:
    import json

    assert values(json.dumps(value)) == ([None] if value is None else [value])
