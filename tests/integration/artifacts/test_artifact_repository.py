"""Which repository a run uses: its own reference, its namespace's default, the installation's."""

from __future__ import annotations

import re
from typing import Any

import pytest

from workflows.models import ConfigEntry, Namespace, Run
from workflows.services.artifact_repository import repository_memo
from workflows.services.submit import submit
from workflows.store.load import load_run

pytestmark = pytest.mark.argo("2-artifact-repository-ref", "7-default-repository")

MINE = "s3: {endpoint: minio:9000, bucket: mine, keyFormat: 'k/{{workflow.name}}'}\narchiveLogs: true\n"
MINE_LOCATION = {"s3": {"endpoint": "minio:9000", "bucket": "mine", "key": "k/{{workflow.name}}"}}
OTHER = "gcs: {bucket: theirs}"
ANNOTATION = "workflows.argoproj.io/default-artifact-repository"


@pytest.fixture
def config_map(namespace: Namespace) -> Any:
    """config_map(name, default="key") stores both repositories there."""

    def make(name: str = "artifact-repositories", *, default: str = "") -> None:
        ConfigEntry.objects.create(
            namespace=namespace,
            name=name,
            data={"mine": MINE, "other": OTHER, "broken": "s3: [", "empty": "{}", "odd": "s4: {}"},
            annotations={ANNOTATION: default} if default else {},
            updated_at=0,
        )

    return make


def chosen(reference: dict[str, str] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = repository_memo("demo", reference).get("artifactRepository", {})
    return found


def test_without_any_it_is_the_folder(namespace: Namespace) -> None:
    assert repository_memo("demo", None) == {}


def test_the_key_of_the_reference_counts(config_map: Any) -> None:
    config_map(default="other")

    found = chosen({"key": "mine"})

    assert found["location"] == MINE_LOCATION
    assert found["archiveLogs"] is True
    assert found["status"] == {
        "configMap": "artifact-repositories",
        "key": "mine",
        "namespace": "demo",
        "artifactRepository": {
            "s3": {"endpoint": "minio:9000", "bucket": "mine", "keyFormat": "k/{{workflow.name}}"},
            "archiveLogs": True,
        },
    }


@pytest.mark.parametrize("reference", [None, {}, {"configMap": "artifact-repositories"}])
def test_the_annotation_names_the_default(config_map: Any, reference: dict[str, str] | None) -> None:
    config_map(default="other")

    assert chosen(reference)["location"] == {
        "gcs": {"bucket": "theirs", "key": "{{workflow.name}}/{{pod.name}}"}
    }


def test_a_config_map_of_another_name(config_map: Any) -> None:
    config_map("elsewhere")

    assert chosen({"configMap": "elsewhere", "key": "mine"})["location"] == MINE_LOCATION


def test_a_namespace_without_default_uses_that_of_the_installation(config_map: Any, settings: Any) -> None:
    settings.SLUICE_ARTIFACT_REPOSITORY = OTHER
    config_map()

    assert chosen()["status"] == {"default": True, "artifactRepository": {"gcs": {"bucket": "theirs"}}}


@pytest.mark.parametrize(
    ("reference", "error"),
    [
        ({"key": "nowhere"}, 'failed to find any artifact repository for artifact repository ref "#nowhere"'),
        ({"configMap": "no", "key": "k"}, "failed to find any artifact repository .* ref \"no#k\""),
        ({}, "failed to find any artifact repository"),
        ({"key": "broken"}, 'error getting .* repository ref "demo/artifact-repositories#broken": '),
        ({"key": "empty"}, "the artifact repository names no store"),
        ({"key": "odd"}, "unknown fields of the artifact repository: s4"),
    ],
)  # fmt: skip
def test_references_that_lead_nowhere_are_errors(config_map: Any, reference: Any, error: str) -> None:
    config_map()

    found = chosen(reference)
    assert list(found) == ["error"]
    assert re.search(error, found["error"])


TEMPLATE = """\
kind: WorkflowTemplate
apiVersion: argoproj.io/v1alpha1
metadata: {name: stored}
spec:
  entrypoint: main
  artifactRepositoryRef: {key: mine}
  templates:
    - name: main
      container: {image: busybox}
"""


def test_a_run_keeps_the_repository_of_the_template_it_runs(config_map: Any, admin: Any) -> None:
    config_map()
    submit(admin, namespace="demo", text=TEMPLATE)

    text = "{kind: Workflow, apiVersion: argoproj.io/v1alpha1, metadata: {generateName: a-}, "
    [run] = submit(admin, namespace="demo", text=text + "spec: {workflowTemplateRef: {name: stored}}}")

    stored = load_run(Run.objects.get(uid=run.uid).id)
    assert stored is not None
    assert stored.run.memo["artifactRepository"]["location"] == MINE_LOCATION


def test_annotations_of_config_maps_are_stored(admin: Any, namespace: Namespace) -> None:
    metadata = f"{{name: c, annotations: {{{ANNOTATION}: x}}}}"

    submit(admin, namespace="demo", text=f"{{kind: ConfigMap, apiVersion: v1, metadata: {metadata}}}")

    assert ConfigEntry.objects.get(name="c").annotations == {ANNOTATION: "x"}
