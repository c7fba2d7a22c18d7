"""Resource templates on the objects that the server keeps, with the rights of the run's creator."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User

from workflows.engine.messages import Launch, Stop, Terminate
from workflows.errors import SluiceError
from workflows.executors.agent.resource_work import ResourceWork
from workflows.executors.agent.settings import AgentSettings
from workflows.executors.agent.work import Ending, Failed, Pause
from workflows.models import ConfigEntry, Run, Secret, Template
from workflows.services import config_entries, retention, runs, secrets, templates
from workflows.services.object_store import StoredObjects
from workflows.services.submit import submit
from workflows.store import signals
from workflows.store.configuration import read_secret

HELLO = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: parent}
spec: {entrypoint: main, templates: [{name: main, suspend: {}}]}
"""
CHILD = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: child-, labels: {team: red}}
spec: {entrypoint: main, templates: [{name: main, suspend: {}}]}
"""
SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: "1", b: "2"}
"""


class Parent:
    """A run, and resource templates carried out for its nodes."""

    def __init__(self, creator: User) -> None:
        [self.run] = submit(creator, namespace="team", text=HELLO)
        self.creator = creator
        self.notes: list[str] = []

    def work(
        self, *, node: str = "n", attempt: int = 0, outputs: dict[str, Any] | None = None, **resource: Any
    ) -> ResourceWork:
        parameters = [{"name": name, "valueFrom": source} for name, source in (outputs or {}).items()]
        order = Launch(
            run_uid=self.run.uid, run_name=self.run.name, namespace="team", node_id=node, node_name=node,
            attempt=attempt, pod_name=node,
            template={"name": "t", "resource": resource, "outputs": {"parameters": parameters}},
        )  # fmt: skip
        return ResourceWork(order, self.notes.append, AgentSettings(), StoredObjects(), lambda *_: CHILD)

    def do(self, **about: Any) -> Ending | Pause:
        work = self.work(**about)
        try:
            return work.advance()
        except (Failed, SluiceError) as fault:
            return work.failed(str(fault))


@pytest.fixture
def parent(make_user: Any) -> Parent:
    return Parent(make_user("admin"))


def _message(ending: Any) -> str:
    assert isinstance(ending, Ending), ending
    assert (ending.phase, ending.exit_code) == ("Failed", 64), ending
    return ending.message.removeprefix("main: Error (exit code 64): ")


def _children() -> list[Run]:
    return list(Run.objects.exclude(name="parent").order_by("id"))


def _finish(run: Run, phase: str) -> None:
    Run.objects.filter(id=run.id).update(phase=phase, wake_at=None, finished_at=1)


# --- Workflows -----------------------------------------------------------------------------------


@pytest.mark.argo("14-workflow-of-workflows", "3-resource")
def test_creating_a_workflow_starts_a_run_that_knows_its_parent(parent: Parent) -> None:
    ending = parent.do(action="create", manifest=CHILD, outputs={"name": {"jsonPath": "{.metadata.name}"}})

    [child] = _children()
    assert isinstance(ending, Ending)
    assert (ending.phase, ending.exit_code, ending.parameters) == ("Succeeded", 0, {"name": child.name})
    assert child.name.startswith("child-")
    record = runs.get_run(parent.creator, child.uid)
    assert record.run.labels["sluice/parent-run"] == parent.run.uid
    assert record.run.labels["team"] == "red"
    assert record.run.annotations["sluice/parent-node"] == "n"
    assert record.creator == parent.creator.username


def test_doing_it_again_after_a_crash_starts_nothing_new(parent: Parent) -> None:
    for _ in range(3):
        parent.do(action="create", manifest=CHILD)
    parent.do(action="create", manifest=CHILD, attempt=1)

    assert len(_children()) == 2


def test_a_name_that_is_taken_is_told_in_kubectls_words(parent: Parent) -> None:
    named = CHILD.replace("generateName: child-", "name: parent")

    message = _message(parent.do(action="create", manifest=named))

    assert message == (
        'no more retries Error from server (AlreadyExists): error when creating "/tmp/manifest.yaml": '
        'workflows.argoproj.io "parent" already exists'
    )


