"""JSONPath templates as kubectl prints them."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.executors.agent.json_path import render
from workflows.executors.agent.work import Failed

OBJECT: dict[str, Any] = {
    "metadata": {"name": "x", "labels": {"a.b/c": "v"}},
    "items": [
        {"type": "Ready", "status": "True", "n": 1},
        {"type": "Other", "status": "False", "n": 2, "extra": "e"},
    ],
    "flag": True,
    "nothing": None,
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{.metadata.name}", "x"),
        ("{$.metadata.name}", "x"),
        ("{ .metadata.name }", "x"),
        ("name={.metadata.name}!", "name=x!"),
        ("plain", "plain"),
        ("{.metadata.labels}", '{"a.b/c":"v"}'),
        ("{.metadata.labels['a.b/c']}", "v"),
        ("{.metadata.labels.a\\.b/c}", "v"),
        ("{.items[*].type}", "Ready Other"),
        ("{.items[0].type}", "Ready"),
        ("{.items[-1].type}", "Other"),
        ("{.items[0:1].type}", "Ready"),
        ("{.items[0,1].n}", "1 2"),
        ("{.items[?(@.type=='Ready')].status}", "True"),
        ('{.items[?(@.type != "Ready")].status}', "False"),
        ("{.items[?(@.n>1)].type}", "Other"),
        ("{.items[?(@.n >= 1)].type}", "Ready Other"),
        ("{.items[?(@.extra)].type}", "Other"),
        ("{..type}", "Ready Other"),
        ("{.missing.deeper}", ""),
        ("{.flag}", "true"),
        ("{.nothing}", ""),
        ('{range .items[*]}{.type}={.n}{"\\n"}{end}', "Ready=1\nOther=2\n"),
        ("{range .items[*]}[{range .missing[*]}x{end}]{end}", "[][]"),
        ("{range .items[*]}{$.metadata.name}{end}", "xx"),
        ('{"a}b"}', "a}b"),
    ],
)
@pytest.mark.argo("6-value-from-json-path")
def test_a_template_prints_what_kubectl_prints(template: str, text: str) -> None:
    assert render(template, OBJECT) == text


@pytest.mark.parametrize(
    "template",
    [
        "{.a",
        "{range .a}",
        "{end}",
        "{.items[x]}",
        "{.items[5]}",
        "{.items[?(@.a==b)]}",
        "{.a|b}",
        "x" * 20_000,
    ],
)
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(Failed):
        render(template, OBJECT)


def test_a_template_that_visits_too_much_is_refused() -> None:
    wide: list[Any] = [[1] * 400] * 400

    with pytest.raises(Failed, match="more than"):
        render("{[*][*]}", wide)
