"""Stored templates keep every state they had; runs know which one they used."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.contrib.auth.models import User

from workflows.errors import ConflictError, ForbiddenError, ManifestError, NotFoundError, UserError
from workflows.models import Namespace, Revision, Template
from workflows.services import new_runs, resubmit, revisions, runs, schedules, submit, templates
from workflows.services.templates import Edit

KIND = Template.Kind.NAMESPACED
TEMPLATE = """\
# greets, version {version}
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {{name: greet}}
spec:
  entrypoint: main
  templates:
    - name: main
      container: {{image: busybox, command: [echo, "{version}"]}}
"""
CRON = """\
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {{name: nightly}}
spec:
  schedules: ["0 1 * * *"]
  workflowSpec:
    entrypoint: main
    templates:
      - name: main
        container: {{image: busybox, command: [echo, "{version}"]}}
"""
CALLER = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: caller}
spec:
  entrypoint: main
  templates:
    - name: main
      steps: [[{name: a, templateRef: {name: greet, template: main}}]]
"""


def store(actor: User, version: int | str, text: str = TEMPLATE, **edit) -> Template:
    [row] = templates.store_text(
        actor, namespace="team", text=text.format(version=version), edit=Edit(**edit)
    )
    return row


def history(actor: User, name: str = "greet", kind: str = KIND) -> list[tuple[int, str, str]]:
    found = revisions.list_revisions(actor, kind=kind, name=name, namespace="team", limit=100)
    return [(row.number, row.author_name, row.message) for row in found]


def used(actor: User, run: new_runs.SubmittedRun) -> dict[tuple[str, str], int]:
    return dict(runs.get_manifest(actor, run.uid).revisions)


@pytest.mark.argo("14-no-versions")
def test_each_change_is_a_revision_and_no_change_is_none(root, make_user) -> None:
    editor = make_user("editor")
    assert store(root, 1).revision == 1
    assert store(editor, 2, message="louder").revision == 2
    assert store(root, 2).revision == 2
    assert store(root, 1).revision == 3
    assert history(root) == [(3, "root", ""), (2, "editor", "louder"), (1, "root", "")]
    kept = revisions.get_revision(root, 2, kind=KIND, name="greet", namespace="team")
    assert kept.source == TEMPLATE.format(version=2)
    assert kept.manifest["spec"]["templates"][0]["container"]["command"] == ["echo", "2"]


def test_a_comment_alone_is_a_change(root) -> None:
    store(root, 1)
    assert store(root, 1, TEMPLATE.replace("# greets", "# says hello")).revision == 2


def test_the_difference_is_shown_as_text(root) -> None:
    store(root, 1)
    store(root, 2)
    about = {"kind": KIND, "name": "greet", "namespace": "team"}
    assert revisions.diff(root, 1, 2, **about).splitlines() == [
        "--- greet revision 1",
        "+++ greet revision 2",
        "@@ -1,4 +1,4 @@",
        "-# greets, version 1",
        "+# greets, version 2",
        " apiVersion: argoproj.io/v1alpha1",
        " kind: WorkflowTemplate",
        " metadata: {name: greet}",
        "@@ -6,4 +6,4 @@",
        "   entrypoint: main",
        "   templates:",
        "     - name: main",
        '-      container: {image: busybox, command: [echo, "1"]}',
        '+      container: {image: busybox, command: [echo, "2"]}',
    ]
    assert revisions.diff(root, 2, 2, **about) == ""


def test_very_long_texts_are_not_compared(root) -> None:
    store(root, 1)
    store(root, 1, TEMPLATE + "#\n" * revisions.MAX_LINES)
    with pytest.raises(UserError, match="not compared"):
        revisions.diff(root, 1, 2, kind=KIND, name="greet", namespace="team")


def test_restoring_makes_a_new_revision(root) -> None:
    store(root, 1)
    store(root, 2)
    row = revisions.restore(root, 1, kind=KIND, name="greet", namespace="team")
    assert (row.revision, row.source) == (3, TEMPLATE.format(version=1))
    newest = revisions.get_revision(root, 3, kind=KIND, name="greet", namespace="team")
    assert (newest.message, newest.restored_from) == ("restored from revision 1", 1)


def test_a_deleted_template_can_be_restored_and_goes_on_counting(root) -> None:
    store(root, 1)
    store(root, 2)
    templates.delete_template(root, kind=KIND, name="greet", namespace="team")
    assert [number for number, _, _ in history(root)] == [2, 1]
    assert revisions.restore(root, 2, kind=KIND, name="greet", namespace="team").revision == 3
    templates.delete_template(root, kind=KIND, name="greet", namespace="team")
    assert store(root, 9).revision == 4


def test_restoring_asks_the_linter_anew(root) -> None:
    broken = TEMPLATE.format(version=1).replace("container: {image", "steps: [[{name: x, template: y}]] #")
    store(root, 1)
    Revision.objects.filter(number=1).update(source=broken)
    with pytest.raises(ManifestError):
        revisions.restore(root, 1, kind=KIND, name="greet", namespace="team")


