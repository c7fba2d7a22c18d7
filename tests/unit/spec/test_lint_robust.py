"""Whatever a manifest looks like, reading and linting it ends with or without problems, never by raising."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.spec.manifest_cases import Shelf, read_cases
from workflows.spec import lint, parse_documents

MANIFESTS = [
    document.raw
    for case in read_cases()
    for document in parse_documents(case.text)
    if document.raw is not None
]
ODD_VALUES: list[Any] = [
    None, "", "x", "{{", "{{=", "{{=1+}}", "{{item.a}}", "{{steps.a.outputs.result}}", "{{tasks.a.status}}",
    0, -1, 10**30, 1.5, True, [], {}, [None], [[]], {"name": "a"}, [{"name": "a"}], {"a": {"b": []}},
]  # fmt: skip


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(place for key, item in children for place in _places(item, (*path, key)))]


def _changed(manifest: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(manifest)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return changed


@given(st.data())
def test_no_change_of_a_manifest_makes_the_linter_raise(data: st.DataObject) -> None:
    manifest = data.draw(st.sampled_from(MANIFESTS))
    path = data.draw(st.sampled_from(_places(manifest)[1:]))
    changed = _changed(manifest, path, data.draw(st.sampled_from(ODD_VALUES)))

    problems = lint(parse_documents(json.dumps(changed)), library=Shelf())

    assert all(problem.code and problem.message and problem.remedy for problem in problems)
