"""A template: one node's definition and its eleven kinds, and the steps and tasks that call it.

Source: Argo's `Template` and what it contains. Kubernetes objects stay plain JSON.
"""

from __future__ import annotations

from typing import Any

from workflows.spec.arguments import Arguments, Artifact, ArtifactLocation, Inputs, Metadata, Outputs
from workflows.spec.value import IntOrString, JsonObject, Value


class TemplateRef(Value, frozen=True):
    """A template inside a stored WorkflowTemplate (or ClusterWorkflowTemplate); texts may hold tags."""

    name: str = ""
    template: str = ""
    cluster_scope: bool = False


class ContinueOn(Value, frozen=True):
    error: bool = False
    failed: bool = False


class LifecycleHook(Value, frozen=True):
    """A template run when `expression` becomes true; the hook named ``exit`` needs no expression."""

    template: str = ""
    arguments: Arguments = Arguments()
    template_ref: TemplateRef | None = None
    expression: str = ""


class Sequence(Value, frozen=True):
    """`count` numbers from `start`, or from `start` to `end` inclusive; `format` is printf's."""

    count: IntOrString | None = None
    start: IntOrString | None = None
    end: IntOrString | None = None
    format: str = ""


class Backoff(Value, frozen=True):
    """Durations as Argo writes them ("30s", "2", tags); `cap` bounds one wait, `max_duration` all."""

    duration: str = ""
    factor: IntOrString | None = None
    max_duration: str = ""
    cap: str = ""


class RetryAffinity(Value, frozen=True):
    node_anti_affinity: JsonObject | None = None


class RetryStrategy(Value, frozen=True):
    """`limit` None means no limit; `retry_policy` "" means OnFailure, or Always with an expression."""

    limit: IntOrString | None = None
    retry_policy: str = ""
    backoff: Backoff | None = None
    affinity: RetryAffinity | None = None
    expression: str = ""


class SyncDatabaseRef(Value, frozen=True):
    key: str = ""


class SemaphoreRef(Value, frozen=True):
    config_map_key_ref: JsonObject | None = None
    namespace: str = ""
    database: SyncDatabaseRef | None = None


class Mutex(Value, frozen=True):
    name: str = ""
    namespace: str = ""
    database: bool = False


class Synchronization(Value, frozen=True):
    semaphores: list[SemaphoreRef] = []
    mutexes: list[Mutex] = []


class Cache(Value, frozen=True):
    config_map: JsonObject | None = None


class Memoize(Value, frozen=True):
    key: str = ""
    cache: Cache | None = None
    max_age: str = ""


class MetricLabel(Value, frozen=True):
    key: str = ""
    value: str = ""


class Gauge(Value, frozen=True):
    """`operation` is Set (also when ""), Add or Sub."""

    value: str = ""
    realtime: bool | None = None
    operation: str = ""


class Histogram(Value, frozen=True):
    value: str = ""
    buckets: list[float] = []


class Counter(Value, frozen=True):
    value: str = ""


class Prometheus(Value, frozen=True):
    """One metric; exactly one of gauge, histogram and counter is set."""

    name: str = ""
    labels: list[MetricLabel] = []
    help: str = ""
    when: str = ""
    gauge: Gauge | None = None
    histogram: Histogram | None = None
    counter: Counter | None = None


class Metrics(Value, frozen=True):
    prometheus: list[Prometheus] = []


class ExecutorConfig(Value, frozen=True):
    service_account_name: str = ""


class SuspendTemplate(Value, frozen=True):
    """Waits for a person or, with `duration` ("20s", "2", tags), for time to pass."""

    duration: str = ""


class ManifestFrom(Value, frozen=True):
    artifact: Artifact | None = None


class ResourceTemplate(Value, frozen=True):
    action: str = ""
    merge_strategy: str = ""
    manifest: str = ""
    manifest_from: ManifestFrom | None = None
    set_owner_reference: bool = False
    success_condition: str = ""
    failure_condition: str = ""
    flags: list[str] = []


class ContainerSetRetryStrategy(Value, frozen=True):
    duration: str = ""
    retries: IntOrString | None = None


