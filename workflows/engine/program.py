"""A run's manifest, compiled once: templates, calls and their texts, so that starting a node parses nothing.

`Program` is immutable and free of run state; templates are compiled when first used. Not for checking
manifests: the linter has done that, and what it cannot know (dynamic references) raises EngineError when
used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property

import msgspec

from workflows.engine.depends import Depends, compile_depends
from workflows.engine.errors import EngineError
from workflows.engine.messages import JsonObject
from workflows.engine.node import Run
from workflows.expr import Tree, compile_tree, parse_text
from workflows.spec import (
    Arguments,
    DAGTask,
    DAGTemplate,
    LifecycleHook,
    Parameter,
    Template,
    TemplateRef,
    ValueFrom,
    WorkflowSpec,
    WorkflowStep,
    apply_template_defaults,
    join_specs,
    spec_from_json,
)

_PATHS = re.compile(r"outputs\.parameters\.[\w-]+\.path")
_MENTION = re.compile(r"\b(?:steps|tasks)(?:\.|\[['\"])([-\w]+)")
_ALL_INPUTS = re.compile(r"inputs\.parameters(?![.\w\[?])")

_POD_FIELDS = (
    "affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "executor", "hostAliases",
    "hostNetwork", "imagePullSecrets", "nodeSelector", "podMetadata", "podPriorityClassName",
    "podResources", "podSpecPatch", "resourceClaims", "schedulerName", "securityContext",
    "serviceAccountName", "tolerations", "volumes",
)  # fmt: skip

#: finds a stored template: ("namespaced" | "cluster", name) -> raw WorkflowTemplate
Library = Mapping[tuple[str, str], JsonObject]


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
    merged = {**workflow, "spec": join_specs(workflow["spec"], template.get("spec"))}
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
        self.entry = CompiledCall.of_template(self.spec.entrypoint)
        self.hooks = {name: CompiledHook(hook) for name, hook in self.spec.hooks.items() if name != "exit"}
        self.arguments = compile_arguments(self.spec.arguments)

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
    def retry(self) -> CompiledRetry | None:
        """The retryStrategy of templates that have none of their own."""
        raw = self.raw["spec"].get("retryStrategy")
        return CompiledRetry(raw) if raw is not None else None

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


class CompiledTemplate:
    """One template. Texts that may hold tags are parsed; `body` is everything that becomes a launch order."""

    def __init__(self, raw: JsonObject, base: TemplateBase) -> None:
        self.raw = raw
        self.base = base
        self.spec: Template = msgspec.convert(raw, Template)
        self.name = self.spec.name
        self.kind = self.spec.kind
        self.inputs = [CompiledParameter(parameter) for parameter in self.spec.inputs.parameters]
        self.raw_inputs: list[JsonObject] = (raw.get("inputs") or {}).get("parameters") or []
        own_retry = raw.get("retryStrategy")
        self.retry = CompiledRetry(own_retry) if own_retry is not None else base.program.retry
        self.timeout = parse_text(self.spec.timeout) if self.spec.timeout else None
        self.pending_timeout = parse_text(self.spec.pending_timeout) if self.spec.pending_timeout else None
        display = self.spec.annotations.get("workflows.argoproj.io/display-name")
        self.display_name = parse_text(display) if display else None

    @property
    def is_pod(self) -> bool:
        return self.kind in ("container", "script")

    @cached_property
    def mentions_all_inputs(self) -> bool:
        """Whether the variable ``inputs.parameters``, the list of all inputs as JSON, is worth computing."""
        return _ALL_INPUTS.search(self._text) is not None

    @cached_property
    def body(self) -> Tree:
        """The template without its inputs, whose values are known when it is rendered."""
        return compile_tree(
            {key: value for key, value in self.raw.items() if key not in ("inputs", "retryStrategy")}
        )

    @cached_property
    def paths(self) -> Tree | None:
        """The variables ``outputs.parameters.NAME.path``, None when no text of the template mentions one."""
        if _PATHS.search(self._text) is None:
            return None
        return compile_tree(
            {
                f"outputs.parameters.{parameter.name}.path": parameter.value_from.path
                for parameter in self.spec.outputs.parameters
                if parameter.value_from is not None and parameter.value_from.path
            }
        )

    @cached_property
    def output_defaults(self) -> dict[str, str | None]:
        """Declared output parameters of a template that did not run: their default, None when there is
        none.
        """
        return {
            parameter.name: parameter.value_from.default if parameter.value_from is not None else None
            for parameter in self.spec.outputs.parameters
        }

    @cached_property
    def outputs(self) -> list[CompiledParameter]:
        return [CompiledParameter(parameter) for parameter in self.spec.outputs.parameters]

    @cached_property
    def steps(self) -> list[list[CompiledCall]]:
        raw_groups = self.raw.get("steps") or []
        return [
            [
                CompiledCall(step, self.base, raw.get("inline"))
                for step, raw in zip(group, raw_group, strict=True)
            ]
            for group, raw_group in zip(self.spec.steps or [], raw_groups, strict=True)
        ]

    @cached_property
    def dag(self) -> CompiledDag:
        return CompiledDag(self)

    @cached_property
    def _text(self) -> str:
        return json.dumps(self.raw, ensure_ascii=False)

    @cached_property
    def result_references(self) -> frozenset[str]:
        """Names of steps or tasks whose `outputs.result` this steps or dag template mentions."""
        word = "tasks" if self.kind == "dag" else "steps"
        found = re.findall(
            rf"{word}(?:\.([-\w]+)\.outputs\.result|\[\\?['\"]([-\w]+)\\?['\"]\]\.outputs.result)", self._text
        )
        return frozenset(dotted or quoted for dotted, quoted in found)


class CompiledConfigMapKey:
    """A reference to one key of a ConfigMap, with the default for when there is no such key."""

    __slots__ = ("default", "key", "name")

    def __init__(self, name: str, key: str, default: str | None) -> None:
        self.name = parse_text(name)
        self.key = parse_text(key)
        self.default = default

    @classmethod
    def of(cls, source: ValueFrom | None) -> CompiledConfigMapKey | None:
        reference = source.config_map_key_ref if source is not None else None
        if source is None or reference is None:
            return None
        return cls(reference.name, reference.key, source.default)


class CompiledParameter:
    """A declared input or output."""

    __slots__ = ("config_map", "default", "global_name", "name", "value", "value_from")

    def __init__(self, parameter: Parameter) -> None:
        self.name = parameter.name
        self.config_map = CompiledConfigMapKey.of(parameter.value_from)
        self.value = parse_text(parameter.value) if parameter.value is not None else None
        self.default = parse_text(parameter.default) if parameter.default is not None else None
        self.value_from: ValueFrom | None = parameter.value_from
        self.global_name = parse_text(parameter.global_name) if parameter.global_name else None


class CompiledArgument:
    """One argument of a call: a text, or a key of a ConfigMap."""

    __slots__ = ("config_map", "name", "value")

    def __init__(self, parameter: Parameter) -> None:
        self.name = parameter.name
        self.value = parse_text(parameter.value) if parameter.value is not None else None
        self.config_map = CompiledConfigMapKey.of(parameter.value_from)


def compile_arguments(arguments: Arguments) -> list[CompiledArgument]:
    return [CompiledArgument(parameter) for parameter in arguments.parameters]


class CompiledHook:
    """A lifecycle hook or exit handler."""

    def __init__(self, hook: LifecycleHook) -> None:
        self.expression = hook.expression
        self.call = CompiledCall(
            WorkflowStep(template=hook.template, template_ref=hook.template_ref, arguments=hook.arguments)
        )


class CompiledCall:
    """A step, a task, a hook or the entry: which template is called, when, how often and with what."""

    def __init__(
        self, step: WorkflowStep, base: TemplateBase | None = None, inline: JsonObject | None = None
    ) -> None:
        self.name = step.name
        #: how variables call this kind of node: "steps" or "tasks"
        self.word = "tasks" if isinstance(step, DAGTask) else "steps"
        self.step = step
        self.template = parse_text(step.template) if step.template else None
        self.template_ref = CompiledTemplateRef(step.template_ref) if step.template_ref is not None else None
        self.inline = base.compile(inline) if base is not None and inline is not None else None
        self.arguments = compile_arguments(step.arguments)
        self.when = parse_text(step.when) if step.when else None
        self.with_param = parse_text(step.with_param) if step.with_param else None
        self.with_items = compile_tree(step.with_items) if step.with_items else None
        sequence = step.with_sequence
        self.with_sequence = (
            compile_tree({"start": _as_text(sequence.start), "end": _as_text(sequence.end),
                          "count": _as_text(sequence.count), "format": sequence.format})
            if sequence is not None else None
        )  # fmt: skip
        self.expands = bool(self.with_param or self.with_items or self.with_sequence)
        self.hooks = {name: CompiledHook(hook) for name, hook in step.hooks.items() if name != "exit"}
        self._exit_hook = CompiledHook(step.hooks["exit"]) if "exit" in step.hooks else None
        self.has_hooks = bool(step.hooks or step.on_exit)
        self.hook_mentions = _mentions(step.hooks)

    @classmethod
    def of_template(cls, template: str) -> CompiledCall:
        return cls(WorkflowStep(template=template))

    def exit_hook(self, program: Program) -> CompiledHook | None:
        return self._exit_hook or program.exit_handler(self.step.on_exit)

    def continues_on(self, phase: str) -> bool:
        continue_on = self.step.continue_on
        if continue_on is None:
            return False
        return (phase == "Failed" and continue_on.failed) or (phase == "Error" and continue_on.error)


class CompiledTemplateRef:
    __slots__ = ("name", "scope", "template")

    def __init__(self, reference: TemplateRef) -> None:
        self.name = parse_text(reference.name)
        self.template = parse_text(reference.template)
        self.scope = "cluster" if reference.cluster_scope else "namespaced"


class CompiledRetry:
    """A retryStrategy; all fields may hold tags."""

    def __init__(self, raw: JsonObject) -> None:
        self.raw = raw
        self.tree = compile_tree(raw)


class CompiledDag:
    """The tasks of a DAG with their edges. Tasks are numbered in the order of the manifest."""

    def __init__(self, template: CompiledTemplate) -> None:
        spec = template.spec.dag or DAGTemplate()
        by_name = {task.name: task for task in spec.tasks}
        raw_tasks = template.raw["dag"].get("tasks") or []
        self.calls = [
            CompiledCall(task, template.base, raw.get("inline"))
            for task, raw in zip(spec.tasks, raw_tasks, strict=True)
        ]
        self.index = {task.name: number for number, task in enumerate(spec.tasks)}
        self.depends: list[Depends] = [compile_depends(task, by_name) for task in spec.tasks]
        self.needs = [[self._find(name) for name in depends.names] for depends in self.depends]
        self.dependents: list[list[int]] = [[] for _ in spec.tasks]
        for number, needs in enumerate(self.needs):
            for need in needs:
                self.dependents[need].append(number)
        self.fail_fast = spec.fail_fast is not False
        self.target = parse_text(spec.target) if spec.target else None

    def _find(self, name: str) -> int:
        number = self.index.get(name)
        if number is None:
            raise EngineError(f"task {name} does not exist in this DAG")
        return number

    @cached_property
    def leaves(self) -> list[int]:
        """Tasks nobody depends on, by name: the targets when none are given."""
        leaves = [number for number, dependents in enumerate(self.dependents) if not dependents]
        return sorted(leaves, key=lambda number: self.calls[number].name)

    def targets(self, target: str) -> list[int]:
        return [self._find(name) for name in target.split(" ")] if target else self.leaves

    def needed(self, targets: list[int]) -> list[bool] | None:
        """Which tasks the targets lead back to; None when that is all of them."""
        if targets is self.leaves:
            return None
        wanted = [False] * len(self.calls)
        stack = list(targets)
        while stack:
            number = stack.pop()
            if not wanted[number]:
                wanted[number] = True
                stack.extend(self.needs[number])
        return wanted


def _mentions(hooks: Mapping[str, LifecycleHook]) -> frozenset[str]:
    """Names of the steps or tasks that hooks look at."""
    texts = [hook.expression for hook in hooks.values()]
    texts += [p.value for hook in hooks.values() for p in hook.arguments.parameters if p.value is not None]
    return frozenset(name for text in texts for name in _MENTION.findall(text))


def _template_label(spec: WorkflowSpec) -> dict[str, str]:
    """The label that names the stored template a run came from."""
    reference = spec.workflow_template_ref
    if reference is None:
        return {}
    kind = "cluster-workflow-template" if reference.cluster_scope else "workflow-template"
    return {f"workflows.argoproj.io/{kind}": reference.name}


def _as_text(value: int | str | None) -> str | None:
    return None if value is None else str(value)
