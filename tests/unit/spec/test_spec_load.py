"""Texts to documents to values."""

from __future__ import annotations

import json

import msgspec
import pytest

from workflows.errors import ManifestError
from workflows.spec import (
    ClusterWorkflowTemplate,
    CronWorkflow,
    Limits,
    PlainObject,
    Workflow,
    WorkflowEventBinding,
    WorkflowTemplate,
    load,
    object_from_json,
    parse_documents,
    spec_from_json,
)

HELLO = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: hello-
spec:
  entrypoint: main
  templates:
  - name: main
    container: {image: busybox, command: [echo], args: [hello]}
"""


def test_every_kind_becomes_its_type() -> None:
    kinds = {
        "Workflow": Workflow,
        "WorkflowTemplate": WorkflowTemplate,
        "ClusterWorkflowTemplate": ClusterWorkflowTemplate,
        "CronWorkflow": CronWorkflow,
        "WorkflowEventBinding": WorkflowEventBinding,
    }
    text = "\n---\n".join(
        f"apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: a}}" for kind in kinds
    )

    assert [type(load(document)) for document in parse_documents(text)] == list(kinds.values())


def test_other_objects_keep_their_json() -> None:
    (document,) = parse_documents("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: 1}")
    value = load(document)

    assert isinstance(value, PlainObject)
    assert (value.kind, value.metadata.name, value.raw["data"]) == ("ConfigMap", "m", {"a": "1"})


def test_json_and_yaml_give_the_same() -> None:
    (document,) = parse_documents(HELLO)
    (again,) = parse_documents(json.dumps(document.raw))

    assert (again.raw, again.problems) == (document.raw, ())


def test_stored_json_loads_without_checks() -> None:
    (document,) = parse_documents(HELLO)
    assert document.raw is not None

    workflow = spec_from_json(document.raw)

    assert workflow == load(document) == object_from_json(document.raw)
    assert msgspec.to_builtins(workflow) == document.raw


def test_stored_json_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ManifestError, match="Expected `str`"):
        spec_from_json({"spec": {"entrypoint": 1}})


def test_all_problems_of_a_document_are_raised_together() -> None:
    (document,) = parse_documents(HELLO + "  nosuch: 1\n  parallelism: x\n")

    with pytest.raises(ManifestError) as caught:
        load(document)

    assert [problem.code for problem in caught.value.problems] == ["unknown-field", "wrong-type"]


def test_one_broken_document_leaves_the_others() -> None:
    documents = parse_documents(f"{HELLO}---\na: [\n---\n{HELLO}")

    assert [[problem.code for problem in document.problems] for document in documents] == [
        [],
        ["yaml-syntax"],
        [],
    ]
    assert documents[1].problems[0].document == 1


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "# only a comment\n", "---\n", "---\n---\n# x\n---", "~"],
    ids=["nothing", "lines", "comment", "marker", "markers", "null"],
)
def test_empty_documents_are_left_out(text: str) -> None:
    assert parse_documents(text) == []


def test_directives_belong_to_the_document_after_them() -> None:
    assert [document.kind for document in parse_documents(f"%YAML 1.1\n# x\n---\n{HELLO}")] == ["Workflow"]


@pytest.mark.parametrize(
    "content",
    [
        HELLO.encode(),
        b"\xef\xbb\xbf" + HELLO.encode(),
        HELLO.encode("utf-16"),
        "\ufeff" + HELLO,
        HELLO.replace("\n", "\r\n"),
    ],
    ids=["utf-8", "utf-8-bom", "utf-16", "text-bom", "crlf"],
)
def test_encodings(content: str | bytes) -> None:
    (document,) = parse_documents(content)

    assert (document.problems, document.kind) == ((), "Workflow")


def test_places_count_lines_over_all_documents() -> None:
    documents = parse_documents(HELLO + "---\n" + HELLO + "  nosuch: 1\n")

    assert [(problem.line, problem.column, problem.path) for problem in documents[1].problems] == [
        (20, 3, "spec.nosuch")
    ]


def test_places_in_merged_and_aliased_parts_are_those_of_the_original() -> None:
    text = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
x: &x
  image: [wrong]
spec:
  templates:
  - name: a
    container: *x
  - name: b
    container:
      <<: *x
"""
    (document,) = parse_documents(text)

    assert [(problem.path, problem.line) for problem in document.problems] == [
        ("x", 3),
        ("spec.templates[0].container.image", 4),
        ("spec.templates[1].container.image", 4),
    ]


@pytest.mark.parametrize(
    ("content", "limits", "expected"),
    [
        ("x" * 101, Limits(bytes=100), "too-large"),
        ("\n" * 101, Limits(nodes=100), "too-large"),
        ('{"a":[' + "1," * 200 + "1]}", Limits(nodes=100), "too-large"),
        ("a: 1\n---\n" * 5, Limits(documents=3), "too-large"),
        ('{"a":' * 3000, Limits(), "too-deep"),
        ("[" * 100_000 + "]" * 100_000, Limits(), "too-deep"),
        (b"a: \xff", Limits(), "not-text"),
        ("a: \ud800", Limits(), "not-text"),
        ('{"a": "\\ud800"}', Limits(), "yaml-syntax"),
    ],
    ids=[
        "bytes",
        "lines",
        "json-values",
        "documents",
        "json-depth",
        "brackets",
        "bytes",
        "surrogate",
        "json-surrogate",
    ],
)
def test_hostile_texts_are_refused(content: str | bytes, limits: Limits, expected: str) -> None:
    documents = parse_documents(content, limits=limits)

    assert documents[-1].problems[0].code == expected


def test_json_keeps_escapes_that_yaml_lacks() -> None:
    (document,) = parse_documents('{"apiVersion":"v1","kind":"X","a":"\\/\\ud83d\\ude00"}')

    assert document.raw is not None
    assert document.raw["a"] == "/😀"


def test_duplicate_keys_of_json_are_found() -> None:
    (document,) = parse_documents('{"apiVersion":"v1","kind":"X","a":1,"a":2}')

    assert [problem.code for problem in document.problems] == ["duplicate-key"]