class ContainerSetTemplate(Value, frozen=True):
    """`containers` are Kubernetes containers with an extra list `dependencies`."""

    containers: list[JsonObject] = []
    volume_mounts: list[JsonObject] = []
    retry_strategy: ContainerSetRetryStrategy | None = None


class TransformationStep(Value, frozen=True):
    expression: str = ""


class DataSource(Value, frozen=True):
    artifact_paths: Artifact | None = None


class Data(Value, frozen=True):
    source: DataSource = DataSource()
    transformation: list[TransformationStep] = []


class HTTPHeader(Value, frozen=True):
    name: str = ""
    value: str = ""
    value_from: JsonObject | None = None


class HTTP(Value, frozen=True):
    method: str = ""
    url: str = ""
    headers: list[HTTPHeader] = []
    timeout_seconds: int | None = None
    success_condition: str = ""
    body: str = ""
    body_from: JsonObject | None = None
    insecure_skip_verify: bool = False


class Template(Value, frozen=True):
    """One kind of work under a name. `steps` is None when absent; an empty list still means steps."""

    name: str = ""
    inputs: Inputs = Inputs()
    outputs: Outputs = Outputs()
    node_selector: dict[str, str] = {}
    affinity: JsonObject | None = None
    metadata: Metadata = Metadata()
    daemon: bool | None = None
    steps: list[list[WorkflowStep]] | None = None
    container: JsonObject | None = None
    container_set: ContainerSetTemplate | None = None
    script: JsonObject | None = None
    resource: ResourceTemplate | None = None
    dag: DAGTemplate | None = None
    suspend: SuspendTemplate | None = None
    data: Data | None = None
    http: HTTP | None = None
    plugin: JsonObject | None = None
    volumes: list[JsonObject] = []
    init_containers: list[JsonObject] = []
    sidecars: list[JsonObject] = []
    archive_location: ArtifactLocation | None = None
    active_deadline_seconds: IntOrString | None = None
    retry_strategy: RetryStrategy | None = None
    parallelism: int | None = None
    fail_fast: bool | None = None
    tolerations: list[JsonObject] = []
    scheduler_name: str = ""
    priority_class_name: str = ""
    service_account_name: str = ""
    automount_service_account_token: bool | None = None
    executor: ExecutorConfig | None = None
    host_aliases: list[JsonObject] = []
    security_context: JsonObject | None = None
    pod_spec_patch: str = ""
    metrics: Metrics | None = None
    synchronization: Synchronization | None = None
    memoize: Memoize | None = None
    timeout: str = ""
    annotations: dict[str, str] = {}
    pending_timeout: str = ""
    pod_resources: JsonObject | None = None
    resource_claims: list[JsonObject] = []

    @property
    def kind(self) -> str:
        """The field that says what this template does ("container", "dag" …), "" when there is none.

        The first one in Argo's order (`Template.GetType`) wins.
        """
        return next((name for name in TEMPLATE_KINDS if getattr(self, name) is not None), "")


#: Python names of the fields of which a template has exactly one, in the order of Argo's `GetType`.
TEMPLATE_KINDS = (
    "container",
    "container_set",
    "steps",
    "dag",
    "script",
    "resource",
    "data",
    "suspend",
    "http",
    "plugin",
)


class WorkflowStep(Value, frozen=True):
    """A call of a template: by name, by reference, or written in place (`inline`)."""

    name: str = ""
    template: str = ""
    inline: Template | None = None
    arguments: Arguments = Arguments()
    template_ref: TemplateRef | None = None
    with_items: list[Any] | None = None
    with_param: str = ""
    with_sequence: Sequence | None = None
    when: str = ""
    continue_on: ContinueOn | None = None
    on_exit: str = ""
    hooks: dict[str, LifecycleHook] = {}


class DAGTask(WorkflowStep, frozen=True):
    """A call that waits for other tasks: a list of names, or a boolean expression over their results."""

    dependencies: list[str] = []
    depends: str = ""


class DAGTemplate(Value, frozen=True):
    """`target` is a space-separated list of task names, "" for all leaves; `fail_fast` None is true."""

    target: str = ""
    tasks: list[DAGTask] = []
    fail_fast: bool | None = None
