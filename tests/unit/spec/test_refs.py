"""Stored templates a manifest refers to."""

from __future__ import annotations

from workflows.spec import (
    ClusterWorkflowTemplate,
    CronWorkflow,
    StoredTemplate,
    Workflow,
    WorkflowTemplate,
    all_references,
    direct_references,
    load,
    parse_documents,
)

TEXT = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  hooks: {exit: {templateRef: {name: hook, template: t}}}
  templates:
  - name: a
    steps:
    - - {name: s, templateRef: {name: first, template: t}}
      - name: i
        inline:
          dag: {tasks: [{name: d, templateRef: {name: wide, template: t, clusterScope: true}}]}
    - - name: h
        template: a
        hooks: {running: {expression: x, templateRef: {name: second, template: t}}}
      - {name: dynamic, templateRef: {name: "{{item}}", template: t}}
---
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: first}
spec:
  templates: [{name: t, steps: [[{name: s, templateRef: {name: second, template: t}}]]}]
---
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: second}
spec:
  templates:
  - name: t
    steps: [[{name: s, templateRef: {name: first, template: t}}, {name: z, templateRef: {name: gone}}]]
---
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
spec: {workflowSpec: {workflowTemplateRef: {name: first}}}
"""


class Shelf:
    def __init__(self) -> None:
        self.stored: dict[tuple[str, bool], WorkflowTemplate | ClusterWorkflowTemplate] = {}

    def template(self, name: str, *, cluster: bool) -> WorkflowTemplate | ClusterWorkflowTemplate | None:
        return self.stored.get((name, cluster))


def _loaded() -> tuple[Workflow, CronWorkflow, Shelf]:
    run, first, second, cron = (load(document) for document in parse_documents(TEXT))
    assert isinstance(run, Workflow)
    assert isinstance(first, WorkflowTemplate)
    assert isinstance(second, WorkflowTemplate)
    assert isinstance(cron, CronWorkflow)
    shelf = Shelf()
    shelf.stored = {("first", False): first, ("second", False): second}
    return run, cron, shelf


def test_direct_references_are_those_in_the_spec_itself() -> None:
    run, _, _ = _loaded()

    assert direct_references(run.spec) == {
        StoredTemplate("hook", False),
        StoredTemplate("first", False),
        StoredTemplate("wide", True),
        StoredTemplate("second", False),
    }


def test_references_are_followed_and_circles_end() -> None:
    _, cron, shelf = _loaded()

    assert all_references(cron, shelf) == {
        StoredTemplate("first", False),
        StoredTemplate("second", False),
        StoredTemplate("gone", False),
    }
