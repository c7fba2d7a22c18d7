"""Specs laid over each other. Expected values are what Argo's `JoinWorkflowSpec` gives for the same specs."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from workflows.spec import apply_template_defaults, join_metadata, join_specs, strategic_merge


@pytest.mark.argo("2-workflow-template-ref", "14-merge-and-metadata", "14-workflow-defaults")
def test_the_runs_fields_win_over_the_templates_and_those_over_the_defaults() -> None:
    joined = join_specs(
        {"entrypoint": "run", "parallelism": 1},
        {"entrypoint": "template", "priority": 2, "onExit": "bye"},
        {"entrypoint": "defaults", "priority": 3, "serviceAccountName": "sa"},
    )

    assert joined == {
        "entrypoint": "run",
        "parallelism": 1,
        "priority": 2,
        "onExit": "bye",
        "serviceAccountName": "sa",
    }


def test_empty_text_overrides_nothing() -> None:
    assert join_specs({"entrypoint": ""}, {"entrypoint": "a"}) == {"entrypoint": "a"}


def test_suspend_is_the_runs_own() -> None:
    assert join_specs({}, {"suspend": True}) == {}
    assert join_specs({"suspend": False}, {"suspend": True}) == {"suspend": False}


@pytest.mark.argo("2-workflow-template-ref")
def test_a_parameter_is_taken_whole_from_the_highest_that_gives_it_a_value() -> None:
    joined = join_specs(
        {
            "arguments": {
                "parameters": [{"name": "x", "value": "new"}, {"name": "b", "value": "2"}, {"name": "d"}]
            }
        },
        {
            "arguments": {
                "parameters": [
                    {"name": "a", "value": "1"},
                    {"name": "b", "value": "1", "enum": ["1", "2"]},
                    {"name": "c", "default": "0"},
                    {"name": "d", "value": "template", "description": "kept"},
                ]
            }
        },
    )

    assert joined["arguments"]["parameters"] == [
        {"name": "x", "value": "new"},
        {"name": "a", "value": "1"},
        {"name": "b", "value": "2"},
        {"name": "c", "default": "0"},
        {"name": "d", "value": "template", "description": "kept"},
    ]


def test_an_artifact_keeps_the_rest_of_its_location_when_stored_alike() -> None:
    stored = {"arguments": {"artifacts": [{"name": "a", "s3": {"bucket": "b", "key": "old"}}]}}

    assert join_specs({"arguments": {"artifacts": [{"name": "a", "s3": {"key": "new"}}]}}, stored) == {
        "arguments": {"artifacts": [{"name": "a", "s3": {"bucket": "b", "key": "new"}}]}
    }
    assert join_specs({"arguments": {"artifacts": [{"name": "a", "raw": {"data": "x"}}]}}, stored) == {
        "arguments": {"artifacts": [{"name": "a", "raw": {"data": "x"}}]}
    }


def test_hooks_and_computed_labels_are_taken_whole() -> None:
    joined = join_specs(
        {
            "hooks": {"exit": {"template": "mine"}},
            "workflowMetadata": {"labelsFrom": {"a": {"expression": "1"}}},
        },
        {
            "hooks": {"exit": {"template": "theirs", "expression": "x"}, "running": {"template": "r"}},
            "workflowMetadata": {
                "labels": {"l": "v"},
                "labelsFrom": {"a": {"expression": "2"}, "b": {"expression": "3"}},
            },
        },
    )

    assert joined == {
        "hooks": {"exit": {"template": "mine"}, "running": {"template": "r"}},
        "workflowMetadata": {
            "labels": {"l": "v"},
            "labelsFrom": {"a": {"expression": "1"}, "b": {"expression": "3"}},
        },
    }


def test_nothing_given_is_changed() -> None:
    run = {
        "arguments": {"parameters": [{"name": "a", "value": "1"}]},
        "volumes": [{"name": "v", "emptyDir": {}}],
    }
    template = {
        "arguments": {"parameters": [{"name": "b"}]},
        "volumes": [{"name": "v", "secret": {}}],
        "hooks": {},
    }
    before = copy.deepcopy((run, template))

    join_specs(run, template, template)

    assert (run, template) == before


CONTAINER: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (
        "lists-by-name",
        {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
        {"env": [{"name": "C", "value": "3"}, {"name": "B", "value": "4"}]},
        {"env": [{"name": "C", "value": "3"}, {"name": "A", "value": "1"}, {"name": "B", "value": "4"}]},
    ),
    ("plain-lists-are-replaced", {"args": ["a", "b"]}, {"args": ["c"]}, {"args": ["c"]}),
    (
        "mounts-by-path",
        {"volumeMounts": [{"mountPath": "/a", "name": "x", "readOnly": True}]},
        {"volumeMounts": [{"mountPath": "/a", "name": "y"}, {"mountPath": "/b", "name": "z"}]},
        {
            "volumeMounts": [
                {"mountPath": "/a", "name": "y", "readOnly": True},
                {"mountPath": "/b", "name": "z"},
            ]
        },
    ),
    (
        "mappings-merge",
        {"resources": {"limits": {"cpu": "1"}}},
        {"resources": {"limits": {"memory": "1Gi"}}},
        {"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}},
    ),
    ("null-removes", {"image": "a", "tty": True}, {"tty": None}, {"image": "a"}),
    ("types-differ", {"args": ["a"]}, {"args": "x"}, {"args": "x"}),
]


@pytest.mark.parametrize(
    ("base", "over", "merged"), [row[1:] for row in CONTAINER], ids=[row[0] for row in CONTAINER]
)
def test_strategic_merge(base: dict[str, Any], over: dict[str, Any], merged: dict[str, Any]) -> None:
    assert strategic_merge(base, over, "Container") == merged


def test_a_selector_is_replaced() -> None:
    merged = strategic_merge(
        {"minAvailable": 1, "selector": {"matchLabels": {"a": "1"}}},
        {"selector": {"matchLabels": {"b": "2"}}},
        "PodDisruptionBudgetSpec",
    )

    assert merged == {"minAvailable": 1, "selector": {"matchLabels": {"b": "2"}}}


def test_finalizers_join_without_repeats() -> None:
    merged = strategic_merge({"finalizers": ["a", "b"]}, {"finalizers": ["b", "c"]}, "ObjectMeta")

    assert merged == {"finalizers": ["a", "b", "c"]}


@pytest.mark.argo("2-template-defaults")
def test_template_defaults_apply_to_templates_of_their_kind() -> None:
    defaults = {"timeout": "30s", "container": {"image": "busybox"}, "script": {"image": "python"}}

    assert apply_template_defaults({"name": "a", "container": {"args": ["x"]}}, defaults) == {
        "name": "a",
        "timeout": "30s",
        "container": {"image": "busybox", "args": ["x"]},
    }
    assert apply_template_defaults({"name": "b", "suspend": {}}, defaults) == {
        "name": "b",
        "timeout": "30s",
        "suspend": {},
    }
    assert apply_template_defaults({"name": "c"}, None) == {"name": "c"}


def test_metadata_joins_labels_and_annotations() -> None:
    assert join_metadata(
        {"name": "a", "labels": {"x": "1"}}, {"name": "b", "labels": {"x": "2", "y": "3"}}
    ) == {
        "name": "a",
        "labels": {"x": "1", "y": "3"},
    }
    assert join_metadata({"name": "a"}, None) == {"name": "a"}
