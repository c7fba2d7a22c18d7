"""Objects of every kind in resource templates, what is refused, and whose rights count."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.integration.services.parents import CHILD, SETTINGS, Parent, children, message_of
from workflows.executors.agent.work import Ending
from workflows.models import ConfigEntry, Run, Secret, Template
from workflows.services import config_entries, secrets, templates
from workflows.store.configuration import read_secret


@pytest.fixture
def parent(make_user: Any) -> Parent:
    return Parent(make_user("admin"))


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
    assert message_of(parent.do(**resource)).startswith(f"no more retries {message}")


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
    assert message_of(parent.do(**resource)).startswith(message)


def test_the_rights_are_those_of_the_runs_creator(parent: Parent) -> None:
    parent.creator.namespacerole_set.update(role="operator")  # type: ignore[attr-defined]

    message = message_of(parent.do(action="create", manifest=SETTINGS))

    assert message.startswith(
        'no more retries Error from server (Forbidden): error when creating "/tmp/manifest.yaml": '
        "configmaps is forbidden: the creator of the run cannot create resource"
    )
    assert not ConfigEntry.objects.exists()


def test_a_run_whose_creator_is_gone_may_do_nothing(parent: Parent) -> None:
    Run.objects.update(creator=None)

    assert "has no account any more" in message_of(parent.do(action="create", manifest=SETTINGS))


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
    message = message_of(parent.do(action="create", manifest=SETTINGS, outputs={"x": {"jqFilter": source}}))

    assert re.search(reason, message), message


def test_the_manifest_may_come_from_an_artifact(parent: Parent) -> None:
    parent.do(action="create", manifestFrom={"artifact": {"name": "m"}})

    assert [child.name.startswith("child-") for child in children()] == [True]


def test_secrets_used_here_are_those_of_the_service(parent: Parent) -> None:
    secrets.put_secret(parent.creator, "team", "login", {"a": b"1"})

    ending = parent.do(action="get", flags=["secrets", "login"], successCondition="data.a")

    assert ending == Ending("Succeeded", exit_code=0)
