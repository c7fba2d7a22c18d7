"""What goes into and comes out of templates: parameters, artifacts, arguments.

Source: Argo's `Parameter`, `ValueFrom`, `Artifact`, `Inputs`, `Outputs`, `Arguments`. Not for substitution.
"""

from __future__ import annotations

from workflows.spec.value import JsonObject, Value

#: Fields of an artifact that say where it is stored, in the order Argo looks at them.
ARTIFACT_LOCATIONS = ("artifactory", "azure", "git", "gcs", "hdfs", "http", "oss", "raw", "s3", "plugin")


class ConfigMapKeySelector(Value, frozen=True):
    """Kubernetes' reference to one key of a ConfigMap; both texts may hold tags."""

    name: str = ""
    key: str = ""
    optional: bool | None = None


class ValueFrom(Value, frozen=True):
    """Where a parameter's value comes from. Exactly one source besides `default` may be set."""

    path: str = ""
    json_path: str = ""
    jq_filter: str = ""
    event: str = ""
    parameter: str = ""
    supplied: JsonObject | None = None
    config_map_key_ref: ConfigMapKeySelector | None = None
    default: str | None = None
    expression: str = ""


class Parameter(Value, frozen=True):
    """A named text. `value`, `default` and `value_from` are None when absent, which differs from ""."""

    name: str = ""
    default: str | None = None
    value: str | None = None
    value_from: ValueFrom | None = None
    global_name: str = ""
    enum: list[str] | None = None
    description: str | None = None


class TarStrategy(Value, frozen=True):
    compression_level: int | None = None


class ArchiveStrategy(Value, frozen=True):
    """How an artifact is packed; with none of them set, tar and gzip."""

    tar: TarStrategy | None = None
    none: JsonObject | None = None
    zip: JsonObject | None = None


class Metadata(Value, frozen=True):
    """Labels and annotations of what a template creates."""

    annotations: dict[str, str] = {}
    labels: dict[str, str] = {}


class ArtifactGC(Value, frozen=True):
    """When an artifact is deleted: OnWorkflowCompletion, OnWorkflowDeletion, Never or "" (inherit)."""

    strategy: str = ""
    pod_metadata: Metadata | None = None
    service_account_name: str = ""


class ArtifactLocation(Value, frozen=True):
    """Where files are stored; at most one of the location fields is set."""

    archive_logs: bool | None = None
    s3: JsonObject | None = None
    git: JsonObject | None = None
    http: JsonObject | None = None
    artifactory: JsonObject | None = None
    hdfs: JsonObject | None = None
    raw: JsonObject | None = None
    oss: JsonObject | None = None
    gcs: JsonObject | None = None
    azure: JsonObject | None = None
    plugin: JsonObject | None = None

    @property
    def location(self) -> str:
        """The name of the location field that is set, or ""."""
        return next((name for name in ARTIFACT_LOCATIONS if getattr(self, name) is not None), "")


class Artifact(ArtifactLocation, frozen=True):
    """A named file or folder. `from_` is Argo's `from`."""

    name: str = ""
    path: str = ""
    mode: int | None = None
    from_: str = ""
    global_name: str = ""
    archive: ArchiveStrategy | None = None
    optional: bool = False
    sub_path: str = ""
    recurse_mode: bool = False
    from_expression: str = ""
    artifact_gc: ArtifactGC | None = None
    deleted: bool = False


class Inputs(Value, frozen=True):
    parameters: list[Parameter] = []
    artifacts: list[Artifact] = []


class Outputs(Value, frozen=True):
    parameters: list[Parameter] = []
    artifacts: list[Artifact] = []
    result: str | None = None
    exit_code: str | None = None


class Arguments(Value, frozen=True):
    parameters: list[Parameter] = []
    artifacts: list[Artifact] = []
