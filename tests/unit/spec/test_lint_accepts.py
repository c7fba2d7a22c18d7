"""Manifests that are right, and the limits of what is looked at."""

from __future__ import annotations

import pytest

from tests.unit.spec.manifest_cases import Shelf
from workflows.errors import Problem
from workflows.spec import lint, parse_documents

HEAD = "apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: good}}\nspec:\n"
SHOW = """\
  - name: show
    inputs: {parameters: [{name: v}]}
    script: {image: busybox, source: "echo {{inputs.parameters.v}}"}
"""
WAIT = "  - {name: wait, suspend: {}}\n"


def _lint(spec: str, *, kind: str = "Workflow", values_required: bool = True) -> list[Problem]:
    text = HEAD.format(kind=kind) + spec
    return lint(parse_documents(text), library=Shelf(), values_required=values_required)


GOOD = {
    "nothing-but-a-suspend": "  entrypoint: main\n  templates: [{name: main, suspend: {}}]\n",
    "recursion": "  entrypoint: main\n  templates:\n  - {name: main, steps: [[{name: a, template: main}]]}\n",
    "sibling-outputs": """\
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: show, arguments: {parameters: [{name: v, value: x}]}}
    - - name: b
        template: show
        when: "{{steps.a.status}} == Succeeded && {{steps.a.exitCode}} == 0"
        arguments:
          parameters: [{name: v, value: "{{steps.a.outputs.result}} {{steps.a.id}} {{ workflow.name }}"}]
"""
    + SHOW,
    "loops": """\
  entrypoint: main
  templates:
  - name: main
    steps:
    - - name: a
        template: show
        withItems: [{os: linux, n: 1}]
        arguments: {parameters: [{name: v, value: "{{item.os}}"}]}
      - name: b
        template: show
        withParam: "[1]"
        arguments: {parameters: [{name: v, value: "{{item.anything}} {{item}}"}]}
    - - name: c
        template: show
        arguments: {parameters: [{name: v, value: "{{steps.a.outputs.parameters}}"}]}
"""
    + SHOW,
    "run-variables": """\
  entrypoint: main
  priority: 1
  arguments: {parameters: [{name: p, value: x}]}
  workflowMetadata: {labels: {l: x}, labelsFrom: {m: {expression: workflow.name}}}
  templates:
  - name: main
    metadata:
      labels: {a: "{{workflow.labels.l}}", b: "{{workflow.labels.m}}", c: "{{workflow.parameters.p}}"}
    retryStrategy: {limit: "{{workflow.parameters.p}}"}
    container:
      image: busybox
      args:
      - "{{workflow.creationTimestamp.Y}} {{pod.name}} {{retries}} {{lastRetry.exitCode}}"
      - "{{workflow.priority}} {{workflow.duration}}"
""",
    "foreign-tags": """\
  entrypoint: main
  templates:
  - {name: main, container: {image: busybox, args: ["{{ .Values.x }} {{range}} {{ {{ }} }}"]}}
""",
    "nested-tags": """\
  entrypoint: main
  arguments: {parameters: [{name: n, value: "2"}, {name: which, value: n}]}
  templates:
  - {name: main, container: {image: busybox, args: ["{{workflow.parameters.{{workflow.parameters.which}}}}"]}}
""",
    "dynamic-template-name": """\
  entrypoint: main
  arguments: {parameters: [{name: t, value: wait}]}
  templates:
  - {name: main, steps: [[{name: a, template: "{{workflow.parameters.t}}"}]]}
"""
    + WAIT,
    "dynamic-reference": """\
  entrypoint: main
  templates:
  - name: main
    steps: [[{name: a, templateRef: {name: "{{item}}", template: x}, withItems: [a]}]]
""",
    "global-outputs": """\
  entrypoint: main
  onExit: exit
  templates:
  - name: main
    steps:
    - - {name: a, template: give}
    - - {name: b, template: take}
  - name: give
    container: {image: busybox}
    outputs: {parameters: [{name: o, globalName: g, valueFrom: {path: /o}}]}
  - {name: take, container: {image: busybox, args: ["{{workflow.outputs.parameters.g}}"]}}
  - {name: exit, container: {image: busybox, args: ["{{workflow.status}} {{workflow.failures}}"]}}
""",
    "depends": """\
  entrypoint: main
  templates:
  - name: main
    dag:
      tasks:
      - {name: a-b, template: wait, withItems: [1]}
      - {name: c, template: wait, depends: "(a-b.AnySucceeded || a-b.AllFailed) && !a-b.Errored"}
      - {name: d, template: wait, depends: c, when: "{{tasks.a-b.status}} != Failed"}
"""
    + WAIT,
    "defaults-give-the-image": """\
  entrypoint: main
  templateDefaults: {container: {image: busybox}}
  templates: [{name: main, container: {args: [x]}}]
""",
    "stored-template": """\
  workflowTemplateRef: {name: clean}
  arguments: {parameters: [{name: v, value: x}]}
""",
    "reference": """\
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, templateRef: {name: clean, template: work}, arguments: {parameters: [{name: v, value: x}]}}
""",
    "inline": """\
  entrypoint: main
  templates:
  - name: main
    dag:
      tasks:
      - name: a
        inline:
          inputs: {parameters: [{name: v}]}
          container: {image: busybox, args: ["{{inputs.parameters.v}}"]}
        arguments: {parameters: [{name: v, value: x}]}
""",
    "hooks": """\
  entrypoint: main
  hooks:
    exit: {template: wait}
    running: {template: wait, expression: workflow.status == "Running"}
  templates:
  - name: main
    steps:
    - - name: a
        template: show
        arguments: {parameters: [{name: v, value: x}]}
        hooks:
          exit:
            template: show
            arguments: {parameters: [{name: v, value: "{{steps.a.outputs.result}}"}]}
"""
    + SHOW
    + WAIT,
}