def test_waiting_goes_on_until_a_condition_holds(parent: Parent) -> None:
    work = parent.work(
        action="create",
        manifest=CHILD,
        successCondition="status.phase == Succeeded",
        failureCondition="status.phase in (Failed, Error)",
    )
    first = work.advance()
    [child] = _children()
    _finish(child, "Succeeded")

    assert isinstance(first, Pause)
    assert first.topic == child.uid
    assert work.advance() == Ending("Succeeded", exit_code=0)


def test_a_failure_condition_fails_the_node(parent: Parent) -> None:
    work = parent.work(action="create", manifest=CHILD, failureCondition="status.phase in (Failed, Error)",
                       successCondition="status.phase == Succeeded")  # fmt: skip
    work.advance()
    _finish(_children()[0], "Error")

    with pytest.raises(Failed, match=r"failure condition 'status.phase in \(Error,Failed\)' evaluated true"):
        work.advance()


def test_a_resource_that_goes_while_it_is_waited_for_fails_the_node(parent: Parent) -> None:
    work = parent.work(action="create", manifest=CHILD, successCondition="status.phase == Succeeded")
    work.advance()
    _finish(_children()[0], "Succeeded")
    retention.delete_run(parent.creator, _children()[0].uid)

    with pytest.raises(Failed, match="has been deleted while its status was still being checked"):
        work.advance()


def test_killing_the_attempt_stops_the_run_it_created(parent: Parent) -> None:
    work = parent.work(action="create", manifest=CHILD, successCondition="status.phase == Succeeded")
    work.advance()
    parent.do(action="create", manifest=CHILD, node="other")
    child, other = _children()

    work.killed()

    received = signals.read([child.id, other.id])
    assert [(one.run_id, type(one.message)) for one in received] == [(child.id, Stop)]


def test_deleting_the_parent_deletes_what_it_owns(parent: Parent) -> None:
    parent.do(action="create", manifest=CHILD, setOwnerReference=True)
    parent.do(action="create", manifest=SETTINGS, setOwnerReference=True)
    parent.do(action="create", manifest=SETTINGS.replace("settings", "kept"), node="m")
    [child] = _children()

    StoredObjects().run_deleted(parent.run.uid, "team")

    assert [row.name for row in ConfigEntry.objects.all()] == ["kept"]
    assert [type(one.message) for one in signals.read([child.id])] == [Stop]
    _finish(child, "Failed")
    retention.delete_expired(10**15)
    assert _children() == []


def test_runs_do_not_create_themselves_for_ever(parent: Parent) -> None:
    uid = parent.run.uid
    for depth in range(30):
        inner = Parent.__new__(Parent)
        inner.run = type(parent.run)(uid, "x", "team")
        inner.notes = []
        ending = inner.do(action="create", manifest=CHILD, node=f"n{depth}")
        if ending != Ending("Succeeded", exit_code=0):
            break
        uid = _children()[-1].uid

    assert "nested more than 20 deep" in _message(ending)
    assert len(_children()) == 20


@pytest.mark.parametrize(
    ("patch", "wish"),
    [("spec: {shutdown: Stop}", Stop), ("spec: {shutdown: Terminate}", Terminate)],
)
def test_patching_a_workflow_steers_its_run(parent: Parent, patch: str, wish: type[Any]) -> None:
    parent.do(action="create", manifest=CHILD)
    [child] = _children()

    ending = parent.do(action="patch", mergeStrategy="merge", flags=["workflow", child.name], manifest=patch)

    assert ending == Ending("Succeeded", exit_code=0)
    assert [type(one.message) for one in signals.read([child.id])] == [wish]


def test_the_rest_of_a_running_workflow_cannot_be_changed(parent: Parent) -> None:
    parent.do(action="create", manifest=CHILD)
    [child] = _children()

    message = _message(
        parent.do(
            action="patch", flags=[f"wf/{child.name}"], manifest="spec: {priority: 5}", mergeStrategy="merge"
        )
    )

    assert "only spec.suspend and spec.shutdown" in message


