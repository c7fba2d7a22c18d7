"""Values are fitted to the fields they stand in."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.spec import Document, load, parse_documents
from workflows.spec.schema import KINDS, struct_fields

HEAD = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n"


def spec_of(text: str) -> Any:
    (document,) = parse_documents(HEAD + text)
    assert document.problems == ()
    assert document.raw is not None
    return document.raw["spec"]


def problems(text: str) -> list[tuple[str, str, str]]:
    (document,) = parse_documents(HEAD + text)
    return [(problem.code, problem.path, problem.message) for problem in document.problems]


def test_text_fields_get_text() -> None:
    spec = spec_of(
        """
spec:
  entrypoint: 1
  nodeSelector: {a: yes, b: 1.10, c: 1e6, d: n}
  templates:
  - name: y
    container:
      image: 2
      args: [1, true, 0.5, ~]
      env: [{name: A, value: 1000000.0}, {name: n, value: no}]
      resources: {limits: {cpu: 1, memory: 1e3}}
"""
    )

    assert spec == {
        "entrypoint": "1",
        "nodeSelector": {"a": "true", "b": "1.1", "c": "1e+06", "d": "n"},
        "templates": [
            {
                "name": "y",
                "container": {
                    "image": "2",
                    "args": ["1", "true", "0.5", ""],
                    "env": [{"name": "A", "value": "1e+06"}, {"name": "n", "value": "false"}],
                    "resources": {"limits": {"cpu": "1", "memory": "1000"}},
                },
            }
        ],
    }


@pytest.mark.argo("2-parameter-enum")
def test_parameters_take_any_scalar() -> None:
    spec = spec_of(
        """
spec:
  arguments:
    parameters:
    - {name: a, value: 1000000.0, default: 1e-7, description: 5, enum: [1, yes, 1.50]}
    - {name: b, value: n}
    - {name: c, value: 12345678901234567890}
    - {name: d, value: }
"""
    )

    assert spec["arguments"]["parameters"] == [
        {
            "name": "a",
            "value": "1000000",
            "default": "0.0000001",
            "description": "5",
            "enum": ["1", "true", "1.5"],
        },
        {"name": "b", "value": "n"},
        {"name": "c", "value": "12345678901234567000"},
        {"name": "d"},
    ]


def test_items_keep_their_types() -> None:
    spec = spec_of(
        """
spec:
  templates:
  - name: a
    steps: [[{name: b, withItems: [1, 1.0, 1.5, yes, n, x, ~, 2001-01-01, {on: y}, [1e3]]}]]
"""
    )

    assert spec["templates"][0]["steps"][0][0]["withItems"] == [
        1,
        1,
        1.5,
        True,
        False,
        "x",
        None,
        "2001-01-01",
        {"true": True},
        [1000],
    ]


def test_numbers_and_booleans_where_they_are_wanted() -> None:
    spec = spec_of(
        """
spec:
  parallelism: 1e1
  suspend: y
  templates:
  - {name: a, activeDeadlineSeconds: "{{x}}", retryStrategy: {limit: 3, backoff: {factor: "2"}}, daemon: on}
"""
    )

    assert (spec["parallelism"], spec["suspend"]) == (10, True)
    assert spec["templates"][0] == {
        "name": "a",
        "activeDeadlineSeconds": "{{x}}",
        "retryStrategy": {"limit": 3, "backoff": {"factor": "2"}},
        "daemon": True,
    }


def test_null_is_absent() -> None:
    assert spec_of("spec: {entrypoint: ~, arguments: ~, templates: [{name: a, suspend: ~, inputs: {}}]}") == {
        "templates": [{"name": "a", "inputs": {}}]
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "spec: {entrypoint: [a]}",
            ("wrong-type", "spec.entrypoint", "`entrypoint` must be text, not a list"),
        ),
        (
            "spec: {parallelism: '5'}",
            ("wrong-type", "spec.parallelism", "`parallelism` must be an integer, not '5'"),
        ),
        (
            "spec: {parallelism: 1.5}",
            ("wrong-type", "spec.parallelism", "`parallelism` must be an integer, not the number 1.5"),
        ),
        (
            "spec: {suspend: 1}",
            ("wrong-type", "spec.suspend", "`suspend` must be true or false, not the number 1"),
        ),
        (
            "spec: {templates: {}}",
            ("wrong-type", "spec.templates", "`templates` must be a list, not a mapping"),
        ),
        (
            "spec: {templates: [a]}",
            ("wrong-type", "spec.templates[0]", "items of `templates` must be a mapping, not 'a'"),
        ),
        (
            "spec: {nodeSelector: []}",
            ("wrong-type", "spec.nodeSelector", "`nodeSelector` must be a mapping, not a list"),
        ),
        ("spec: 1", ("wrong-type", "spec", "`spec` must be a mapping, not the number 1")),
        (
            "spec: {templates: [{name: a, retryStrategy: {limit: [1]}}]}",
            (
                "wrong-type",
                "spec.templates[0].retryStrategy.limit",
                "`limit` must be an integer or text, not a list",
            ),
        ),
        (
            "spec: {templates: [{name: a, container: {resources: {limits: {cpu: lots}}}}]}",
            (
                "wrong-type",
                "spec.templates[0].container.resources.limits.cpu",
                "`cpu` must be an amount such as 500m or 1Gi, not 'lots'",
            ),
        ),
        ("spec: {nosuch: 1}", ("unknown-field", "spec.nosuch", "unknown field `nosuch`")),
        (
            "metadata: {labels: {a/b: [1]}}",
            ("wrong-type", 'metadata.labels["a/b"]', "`a/b` must be text, not a list"),
        ),
    ],
)
def test_mistakes_are_told_with_their_path(text: str, expected: tuple[str, str, str]) -> None:
    assert problems(text) == [expected]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("spec: {entryPoint: a}", "did you mean `entrypoint`?"),
        ("spec: {entry_point: a}", "did you mean `entrypoint`?"),
        ("spec: {tempates: []}", "did you mean `templates`?"),
        ("spec: {zzz: []}", "remove it or correct the name"),
        ("spec: {templates: [{name: a, synchronization: {mutex: {name: x}}}]}", "use `mutexes`, a list"),
    ],
)
def test_unknown_fields_get_a_remedy(text: str, remedy: str) -> None:
    (document,) = parse_documents(HEAD + text)

    assert [problem.remedy for problem in document.problems] == [remedy]


def test_the_number_of_problems_is_limited() -> None:
    (document,) = parse_documents(HEAD + "spec: {" + ", ".join(f"x{n}: 1" for n in range(1000)) + "}")

    assert len(document.problems) == 200


def _reachable() -> set[str]:
    seen: set[str] = set()
    waiting = list(KINDS)
    while waiting:
        struct = waiting.pop()
        if struct in seen:
            continue
        seen.add(struct)
        for field in struct_fields(struct).values():
            while field.item is not None:
                field = field.item
            if field.struct:
                waiting.append(field.struct)
    return seen


def test_every_type_the_field_table_names_is_in_it() -> None:
    assert len(_reachable()) > 150


def test_documents_of_other_kinds_are_left_alone() -> None:
    text = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 1.0, on: y}]}"
    document: Document = parse_documents(text)[0]

    assert document.problems == ()
    assert load(document).raw["spec"] == {"ports": [{"port": 1, "true": True}]}  # type: ignore[union-attr]
