"""Conditions of resource templates, as Kubernetes reads label selectors."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.executors.agent.conditions import judge, look_up, parse_selector
from workflows.executors.agent.work import Failed

OBJECT: dict[str, Any] = {
    "status": {"phase": "Running", "count": 3, "ready": True, "none": None, "list": [{"a": "x"}, {"a": "y"}]}
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("status.phase == Running", True),
        ("status.phase = Running", True),
        ("status.phase==Failed", False),
        ("status.phase != Failed", True),
        ("status.phase in (Failed, Running)", True),
        ("status.phase notin (Failed, Running)", False),
        ("status.missing notin (a)", True),
        ("status.missing != a", True),
        ("status.missing in (a)", False),
        ("status.count > 2", True),
        ("status.count < 3", False),
        ("status.phase > 2", False),
        ("status.phase", True),
        ("status.missing", False),
        ("!status.missing", True),
        ("!status.phase", False),
        ("status.ready == true", True),
        ("status.none == ", True),
        ("status.list.1.a == y", True),
        ("status.list.2.a == y", False),
        ("status.phase == Running, status.count == 3", True),
        ("status.phase == Running,status.count == 4", False),
        ("", True),
    ],
)
def test_a_success_condition_holds_when_all_its_requirements_do(condition: str, holds: bool) -> None:
    assert judge(OBJECT, parse_selector(condition), []) is holds


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ("status.phase in (Running, Error)", "status.phase in (Error,Running)"),
        ("status.phase == Running", "status.phase==Running"),
        ("status.count > 2", "status.count>2"),
        ("status.phase", "status.phase"),
        ("!status.nothing", "!status.nothing"),
    ],
)
@pytest.mark.argo("3-resource")
def test_a_failure_condition_that_holds_is_told_in_argos_words(condition: str, shown: str) -> None:
    with pytest.raises(Failed, match=r".") as caught:
        judge(OBJECT, [], parse_selector(condition))

    assert str(caught.value) == f"failure condition '{shown}' evaluated true"


@pytest.mark.parametrize(
    "condition",
    ["a in", "a in (", "a in (b", "a b", "= b", "a => b", "a > x", "a in (b) c", "a," * 6000, "-a", "a == -"],
)
def test_what_is_no_selector_is_refused(condition: str) -> None:
    with pytest.raises(Failed):
        parse_selector(condition)


@pytest.mark.parametrize(
    ("path", "text"),
    [("status.count", "3"), ("status.list", '[{"a":"x"},{"a":"y"}]'), ("status.none", ""), ("a.b", None)],
)
def test_what_is_no_text_is_compared_as_json(path: str, text: str | None) -> None:
    assert look_up(OBJECT, path) == text