def test_deleting_a_workflow_ends_it_first(parent: Parent) -> None:
    parent.do(action="create", manifest=CHILD)
    [child] = _children()
    work = parent.work(action="delete", flags=["workflow", "--selector", "team=red"])

    first = work.advance()
    asked = [type(one.message) for one in signals.read([child.id])]
    _finish(child, "Failed")

    assert isinstance(first, Pause)
    assert asked == [Terminate]
    assert work.advance() == Ending("Succeeded", exit_code=0)
    assert _children() == []


# --- other kinds ---------------------------------------------------------------------------------


def test_config_maps_are_created_read_changed_and_deleted(parent: Parent) -> None:
    patch = "metadata: {name: settings}\napiVersion: v1\nkind: ConfigMap\ndata: {a: null, c: '3'}"
    outputs = {"all": {"jsonPath": "{.data}"}, "b": {"jqFilter": ".data.b"}}
    created = parent.do(action="create", manifest=SETTINGS, outputs=outputs)
    patched = parent.do(action="patch", mergeStrategy="merge", manifest=patch, outputs=outputs, node="p")
    json_patch = '[{"op": "add", "path": "/data/d", "value": "4"}]'
    parent.do(action="patch", mergeStrategy="json", flags=["cm", "settings"], manifest=json_patch, node="j")
    applied = parent.do(action="apply", manifest=SETTINGS, outputs=outputs, node="a")
    replaced = parent.do(action="replace", manifest=SETTINGS, outputs=outputs, node="r")
    deleted = parent.do(action="delete", manifest=SETTINGS, node="d")
    again = parent.do(action="delete", manifest=SETTINGS, node="d2")

    assert [ending.parameters for ending in (created, patched, applied, replaced)] == [
        {"all": '{"a":"1","b":"2"}', "b": "2"},
        {"all": '{"b":"2","c":"3"}', "b": "2"},
        {"all": '{"a":"1","b":"2","c":"3","d":"4"}', "b": "2"},
        {"all": '{"a":"1","b":"2"}', "b": "2"},
    ]
    assert (deleted, again) == (Ending("Succeeded", exit_code=0), Ending("Succeeded", exit_code=0))
    assert not ConfigEntry.objects.exists()


def test_apply_creates_what_is_not_there(parent: Parent) -> None:
    parent.do(action="apply", manifest=SETTINGS)

    assert config_entries.get_config_map(parent.creator, "team", "settings").data == {"a": "1", "b": "2"}


def test_values_of_secrets_go_in_and_never_come_out(parent: Parent) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {user: me, password: hush}"
    everything = {"all": {"jsonPath": "{.data.password}"}}

    created = parent.do(action="create", manifest=secret, outputs=everything)
    patch = "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {password: new}"
    parent.do(action="patch", manifest=patch, mergeStrategy="merge", node="p")

    assert read_secret("team", "login") == {"user": b"me", "password": b"new"}
    assert isinstance(created, Ending)
    assert "hush" not in str(created)
    assert not any("hush" in note or "new" in note for note in parent.notes)
    parent.do(action="delete", flags=["secret", "login"], node="d")
    assert not Secret.objects.exists()