@pytest.mark.parametrize("spec", GOOD.values(), ids=GOOD)
@pytest.mark.argo("14-lint")
def test_right_manifests_have_no_problems(spec: str) -> None:
    assert _lint(spec) == []


def test_a_draft_may_lack_values() -> None:
    spec = """\
  entrypoint: main
  arguments: {parameters: [{name: a}]}
  templates: [{name: main, suspend: {duration: "{{workflow.parameters.a}}"}}]
"""

    assert [problem.code for problem in _lint(spec)] == ["missing-value"]
    assert _lint(spec, values_required=False) == []


@pytest.mark.parametrize("kind", ["WorkflowTemplate", "ClusterWorkflowTemplate"])
@pytest.mark.argo("1-workflow-template", "1-cluster-workflow-template")
def test_a_stored_template_may_leave_values_and_entrypoint_to_its_user(kind: str) -> None:
    spec = """\
  arguments: {parameters: [{name: a}]}
  templates:
  - name: main
    inputs: {parameters: [{name: v}]}
    container: {image: busybox, args: ["{{workflow.parameters.anything}} {{inputs.parameters.v}}"]}
"""
    assert _lint(spec, kind=kind) == []


def test_stored_templates_in_the_same_text_are_found() -> None:
    text = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec: {workflowTemplateRef: {name: beside, clusterScope: true}}
---
apiVersion: argoproj.io/v1alpha1
kind: ClusterWorkflowTemplate
metadata: {name: beside}
spec: {entrypoint: a, templates: [{name: a, suspend: {}}]}
"""
    assert lint(parse_documents(text), library=Shelf()) == []


@pytest.mark.argo("1-cron-workflow", "15-schedules")
def test_schedules_and_event_bindings_are_checked() -> None:
    text = """\
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: nightly}
spec:
  schedules: ["0 3 * * *"]
  timezone: Europe/Paris
  when: "{{cronworkflow.failed}} < 3"
  stopStrategy: {expression: cronworkflow.failed >= 3}
  workflowSpec:
    entrypoint: a
    templates: [{name: a, container: {image: x, args: ["{{workflow.scheduledTime}}"]}}]
---
apiVersion: argoproj.io/v1alpha1
kind: WorkflowEventBinding
metadata: {name: event}
spec:
  event: {selector: payload.message != ""}
  submit:
    workflowTemplateRef: {name: clean}
    arguments: {parameters: [{name: v, valueFrom: {event: payload.message}}]}
"""
    assert lint(parse_documents(text), library=Shelf()) == []


def test_objects_of_other_kinds_have_no_problems() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: 1}\n"

    assert lint(parse_documents(text), library=Shelf()) == []
