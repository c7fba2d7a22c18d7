"""Patches of objects."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from workflows.executors.agent.patches import merged, patched, strategically_merged
from workflows.executors.agent.work import Failed

OBJECT: dict[str, Any] = {"a": {"b": 1, "c": 2}, "list": [1, 2, 3], "x/y": 0}


@pytest.mark.parametrize(
    ("patch", "result"),
    [
        ({"a": {"b": 9}}, {"a": {"b": 9, "c": 2}, "list": [1, 2, 3], "x/y": 0}),
        ({"a": None}, {"list": [1, 2, 3], "x/y": 0}),
        ({"a": {"c": None}, "list": [7]}, {"a": {"b": 1}, "list": [7], "x/y": 0}),
        ({"a": 5}, {"a": 5, "list": [1, 2, 3], "x/y": 0}),
    ],
)
def test_a_merge_patch_replaces_and_removes(patch: Any, result: Any) -> None:
    assert merged(OBJECT, patch) == result


@pytest.mark.parametrize(
    ("operations", "path", "value"),
    [
        ([{"op": "add", "path": "/a/d", "value": 3}], ("a", "d"), 3),
        ([{"op": "add", "path": "/list/-", "value": 4}], ("list",), [1, 2, 3, 4]),
        ([{"op": "add", "path": "/list/0", "value": 0}], ("list",), [0, 1, 2, 3]),
        ([{"op": "replace", "path": "/list/0", "value": 9}], ("list",), [9, 2, 3]),
        ([{"op": "remove", "path": "/list/1"}], ("list",), [1, 3]),
        ([{"op": "replace", "path": "/x~1y", "value": 7}], ("x/y",), 7),
        ([{"op": "copy", "from": "/a", "path": "/z"}], ("z",), {"b": 1, "c": 2}),
        ([{"op": "move", "from": "/a/b", "path": "/z"}], ("z",), 1),
        ([{"op": "test", "path": "/a/b", "value": 1}, {"op": "add", "path": "/z", "value": 1}], ("z",), 1),
    ],
)
def test_a_json_patch_does_its_operations_in_order(
    operations: Any, path: tuple[str, ...], value: Any
) -> None:
    before = copy.deepcopy(OBJECT)

    found = patched(OBJECT, operations)

    for part in path:
        found = found[part]
    assert found == value
    assert before == OBJECT


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "test", "path": "/a/b", "value": 2}],
        [{"op": "remove", "path": "/nothing"}],
        [{"op": "replace", "path": "/list/3", "value": 1}],
        [{"op": "add", "path": "/a/b/c", "value": 1}],
        [{"op": "add", "path": "a", "value": 1}],
        [{"op": "add", "path": "/a"}],
        [{"op": "grow", "path": "/a"}],
        ["x"],
        {"op": "add"},
    ],
)
def test_a_json_patch_that_cannot_be_done_is_refused(operations: Any) -> None:
    with pytest.raises(Failed):
        patched(OBJECT, operations)


def test_templates_of_argos_kinds_are_merged_by_name() -> None:
    template = {
        "kind": "WorkflowTemplate",
        "spec": {"templates": [{"name": "a", "suspend": {}}, {"name": "b", "suspend": {}}]},
    }

    found = strategically_merged(template, {"spec": {"templates": [{"name": "b", "parallelism": 2}]}})

    assert {one["name"]: one for one in found["spec"]["templates"]} == {
        "a": {"name": "a", "suspend": {}},
        "b": {"name": "b", "suspend": {}, "parallelism": 2},
    }