def test_templates_are_stored_with_a_revision_for_each_change(parent: Parent) -> None:
    manifest = CHILD.replace("kind: Workflow", "kind: WorkflowTemplate").replace(
        "generateName: child-", "name: t"
    )

    parent.do(action="create", manifest=manifest)
    ending = parent.do(
        action="patch", flags=["wftmpl", "t"], manifest="spec: {priority: 7}", mergeStrategy="merge", node="p"
    )

    row = templates.get_template(parent.creator, kind="WorkflowTemplate", name="t", namespace="team")
    assert ending == Ending("Succeeded", exit_code=0)
    assert (row.manifest["spec"]["priority"], row.revision) == (7, 2)
    parent.do(action="delete", flags=["wftmpl/t"], node="d")
    assert not Template.objects.exists()


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        (
            {"action": "get", "flags": ["cm", "no"]},
            'Error from server (NotFound): configmaps "no" not found',
        ),
        (
            {"action": "get", "flags": ["pod", "x"]},
            'error: the server doesn\'t have a resource type "pod"',
        ),
        (
            {"action": "create", "manifest": "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}"},
            'resource mapping not found for name: "j" namespace: "" from "/tmp/manifest.yaml": '
            'no matches for kind "Job" in version "batch/v1"',
        ),
        (
            {"action": "create", "manifest": SETTINGS.replace("settings}", "settings, namespace: other}")},
            "Error from server (Forbidden): other namespaces cannot be reached",
        ),
        (
            {"action": "create", "manifest": f"{SETTINGS}---\n{SETTINGS}"},
            "error: a resource template works on one object",
        ),
        ({"action": "create", "manifest": "- x"}, "error: error parsing /tmp/manifest.yaml: "),
        ({"action": "apply", "manifest": CHILD}, "error: from child-: cannot use generate name with apply"),
        (
            {"action": "create", "manifest": CHILD.replace("suspend: {}", "script: {}")},
            "Error from server (BadRequest): error when creating",
        ),
    ],
)
def test_what_cannot_be_done_is_told_in_the_words_of_kubectl(
    parent: Parent, resource: dict[str, Any], message: str
) -> None:
    assert _message(parent.do(**resource)).startswith(f"no more retries {message}")


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ({"action": "get"}, "Must provide at least one of flags or manifest."),
        ({"action": "create", "manifest": SETTINGS, "flags": ["--recursive"]}, "unknown flag: --recursive"),
        (
            {"action": "delete", "manifest": SETTINGS, "successCondition": "a"},
            "successCondition, failureCondition and outputs are not supported for delete action",
        ),
        (
            {"action": "create", "manifest": SETTINGS, "successCondition": "a b"},
            "success condition 'a b' failed to parse: found 'b'",
        ),
    ],
)
def test_templates_that_make_no_sense_are_refused(
    parent: Parent, resource: dict[str, Any], message: str
) -> None:
    assert _message(parent.do(**resource)).startswith(message)


def test_the_rights_are_those_of_the_runs_creator(parent: Parent) -> None:
    parent.creator.namespacerole_set.update(role="operator")  # type: ignore[attr-defined]

    message = _message(parent.do(action="create", manifest=SETTINGS))

    assert message.startswith(
        'no more retries Error from server (Forbidden): error when creating "/tmp/manifest.yaml": '
        "configmaps is forbidden: the creator of the run cannot create resource"
    )
    assert not ConfigEntry.objects.exists()


def test_a_run_whose_creator_is_gone_may_do_nothing(parent: Parent) -> None:
    Run.objects.update(creator=None)

    assert "has no account any more" in _message(parent.do(action="create", manifest=SETTINGS))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("while(true; .)", "longer than"),
        ("[range(1e9)] | length", "memory|longer than"),
        (".a |", "syntax error"),
        ("error", ""),
    ],
)
@pytest.mark.slow
def test_a_jq_filter_may_not_harm_the_server(parent: Parent, source: str, reason: str) -> None:
    message = _message(parent.do(action="create", manifest=SETTINGS, outputs={"x": {"jqFilter": source}}))

    assert re.search(reason, message), message


def test_the_manifest_may_come_from_an_artifact(parent: Parent) -> None:
    parent.do(action="create", manifestFrom={"artifact": {"name": "m"}})

    assert [child.name.startswith("child-") for child in _children()] == [True]


def test_secrets_used_here_are_those_of_the_service(parent: Parent) -> None:
    secrets.put_secret(parent.creator, "team", "login", {"a": b"1"})

    ending = parent.do(action="get", flags=["secrets", "login"], successCondition="data.a")

    assert ending == Ending("Succeeded", exit_code=0)