def test_who_was_slower_is_told(root) -> None:
    store(root, 1)
    store(root, 2, expected=1)
    about = {"kind": KIND, "name": "greet", "namespace": "team"}
    with pytest.raises(ConflictError, match="is at revision 2, not at revision 1") as caught:
        store(root, 3, expected=1)
    assert caught.value.code == "revision-conflict"
    with pytest.raises(ConflictError):
        revisions.restore(root, 1, expected=1, **about)
    with pytest.raises(ConflictError):
        templates.delete_template(root, expected=1, **about)
    templates.delete_template(root, expected=2, **about)
    with pytest.raises(ConflictError, match="does not exist"):
        store(root, 3, expected=2)


def test_histories_are_seen_and_restored_with_the_rights_of_the_template(root, make_user) -> None:
    store(root, 1)
    viewer, nobody = make_user("viewer"), make_user("nobody")
    about = {"kind": KIND, "name": "greet", "namespace": "team"}
    assert revisions.get_revision(viewer, 1, **about).number == 1
    with pytest.raises(ForbiddenError):
        revisions.restore(viewer, 1, **about)
    with pytest.raises(NotFoundError):
        revisions.get_revision(nobody, 1, **about)
    with pytest.raises(NotFoundError):
        revisions.list_revisions(root, kind=KIND, name="unknown", namespace="team", limit=1)
    with pytest.raises(NotFoundError):
        revisions.get_revision(root, 7, **about)


def test_namespaces_and_kinds_count_apart(root, team: Namespace) -> None:
    cluster = TEMPLATE.replace("kind: WorkflowTemplate", "kind: ClusterWorkflowTemplate")
    store(root, 1)
    store(root, 2)
    [other] = templates.store_text(root, namespace="other", text=TEMPLATE.format(version=1))
    [wide] = templates.store_text(root, namespace="team", text=cluster.format(version=1))
    [same] = templates.store_text(root, namespace="other", text=cluster.format(version=2))
    assert (other.revision, wide.revision, same.revision) == (1, 1, 2)


def test_runs_know_what_they_used(root) -> None:
    store(root, 1)
    store(root, 2)
    whole = submit.submit_from_template(root, namespace="team", template="greet")
    [caller] = submit.submit(root, namespace="team", text=CALLER)
    assert used(root, whole) == used(root, caller) == {("namespaced", "greet"): 2}
    along = TEMPLATE.format(version=3) + "---\n" + CALLER.replace("name: caller", "name: along")
    [with_own] = submit.submit(root, namespace="team", text=along, message="sent along")
    assert used(root, with_own) == {("namespaced", "greet"): 3}
    assert history(root)[0] == (3, "root", "sent along")


@pytest.mark.argo("14-no-versions")
def test_a_run_can_be_pinned_to_a_revision(root) -> None:
    store(root, 1)
    store(root, 2)
    run = submit.submit_from_template(root, namespace="team", template="greet", revision=1)
    made_from = runs.get_manifest(root, run.uid)
    assert made_from.revisions == {("namespaced", "greet"): 1}
    [template] = made_from.library["namespaced", "greet"]["spec"]["templates"]
    assert template["container"]["command"] == ["echo", "1"]
    with pytest.raises(NotFoundError, match="no revision 9 of WorkflowTemplate 'greet'"):
        submit.submit_from_template(root, namespace="team", template="greet", revision=9)


def test_schedules_have_revisions_too(root) -> None:
    store(root, 1, CRON)
    store(root, 2, CRON)
    now = schedules.trigger(root, "team", "nightly")
    old = submit.submit_from_template(
        root, namespace="team", template="nightly", kind=Template.Kind.CRON, revision=1
    )
    assert used(root, now) == {("cron", "nightly"): 2}
    assert used(root, old) == {("cron", "nightly"): 1}
    spec = runs.get_manifest(root, old.uid).workflow["spec"]
    assert spec["templates"][0]["container"]["command"] == ["echo", "1"]


def test_resubmitting_takes_templates_of_today_or_those_of_the_run(root) -> None:
    store(root, 1)
    first = submit.submit_from_template(root, namespace="team", template="greet")
    store(root, 2)
    anew = resubmit.resubmit(root, first.uid)
    same = resubmit.resubmit(root, first.uid, same_templates=True)
    assert used(root, anew) == {("namespaced", "greet"): 2}
    assert used(root, same) == {("namespaced", "greet"): 1}
    library = runs.get_manifest(root, same.uid).library
    assert library["namespaced", "greet"]["spec"]["templates"][0]["container"]["command"] == ["echo", "1"]


def test_what_was_stored_before_there_were_revisions_gets_one(root) -> None:
    store(root, 1)
    Revision.objects.all().delete()
    Template.objects.update(revision=0)
    migration = importlib.import_module("workflows.migrations.0006_revisions")
    migration.begin_histories(apps, None)
    assert history(root) == [(1, "root", "")]
    assert store(root, 2).revision == 2
