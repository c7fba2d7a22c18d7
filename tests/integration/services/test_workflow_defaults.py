"""What runs get that do not say otherwise, from the server and from their namespace."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.engine import Run, RunState, compile_program
from workflows.errors import ManifestError
from workflows.models import Run as RunRow
from workflows.services import config_entries, lint, resubmit, runs, submit, templates
from workflows.services.workflow_defaults import CONFIG_MAP, KEY

SERVER = """\
metadata: {labels: {from: server, both: server}, annotations: {note: server}}
spec: {parallelism: 7, activeDeadlineSeconds: 100, ttlStrategy: {secondsAfterSuccess: 60}}
"""
TEAM = """\
metadata: {labels: {both: team}}
spec: {parallelism: 5, entrypoint: main, hooks: {exit: {template: main}}}
"""
RUN = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: own-, labels: {own: run}}
spec:
  activeDeadlineSeconds: 9
  templates: [{name: main, container: {image: busybox, command: ["true"]}}]
"""
TEMPLATE = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: stored}
spec:
  entrypoint: main
  parallelism: 3
  templates: [{name: main, container: {image: busybox, command: ["true"]}}]
"""


@pytest.fixture
def defaults(root, settings) -> None:
    settings.SLUICE_WORKFLOW_DEFAULTS = SERVER
    config_entries.put_config_map(root, "team", CONFIG_MAP, {KEY: TEAM})


def spec_of(uid: str, root: Any) -> Any:
    """As the engine sees it."""
    made_from = runs.get_manifest(root, uid)
    return compile_program(made_from.workflow, made_from.library).raw["spec"]


@pytest.mark.argo("14-workflow-defaults")
@pytest.mark.usefixtures("defaults")
def test_a_run_comes_first_then_its_namespace_then_the_server(root) -> None:
    [run] = submit.submit(root, namespace="team", text=RUN)
    spec = spec_of(run.uid, root)
    assert (spec["activeDeadlineSeconds"], spec["parallelism"], spec["entrypoint"]) == (9, 5, "main")
    assert spec["hooks"] == {"exit": {"template": "main"}}
    row = RunRow.objects.get(uid=run.uid)
    assert row.ttl_success == 60
    record = runs.get_run(root, run.uid).run
    labels = {name: value for name, value in record.labels.items() if "/" not in name}
    assert labels == {"own": "run", "both": "team", "from": "server"}
    assert record.annotations == {"note": "server"}
    assert runs.get_manifest(root, run.uid).text == RUN
    assert lint.lint_text(root, namespace="team", text=RUN) == []


@pytest.mark.usefixtures("defaults")
def test_the_template_of_a_run_comes_before_defaults(root) -> None:
    templates.store_text(root, namespace="team", text=TEMPLATE)
    run = submit.submit_from_template(root, namespace="team", template="stored")
    spec = spec_of(run.uid, root)
    assert (spec["parallelism"], spec["activeDeadlineSeconds"]) == (3, 100)
    assert spec["hooks"] == {"exit": {"template": "main"}}
    assert RunRow.objects.get(uid=run.uid).ttl_success == 60
    made_from = runs.get_manifest(root, run.uid)
    assert made_from.revisions == {("namespaced", "stored"): 1}
    state = RunState.new(
        compile_program(made_from.workflow, made_from.library),
        Run(uid="u", name="r", namespace="team", created_at=0),
    )
    assert state.program.spec.parallelism == 3


@pytest.mark.usefixtures("defaults")
def test_a_run_keeps_the_defaults_it_began_with(root) -> None:
    templates.store_text(root, namespace="team", text=TEMPLATE)
    run = submit.submit_from_template(root, namespace="team", template="stored")
    config_entries.delete_config_map(root, "team", CONFIG_MAP)
    assert "hooks" in spec_of(run.uid, root)
    again = resubmit.resubmit(root, run.uid)
    assert "hooks" not in spec_of(again.uid, root)


def test_without_defaults_nothing_is_added(root) -> None:
    templates.store_text(root, namespace="team", text=TEMPLATE)
    run = submit.submit_from_template(root, namespace="team", template="stored")
    assert set(runs.get_manifest(root, run.uid).library) == {("namespaced", "stored")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("spec: {parallelism: many}", "parallelism"),
        ("spec: {unknown: 1}", "unknown field `unknown`"),
        ("status: {}", "unknown field 'status'"),
        ("[]", "not"),
        ("a: {", ""),
        ("spec: {}\n---\nspec: {}", "it is not one object"),
    ],
)
def test_defaults_that_fit_no_workflow_are_refused_when_they_are_set(root, text: str, said: str) -> None:
    with pytest.raises(ManifestError) as caught:
        config_entries.put_config_map(root, "team", CONFIG_MAP, {KEY: text})
    [problem, *_] = caught.value.problems
    assert problem.message.startswith(f"workflowDefaults in the ConfigMap {CONFIG_MAP}: ")
    assert said in problem.message


def test_bad_defaults_of_the_server_are_told_at_submit(root, settings) -> None:
    settings.SLUICE_WORKFLOW_DEFAULTS = "spec: {unknown: 1}"
    with pytest.raises(ManifestError, match="SLUICE_WORKFLOW_DEFAULTS"):
        submit.submit(root, namespace="team", text=RUN)
