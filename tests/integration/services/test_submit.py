"""Submitting: all or nothing, names, overrides, the copy of the library."""

from __future__ import annotations

import json

import pytest

from tests.integration.services.conftest import HELLO
from workflows.errors import ConflictError, ForbiddenError, ManifestError, NotFoundError
from workflows.models import ConfigEntry, Run, RunLabel, RunManifest, Template
from workflows.services import resubmit, submit, templates
from workflows.store import bus, read

NAMED = HELLO.replace("generateName: hello-", "name: hello")
TEMPLATE = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: greet}
spec:
  entrypoint: main
  ttlStrategy: {secondsAfterCompletion: 60, secondsAfterFailure: 90}
  arguments: {parameters: [{name: who, value: you}]}
  templates:
    - name: main
      inputs: {parameters: [{name: who, value: you}]}
      container: {image: busybox, command: [echo, "{{inputs.parameters.who}}"]}
"""
CALLER = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: caller}
spec:
  entrypoint: main
  templates:
    - name: main
      steps: [[{name: a, templateRef: {name: greet, template: main}, arguments: {}}]]
"""
CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {workflows.argoproj.io/configmap-type: Parameter}}
data: {key: value}
"""
UNKNOWN = NAMED.replace("entrypoint: main", "entrypoint: nowhere")


def test_a_run_keeps_the_text_as_it_was_written(root):
    [run] = submit.submit(root, namespace="team", text=HELLO)

    record = read.find_run(run.uid)
    assert RunManifest.objects.get(run_id=record.run_id).text == HELLO
    assert (record.run.phase, record.creator, record.run.labels) == (
        "", "root", {"workflows.argoproj.io/creator": "root"},
    )  # fmt: skip


def test_generated_names_begin_as_asked_and_differ(root):
    names = {submit.submit(root, namespace="team", text=HELLO)[0].name for _ in range(5)}

    assert len(names) == 5
    assert all(name.startswith("hello-") and len(name) == 11 for name in names)


def test_a_taken_name_is_a_conflict_and_nothing_is_stored(root):
    submit.submit(root, namespace="team", text=NAMED)

    with pytest.raises(ConflictError, match="run named 'hello'"):
        submit.submit(root, namespace="team", text=f"{TEMPLATE}---\n{NAMED}")

    assert (Run.objects.count(), Template.objects.count()) == (1, 0)


def test_the_same_name_is_free_in_another_namespace(root):
    submit.submit(root, namespace="team", text=NAMED)
    submit.submit(root, namespace="other", text=NAMED)

    assert Run.objects.count() == 2


def test_every_document_of_a_text_is_stored(root):
    runs = submit.submit(root, namespace="team", text=f"{CONFIG}---\n{TEMPLATE}---\n{CALLER}---\n{HELLO}")

    assert [run.name[:6] for run in runs] == ["caller", "hello-"]
    assert (ConfigEntry.objects.get().data, Template.objects.get().name) == ({"key": "value"}, "greet")
    library = read.get_manifest(read.find_run(runs[0].uid).run_id).library
    assert list(library) == [("namespaced", "greet")]


def test_a_problem_in_one_document_stores_none(root):
    with pytest.raises(ManifestError) as caught:
        submit.submit(root, namespace="team", text=f"{TEMPLATE}---\n{UNKNOWN}")

    assert [problem.document for problem in caught.value.problems] == [1]
    assert (Run.objects.count(), Template.objects.count()) == (0, 0)


@pytest.mark.argo("6-submit-time-overrides")
def test_overrides_are_checked_and_recorded(root):
    [run] = submit.submit(
        root,
        namespace="team",
        text=HELLO,
        name="mine",
        parameters={"text": "bye", "more": "1"},
        labels={"tier": "gold"},
    )

    record = read.find_run(run.uid)
    workflow = read.get_manifest(record.run_id).workflow
    assert (run.name, record.run.arguments) == ("mine", {"text": "bye", "more": "1"})
    assert workflow["spec"]["arguments"]["parameters"] == [
        {"name": "text", "value": "bye"}, {"name": "more", "value": "1"},
    ]  # fmt: skip
    assert RunLabel.objects.filter(key="tier", value="gold").count() == 1
    with pytest.raises(ManifestError):
        submit.submit(root, namespace="team", text=HELLO, entrypoint="nowhere")


def test_an_object_is_taken_like_its_text(root):
    manifest = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "obj"},
        "spec": {"entrypoint": "m", "templates": [{"name": "m", "suspend": {}}]},
    }

    [run] = submit.submit(root, namespace="team", text=manifest)

    assert json.loads(RunManifest.objects.get(run__uid=run.uid).text) == manifest


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (NAMED.replace("name: hello", "{name: hello, namespace: other}"), "other-namespace"),
        ("apiVersion: v1\nkind: Service\nmetadata: {name: s}\n", "not-supported-here"),
    ],
    ids=["nothing", "foreign namespace", "service"],
)
def test_what_cannot_be_done_is_refused_with_its_code(root, text, code):
    with pytest.raises(ManifestError) as caught:
        submit.submit(root, namespace="team", text=text.replace("metadata:\n  {", "metadata: {"))

    assert code in {problem.code for problem in caught.value.problems}


def test_the_engine_is_woken_after_the_commit_only(root, django_capture_on_commit_callbacks):
    woken: list[str] = []
    end = bus.current().on_wake(woken.append)

    with django_capture_on_commit_callbacks() as callbacks:
        [run] = submit.submit(root, namespace="team", text=HELLO)
    before = list(woken)
    for callback in callbacks:
        callback()
    end()

    assert (before, woken) == ([], [run.uid])


@pytest.mark.argo("1-well-known-labels", "2-ttl-strategy", "14-merge-and-metadata")
def test_a_run_of_a_template_names_it_and_takes_its_ttl(root):
    templates.store_text(root, namespace="team", text=TEMPLATE)

    run = submit.submit_from_template(root, namespace="team", template="greet", parameters={"who": "ada"})

    row = Run.objects.get(uid=run.uid)
    assert run.name.startswith("greet-")
    assert (row.template_kind, row.template_name, row.ttl_success, row.ttl_failure) == (
        "WorkflowTemplate", "greet", 60, 90,
    )  # fmt: skip
    label = RunLabel.objects.get(run=row, key="workflows.argoproj.io/workflow-template")
    assert label.value == "greet"


@pytest.mark.argo("2-workflow-template-ref")
def test_a_stored_template_that_changes_later_leaves_the_run_alone(root):
    templates.store_text(root, namespace="team", text=TEMPLATE)
    run = submit.submit_from_template(root, namespace="team", template="greet")
    templates.store_text(root, namespace="team", text=TEMPLATE.replace("echo", "false"))

    library = read.get_manifest(read.find_run(run.uid).run_id).library

    assert library["namespaced", "greet"]["spec"]["templates"][0]["container"]["command"][0] == "echo"


@pytest.mark.argo("3-template-ref")
def test_a_reference_made_up_at_run_time_copies_every_template(root):
    templates.store_text(root, namespace="team", text=TEMPLATE)
    templates.store_text(root, namespace="team", text=TEMPLATE.replace("name: greet", "name: second"))
    dynamic = CALLER.replace("name: greet", 'name: "{{workflow.parameters.which}}"').replace(
        "entrypoint: main", "entrypoint: main\n  arguments: {parameters: [{name: which, value: greet}]}"
    )

    [run] = submit.submit(root, namespace="team", text=dynamic)

    library = read.get_manifest(read.find_run(run.uid).run_id).library
    assert sorted(library) == [("namespaced", "greet"), ("namespaced", "second")]


@pytest.mark.argo("8-resubmit", "1-well-known-labels")
def test_resubmitting_makes_a_new_run_of_the_same_manifest(root):
    [first] = submit.submit(root, namespace="team", text=NAMED, parameters={"text": "a"}, labels={"l": "x"})

    second = resubmit.resubmit(root, first.uid, parameters={"text": "b"})

    run = read.find_run(second.uid).run
    assert second.name.startswith("hello-")
    assert (run.arguments, run.labels["l"]) == ({"text": "b"}, "x")
    assert run.labels["workflows.argoproj.io/resubmitted-from-workflow"] == "hello"


@pytest.mark.parametrize(
    ("role", "error"), [("viewer", ForbiddenError), ("operator", ForbiddenError), ("nobody", NotFoundError)]
)
def test_submitting_needs_the_right(make_user, role, error):
    with pytest.raises(error):
        submit.submit(make_user(role), namespace="team", text=HELLO)


@pytest.mark.argo("14-restrictions")
def test_an_operator_runs_templates_only(make_user, root):
    templates.store_text(root, namespace="team", text=TEMPLATE)

    run = submit.submit_from_template(make_user("operator"), namespace="team", template="greet")

    assert Run.objects.get().uid == run.uid
