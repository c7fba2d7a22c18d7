"""Trees with tags: only what has tags is made anew, everything else is shared."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.expr import STRICT, ExprError, UnresolvedError, compile_tree, render_tree

SCOPE = {"a": "A", "b": "B"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{a}}", "A"),
        ("x", "x"),
        (1, 1),
        (None, None),
        (["{{a}}", 1, ["{{b}}"]], ["A", 1, ["B"]]),
        ({"k": "{{a}}", "l": {"m": ["{{b}}", True]}}, {"k": "A", "l": {"m": ["B", True]}}),
        ({"{{a}}": 1, "z": "{{b}}"}, {"A": 1, "z": "B"}),
        ({"k": "{{zz}}"}, {"k": "{{zz}}"}),
        ({"k": "{{=1 + 1}}"}, {"k": "2"}),
    ],
)
def test_all_texts_and_keys_are_rendered(source: Any, expected: Any) -> None:
    assert render_tree(compile_tree(source), SCOPE) == expected


def test_a_constant_tree_is_given_back_itself() -> None:
    source = {"a": [1, {"b": "text"}]}
    tree = compile_tree(source)

    assert tree.is_constant
    assert tree.render(SCOPE) is source


def test_constant_branches_are_shared_and_the_source_stays() -> None:
    constant = {"deep": ["x"]}
    source = {"constant": constant, "dynamic": ["{{a}}", constant]}

    rendered = compile_tree(source).render(SCOPE)

    assert rendered["constant"] is constant
    assert rendered["dynamic"][1] is constant
    assert source == {"constant": constant, "dynamic": ["{{a}}", constant]}


def test_keys_keep_their_order() -> None:
    rendered = compile_tree({"z": 1, "{{a}}": 2, "b": 3}).render(SCOPE)

    assert list(rendered) == ["z", "A", "b"]


def test_a_tree_knows_its_tags_and_names() -> None:
    tree = compile_tree({"k": ["{{a}} {{=b.c}}"], "{{d}}": 1})

    assert tree.names == {"a", "b.c", "d"}
    assert len(tree.tags) == 3


def test_strictness_reaches_every_text() -> None:
    with pytest.raises(UnresolvedError) as caught:
        compile_tree({"k": ["{{zz}}"]}).render(SCOPE, strictness=STRICT)

    assert caught.value.name == "zz"


def test_trees_that_are_too_deep_are_refused() -> None:
    source: Any = "{{a}}"
    for _ in range(500):
        source = [source]

    with pytest.raises(ExprError) as caught:
        compile_tree(source)

    assert caught.value.code == "expression-limit"
