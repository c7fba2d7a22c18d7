"""Hints about what is valid and hardly meant, see ``hints.txt``, and none about what may be meant."""

from __future__ import annotations

import pytest

from tests.unit.spec.manifest_cases import HEADS, Case, Shelf, read_cases
from workflows.spec import lint, parse_documents

CASES = read_cases("hints.txt")
SHOW = """
  - name: show
    inputs: {parameters: [{name: v, default: x}]}
    container: {image: busybox, args: ["{{inputs.parameters.v}}"]}
"""
FINE = {
    "inputs-as-a-whole": """
  - name: main
    inputs: {parameters: [{name: v, value: x}]}
    container: {image: busybox, args: ["{{inputs.parameters}}"]}
""",
    "inputs-in-an-expression": """
  - name: main
    inputs: {parameters: [{name: v, value: x}, {name: w-1, value: x}]}
    container: {image: busybox, args: ["{{=inputs?.parameters?.v + inputs.parameters['w-1']}}"]}
""",
    "input-by-a-name-from-elsewhere": """
  - name: main
    inputs: {parameters: [{name: v, value: x}, {name: which, value: v}]}
    container: {image: busybox, args: ["{{inputs.parameters.{{inputs.parameters.which}}}}"]}
""",
    "form": """
  - name: main
    inputs: {parameters: [{name: v, value: x, enum: [x, z]}]}
    suspend: {}
    outputs: {parameters: [{name: v, valueFrom: {supplied: {}}}]}
""",
    "template-by-a-name-from-elsewhere": """
  - name: main
    inputs: {parameters: [{name: which, value: show}]}
    steps: [[{name: a, template: "{{inputs.parameters.which}}"}]]
"""
    + SHOW,
    "depends-that-can-be": """
  - name: main
    dag:
      tasks:
      - {name: a, template: show}
      - {name: b, template: show, depends: "a.Failed || a.Errored"}
      - {name: c, template: show, depends: "(a.Succeeded || a.Failed) && b.Omitted"}
      - {name: d, template: show, withItems: [1], depends: "!a.Succeeded"}
      - {name: e, template: show, depends: "d.AnySucceeded && d.Failed"}
"""
    + SHOW,
    "condition-that-may-differ": """
  - name: main
    retryStrategy: {limit: 1, expression: "now().Year() < 2000"}
    container: {image: busybox}
""",
    "other-languages": """
  - name: main
    script: {image: busybox, source: "echo ${HOME} {{.Values.x}} {% if x %} {a: inputs} ${item}"}
""",
}


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
@pytest.mark.argo("14-lint")
def test_a_hint_is_told_once_with_code_line_and_message(case: Case) -> None:
    problems = lint(parse_documents(case.text), library=Shelf())

    assert [(p.severity, p.code, p.line, p.message) for p in problems] == [
        ("warning", case.code, case.line, case.message)
    ]
    assert problems[0].remedy


@pytest.mark.parametrize("templates", FINE.values(), ids=FINE.keys())
def test_nothing_is_hinted_at_where_it_may_be_meant(templates: str) -> None:
    text = f"{HEADS['wf']}  entrypoint: main\n  templates:{templates}"

    assert lint(parse_documents(text), library=Shelf()) == []


def test_stored_templates_may_be_called_by_others() -> None:
    text = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: shelf}
spec:
  entrypoint: main
  templates:
  - {name: main, suspend: {}}
  - {name: other, suspend: {}}
"""

    assert lint(parse_documents(text), library=Shelf()) == []


def test_faults_come_first_and_without_hints() -> None:
    text = f"{HEADS['wf']}  entrypoint: gone\n  templates:\n  - {{name: unused, suspend: {{}}}}\n"

    problems = lint(parse_documents(text), library=Shelf())

    assert [problem.code for problem in problems] == ["unknown-template"]
