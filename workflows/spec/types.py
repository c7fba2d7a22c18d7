"""The kinds of manifests Sluice reads, as frozen values: runs, stored templates, schedules, event bindings.

Source: Argo's `v1alpha1` types, version 4.1. Templates are in `template`, parameters in `arguments`.
Not for reading or checking manifests: see `load` and `lint`.
"""

from __future__ import annotations

from workflows.spec.arguments import Arguments, ArtifactGC, Metadata
from workflows.spec.template import (
    ExecutorConfig,
    LifecycleHook,
    Metrics,
    RetryStrategy,
    Synchronization,
    Template,
)
from workflows.spec.value import JsonObject, Value


class ObjectMeta(Value, frozen=True):
    """Kubernetes' object metadata, as far as a person writes it; the rest stays in the raw JSON."""

    name: str = ""
    generate_name: str = ""
    namespace: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    uid: str = ""
    creation_timestamp: str | None = None


class WorkflowTemplateRef(Value, frozen=True):
    """Run a stored template as a whole."""

    name: str = ""
    cluster_scope: bool = False


class TTLStrategy(Value, frozen=True):
    """Seconds after which a finished run is deleted; None means not by this rule."""

    seconds_after_completion: int | None = None
    seconds_after_success: int | None = None
    seconds_after_failure: int | None = None


class PodGC(Value, frozen=True):
    strategy: str = ""
    label_selector: JsonObject | None = None
    delete_delay_duration: str = ""


class VolumeClaimGC(Value, frozen=True):
    strategy: str = ""


class WorkflowLevelArtifactGC(ArtifactGC, frozen=True):
    force_finalizer_removal: bool = False
    pod_spec_patch: str = ""


class ArtifactRepositoryRef(Value, frozen=True):
    config_map: str = ""
    key: str = ""


class LabelValueFrom(Value, frozen=True):
    expression: str = ""


class WorkflowMetadata(Value, frozen=True):
    """Put on the run when it starts; `labels_from` maps a label to an expression."""

    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    labels_from: dict[str, LabelValueFrom] = {}


class WorkflowSpec(Value, frozen=True):
    """What a run does. Kubernetes settings of its pods are plain JSON."""

    templates: list[Template] = []
    entrypoint: str = ""
    arguments: Arguments = Arguments()
    service_account_name: str = ""
    automount_service_account_token: bool | None = None
    executor: ExecutorConfig | None = None
    volumes: list[JsonObject] = []
    volume_claim_templates: list[JsonObject] = []
    parallelism: int | None = None
    artifact_repository_ref: ArtifactRepositoryRef | None = None
    suspend: bool | None = None
    node_selector: dict[str, str] = {}
    affinity: JsonObject | None = None
    tolerations: list[JsonObject] = []
    image_pull_secrets: list[JsonObject] = []
    host_network: bool | None = None
    dns_policy: str | None = None
    dns_config: JsonObject | None = None
    on_exit: str = ""
    ttl_strategy: TTLStrategy | None = None
    active_deadline_seconds: int | None = None
    priority: int | None = None
    scheduler_name: str = ""
    pod_gc: PodGC | None = None
    pod_priority_class_name: str = ""
    host_aliases: list[JsonObject] = []
    security_context: JsonObject | None = None
    pod_spec_patch: str = ""
    pod_disruption_budget: JsonObject | None = None
    metrics: Metrics | None = None
    shutdown: str = ""
    workflow_template_ref: WorkflowTemplateRef | None = None
    synchronization: Synchronization | None = None
    volume_claim_gc: VolumeClaimGC | None = None
    retry_strategy: RetryStrategy | None = None
    pod_metadata: Metadata | None = None
    template_defaults: Template | None = None
    archive_logs: bool | None = None
    hooks: dict[str, LifecycleHook] = {}
    workflow_metadata: WorkflowMetadata | None = None
    artifact_gc: WorkflowLevelArtifactGC | None = None
    executor_plugins: list[JsonObject] = []
    pod_resources: JsonObject | None = None
    resource_claims: list[JsonObject] = []


class Workflow(Value, frozen=True):
    """One run. `status` is only present in objects imported from elsewhere."""

    api_version: str = ""
    kind: str = ""
    metadata: ObjectMeta = ObjectMeta()
    spec: WorkflowSpec = WorkflowSpec()
    status: JsonObject | None = None


class WorkflowTemplate(Value, frozen=True):
    api_version: str = ""
    kind: str = ""
    metadata: ObjectMeta = ObjectMeta()
    spec: WorkflowSpec = WorkflowSpec()


class ClusterWorkflowTemplate(WorkflowTemplate, frozen=True):
    """A WorkflowTemplate that every namespace may use."""


class StopStrategy(Value, frozen=True):
    expression: str = ""


class CronWorkflowSpec(Value, frozen=True):
    """`schedules` are five-field cron lines, macros such as ``@hourly``, or ``@every 1h``."""

    workflow_spec: WorkflowSpec = WorkflowSpec()
    concurrency_policy: str = ""
    suspend: bool = False
    starting_deadline_seconds: int | None = None
    successful_jobs_history_limit: int | None = None
    failed_jobs_history_limit: int | None = None
    timezone: str = ""
    workflow_metadata: ObjectMeta | None = None
    stop_strategy: StopStrategy | None = None
    schedules: list[str] = []
    when: str = ""


class CronWorkflow(Value, frozen=True):
    api_version: str = ""
    kind: str = ""
    metadata: ObjectMeta = ObjectMeta()
    spec: CronWorkflowSpec = CronWorkflowSpec()
    status: JsonObject | None = None


class Event(Value, frozen=True):
    selector: str = ""


class Submit(Value, frozen=True):
    """What an event binding submits; `metadata` names the run and labels it."""

    workflow_template_ref: WorkflowTemplateRef = WorkflowTemplateRef()
    metadata: ObjectMeta = ObjectMeta()
    arguments: Arguments | None = None


class WorkflowEventBindingSpec(Value, frozen=True):
    event: Event = Event()
    submit: Submit | None = None


class WorkflowEventBinding(Value, frozen=True):
    api_version: str = ""
    kind: str = ""
    metadata: ObjectMeta = ObjectMeta()
    spec: WorkflowEventBindingSpec = WorkflowEventBindingSpec()
