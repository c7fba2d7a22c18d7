"""Flags of resource templates and the words of kubectl."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.errors import ConflictError, ForbiddenError, NotFoundError, SluiceError, UserError
from workflows.executors.agent import AgentSettings, Kinds
from workflows.executors.agent.kubectl import read_flags, worded
from workflows.executors.agent.objects import KINDS, kind_by_word
from workflows.executors.agent.work import Failed


def test_flags_name_objects_namespaces_and_labels() -> None:
    line = read_flags(
        ["workflow", "my-run", "-n", "team", "--selector=a=b,c", "--validate=false", "--timeout", "3s"]
    )

    assert (line.words, line.namespace) == (("workflow", "my-run"), "team")
    assert [str(each) for each in line.selector] == ["a=b", "c"]


@pytest.mark.parametrize("flag", ["--recursive", "-f", "--namespace", "--dry-run=server"])
def test_a_flag_that_means_something_else_is_refused(flag: str) -> None:
    with pytest.raises(Failed, match="flag"):
        read_flags([flag])


@pytest.mark.parametrize("word", ["cm", "configmap", "ConfigMaps", "configmaps"])
def test_kinds_have_many_names(word: str) -> None:
    assert kind_by_word(word) is KINDS["ConfigMap"]


@pytest.mark.parametrize(
    ("action", "fault", "message"),
    [
        ("get", NotFoundError("x"), 'Error from server (NotFound): workflows.argoproj.io "a" not found'),
        (
            "create",
            ConflictError("x", code="name-taken"),
            'Error from server (AlreadyExists): error when creating "/tmp/manifest.yaml": '
            'workflows.argoproj.io "a" already exists',
        ),
        (
            "create",
            ForbiddenError("why"),
            'Error from server (Forbidden): error when creating "/tmp/manifest.yaml": workflows.argoproj.io '
            'is forbidden: the creator of the run cannot create resource "workflows" in API group '
            '"argoproj.io" in the namespace "ns": why',
        ),
        ("patch", UserError("what"), "Error from server (BadRequest): what"),
    ],
)
def test_faults_are_worded_as_kubectl_does(action: str, fault: SluiceError, message: str) -> None:
    assert worded(fault, action, KINDS["Workflow"], "a", "ns") == message


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        ({"manifest": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{x}}'}"}, []),
        ({"manifest": "apiVersion: v1\nkind: '{{inputs.parameters.kind}}'"}, []),
        (
            {"manifest": "apiVersion: batch/v1\nkind: Job"},
            ["resource.manifest (objects of kind Job need a cluster)"],
        ),
        ({"flags": ["cm", "x"]}, []),
        ({"flags": ["{{x}}", "y"]}, []),
        ({"flags": ["-n", "team", "pod/x"]}, ["resource.flags (objects of kind pod need a cluster)"]),
        ({"manifest": "- op: add"}, []),
    ],
)
def test_objects_of_a_cluster_are_refused_at_submit(resource: dict[str, Any], found: list[str]) -> None:
    assert Kinds(AgentSettings()).unsupported({"name": "t", "resource": resource}) == found


def test_fields_of_pods_that_mean_something_are_refused_where_there_is_no_pod() -> None:
    template = {
        "name": "t",
        "http": {"url": "x"},
        "sidecars": [{"name": "s"}],
        "volumes": [],
        "timeout": "1s",
    }

    assert Kinds(AgentSettings()).unsupported(template) == ["sidecars"]
