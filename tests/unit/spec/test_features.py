"""Fields this version refuses."""

from __future__ import annotations

import pytest

from workflows.spec import features, parse_documents, unsupported, unsupported_in
from workflows.spec.schema import struct_fields

HEAD = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n"


def test_every_entry_names_a_field_that_exists() -> None:
    assert [place for place in features.NOT_YET if place[1] not in struct_fields(place[0])] == []


@pytest.fixture
def some_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same fields are missing, whatever this version can do by now."""
    missing = {
        ("WorkflowSpec", "archiveLogs"): "archiveLogs",
        ("Template", "memoize"): "memoize",
        ("Template", "http"): "http",
        ("Template", "daemon"): "daemon",
        ("Outputs", "artifacts"): "outputs.artifacts",
        ("Arguments", "artifacts"): "arguments.artifacts",
    }
    monkeypatch.setattr(features, "NOT_YET", missing)


@pytest.mark.usefixtures("some_missing")
def test_fields_are_found_wherever_templates_are() -> None:
    text = HEAD + (
        "spec:\n"
        "  archiveLogs: true\n"
        "  templateDefaults: {memoize: {key: a}}\n"
        "  templates:\n"
        "  - name: a\n"
        "    steps:\n"
        "    - - name: b\n"
        "        inline: {http: {}}\n"
        "        arguments: {artifacts: [{name: x, from: y}]}\n"
    )
    (document,) = parse_documents(text)

    assert [
        (problem.code, problem.message, problem.path, problem.line) for problem in unsupported_in(document)
    ] == [
        ("not-supported-yet", "not supported yet: archiveLogs", "spec.archiveLogs", 4),
        ("not-supported-yet", "not supported yet: memoize", "spec.templateDefaults.memoize", 5),
        ("not-supported-yet", "not supported yet: http", "spec.templates[0].steps[0][0].inline.http", 10),
        (
            "not-supported-yet",
            "not supported yet: arguments.artifacts",
            "spec.templates[0].steps[0][0].arguments.artifacts",
            11,
        ),
    ]


@pytest.mark.usefixtures("some_missing")
def test_what_is_switched_off_or_empty_is_no_use_of_a_feature() -> None:
    spec = {"archiveLogs": False, "templates": [{"name": "a", "daemon": False, "outputs": {"artifacts": []}}]}

    assert unsupported({"kind": "Workflow", "spec": spec}) == []


def test_settings_that_only_a_cluster_uses_are_accepted() -> None:
    spec = {
        "nodeSelector": {"a": "b"},
        "tolerations": [{"key": "k"}],
        "podGC": {"strategy": "OnPodCompletion"},
        "podSpecPatch": "{}",
        "volumes": [{"name": "v", "emptyDir": {}}],
        "templates": [{"name": "a", "container": {"image": "x", "resources": {}}, "sidecars": []}],
    }

    assert unsupported({"kind": "WorkflowTemplate", "spec": spec}) == []


@pytest.mark.usefixtures("some_missing")
def test_other_kinds_have_no_features() -> None:
    assert unsupported({"kind": "Service", "spec": {"archiveLogs": True}}) == []
