"""The values: names on the wire, absence, kinds of templates."""

from __future__ import annotations

import msgspec
import pytest

import workflows.spec as spec
from workflows.spec import Artifact, Parameter, Template, Value, Workflow, WorkflowSpec, argo_name
from workflows.spec.schema import struct_fields


@pytest.mark.parametrize(
    ("python", "argo"),
    [
        ("name", "name"),
        ("retry_strategy", "retryStrategy"),
        ("from_", "from"),
        ("pod_gc", "podGC"),
        ("artifact_gc", "artifactGC"),
        ("volume_claim_gc", "volumeClaimGC"),
        ("ttl_strategy", "ttlStrategy"),
        ("dns_policy", "dnsPolicy"),
        ("json_path", "jsonPath"),
        ("s3", "s3"),
    ],
)
def test_names_on_the_wire_are_argos(python: str, argo: str) -> None:
    assert argo_name(python) == argo


STRUCTS = [
    value
    for value in vars(spec).values()
    if isinstance(value, type) and issubclass(value, Value) and value is not Value
]
#: Kubernetes' metadata has more fields, which stay in the raw JSON
PARTIAL = {"ObjectMeta"}


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
@pytest.mark.argo("3-common-template-fields")
def test_every_value_has_exactly_the_fields_of_its_type(struct: type[msgspec.Struct]) -> None:
    name = {"ArtifactGC": "ArtifactGC"}.get(struct.__name__, struct.__name__)
    ours = {field.encode_name for field in msgspec.structs.fields(struct)}

    known = set(struct_fields(name))

    assert ours <= known if name in PARTIAL else ours == known


def test_absent_differs_from_empty() -> None:
    parameters = msgspec.json.decode(b'[{"name":"a"},{"name":"b","value":""}]', type=list[Parameter])

    assert [parameter.value for parameter in parameters] == [None, ""]


def test_absent_fields_are_not_written() -> None:
    assert msgspec.json.encode(Workflow(kind="Workflow", spec=WorkflowSpec(entrypoint="a"))) == (
        b'{"kind":"Workflow","spec":{"entrypoint":"a"}}'
    )


@pytest.mark.parametrize(
    ("json", "kind"),
    [
        ("{}", ""),
        ('{"container":{}}', "container"),
        ('{"steps":[]}', "steps"),
        ('{"dag":{"tasks":[]}}', "dag"),
        ('{"containerSet":{}}', "container_set"),
        ('{"suspend":{},"script":{}}', "script"),
    ],
)
def test_the_kind_of_a_template_is_the_first_field_in_argos_order(json: str, kind: str) -> None:
    assert msgspec.json.decode(json, type=Template).kind == kind


def test_values_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Template(name="a").name = "b"  # type: ignore[misc]


def test_an_artifact_names_its_location() -> None:
    assert (Artifact(s3={"key": "k"}).location, Artifact(name="a").location) == ("s3", "")
