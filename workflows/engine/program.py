"""A run's manifest, compiled once: templates, calls and their texts, so that starting a node parses nothing.

`Program` is immutable and free of run state; templates are compiled when first used. Not for checking
manifests: the linter has done that, and what it cannot know (dynamic references) raises EngineError when
used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property

from workflows.engine.compiled_calls import CompiledCall, CompiledHook, CompiledRetry
from workflows.engine.compiled_metrics import compile_metrics
from workflows.engine.compiled_templates import CompiledTemplate
from workflows.engine.errors import EngineError
from workflows.engine.messages import JsonObject
from workflows.engine.node import Run
from workflows.engine.parameters import compile_arguments
from workflows.expr import Tree, compile_tree
from workflows.spec import (
    Arguments,
    LifecycleHook,
    WorkflowSpec,
    WorkflowStep,
    apply_template_defaults,
    join_specs,
    spec_from_json,
)

_POD_FIELDS = (
    "affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "executor", "hostAliases",
    "hostNetwork", "imagePullSecrets", "nodeSelector", "podDisruptionBudget", "podGC", "podMetadata",
    "podPriorityClassName", "podResources", "podSpecPatch", "resourceClaims", "schedulerName",
    "securityContext", "serviceAccountName", "tolerations", "volumeClaimGC", "volumeClaimTemplates",
    "volumes",
)  # fmt: skip

_COLLECTION = '"artifactGC"'
_OTHER_HOSTS = '"nodeAntiAffinity"'

#: finds a stored template: ("namespaced" | "cluster", name) -> raw WorkflowTemplate
Library = Mapping[tuple[str, str], JsonObject]
#: under this key the library keeps what a run gets that neither it nor its template says: {"spec": …}
DEFAULTS = ("defaults", "")


def compile_program(workflow: JsonObject, library: Library) -> Program:
    """Compile a Workflow object; a workflowTemplateRef is merged with the template it names. Raises
    EngineError.
    """
    reference = workflow.get("spec", {}).get("workflowTemplateRef")
    if reference is None:
        return Program(workflow, library, referenced=False)
    key = ("cluster" if reference.get("clusterScope") else "namespaced", reference.get("name", ""))
    template = library.get(key)
    if template is None:
        raise EngineError(f"workflow template {key[1]} not found")
    defaults = library.get(DEFAULTS, {}).get("spec")
    merged = {**workflow, "spec": join_specs(workflow["spec"], template.get("spec"), defaults)}
    return Program(merged, library, referenced=True)


class Program:
    """The compiled manifest. `spec` is the merged spec; `referenced` says it came by workflowTemplateRef."""

    def __init__(self, workflow: JsonObject, library: Library, *, referenced: bool) -> None:
        self.raw = workflow
        self.spec: WorkflowSpec = spec_from_json(workflow).spec
        self.referenced = referenced
        self._library = library
        self._defaults: JsonObject | None = workflow["spec"].get("templateDefaults")
        self.base = TemplateBase(self, "local", "", workflow["spec"])
        self.template_label = _template_label(self.spec)
        self._bases: dict[tuple[str, str], TemplateBase] = {}
        self.entry = CompiledCall(
            WorkflowStep(
                template=self.spec.entrypoint, arguments=Arguments(artifacts=self.spec.arguments.artifacts)
            )
        )
        self.hooks = {name: CompiledHook(hook) for name, hook in self.spec.hooks.items() if name != "exit"}
        self.arguments = compile_arguments(self.spec.arguments)
        self.metrics = compile_metrics(self.spec.metrics)

    @cached_property
    def exit_hook(self) -> CompiledHook | None:
        """The run's exit handler: the hook named exit, or onExit with the run's own arguments."""
        hook = self.spec.hooks.get("exit")
        if hook is not None:
            return CompiledHook(hook)
        return self.exit_handler(self.spec.on_exit)

    def exit_handler(self, template: str) -> CompiledHook | None:
        """An `onExit: TEMPLATE`, which is called with the arguments of the run."""
        if not template:
            return None
        return CompiledHook(LifecycleHook(template=template, arguments=self.spec.arguments))

    @cached_property
    def pod_settings(self) -> Tree:
        """The fields of the spec that shape every pod, for executors that know what to do with them."""
        spec = self.raw["spec"]
        return compile_tree({field: spec[field] for field in _POD_FIELDS if field in spec})

    @cached_property
    def locks(self) -> Tree | None:
        """The locks of the run as a whole."""
        raw = self.raw["spec"].get("synchronization")
        return compile_tree(raw) if raw else None

    @cached_property
    def retry(self) -> CompiledRetry | None:
        """The retryStrategy of templates that have none of their own."""
        raw = self.raw["spec"].get("retryStrategy")
        return CompiledRetry(raw) if raw is not None else None

    @cached_property
    def _mentioned(self) -> frozenset[str]:
        """Which rare fields occur anywhere in the manifest; it is written out once for all of them."""
        texts = [json.dumps(raw) for raw in (self.raw["spec"], *self._library.values())]
        return frozenset(
            field for field in (_COLLECTION, _OTHER_HOSTS) if any(field in text for text in texts)
        )

    @cached_property
    def collects_artifacts(self) -> bool:
        """Whether the manifest, or a template it may refer to, says when artifacts are to be deleted."""
        return _COLLECTION in self._mentioned

    @cached_property
    def spreads_retries(self) -> bool:
        """Whether attempts are to avoid hosts on which earlier ones failed, here or in stored templates."""
        return _OTHER_HOSTS in self._mentioned

    def parameters_json(self, run: Run) -> list[JsonObject]:
        """The run's arguments as Argo's JSON, with the values the run was given."""
        parameters = []
        for parameter in self.raw["spec"].get("arguments", {}).get("parameters", []):
            value = run.arguments.get(parameter["name"])
            parameters.append(parameter if value is None else {**parameter, "value": value})
        known = {parameter["name"] for parameter in parameters}
        return parameters + [{"name": n, "value": v} for n, v in run.arguments.items() if n not in known]

    def library_base(self, scope: str, name: str) -> TemplateBase:
        """The templates of a stored WorkflowTemplate. Raises EngineError when there is none."""
        base = self._bases.get((scope, name))
        if base is None:
            stored = self._library.get((scope, name))
            if stored is None:
                raise EngineError(f"workflow template {name} not found")
            base = self._bases[scope, name] = TemplateBase(self, scope, name, stored.get("spec", {}))
        return base

    def base_labelled(self, label: str) -> TemplateBase:
        """The base with that `label`. Raises EngineError when its stored template is not in the library."""
        scope, _, name = label.partition("/")
        return self.base if scope == "local" else self.library_base(scope, name)

    def with_defaults(self, template: JsonObject) -> JsonObject:
        return apply_template_defaults(template, self._defaults)


class TemplateBase:
    """Where a plain template name is looked up: the run itself, or one stored template object."""

    def __init__(self, program: Program, scope: str, name: str, spec: JsonObject) -> None:
        self.program = program
        self.scope = scope
        self.name = name
        self._raw = {
            template["name"]: template for template in spec.get("templates", []) if "name" in template
        }
        self._pod_metadata: JsonObject = spec.get("podMetadata") or {}
        self._compiled: dict[str, CompiledTemplate] = {}

    def label(self, run: Run) -> str:
        """Argo's templateScope: ``local/RUN``, ``namespaced/NAME`` or ``cluster/NAME``."""
        if self.scope != "local":
            return f"{self.scope}/{self.name}"
        return "local/" if self.program.referenced else f"local/{run.name}"

    def template(self, name: str) -> CompiledTemplate:
        compiled = self._compiled.get(name)
        if compiled is None:
            raw = self._raw.get(name)
            if raw is None:
                where = "" if self.scope == "local" else f" in workflow template {self.name}"
                raise EngineError(f"template {name} not found{where}")
            compiled = self._compiled[name] = self.compile(raw)
        return compiled

    def compile(self, raw: JsonObject) -> CompiledTemplate:
        """Compile a template of this base, with the run's templateDefaults and this base's podMetadata."""
        merged = self.program.with_defaults(raw)
        for field, values in self._pod_metadata.items():
            metadata = dict(merged.get("metadata") or {})
            metadata[field] = {**values, **(metadata.get(field) or {})}
            merged = {**merged, "metadata": metadata}
        return CompiledTemplate(merged, self)


def _template_label(spec: WorkflowSpec) -> dict[str, str]:
    """The label that names the stored template a run came from."""
    reference = spec.workflow_template_ref
    if reference is None:
        return {}
    kind = "cluster-workflow-template" if reference.cluster_scope else "workflow-template"
    return {f"workflows.argoproj.io/{kind}": reference.name}
