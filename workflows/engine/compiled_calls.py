"""Steps, tasks and hooks of a manifest, compiled: which template is called, when, how often and with what.

Not for making the calls: see `calls`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from workflows.engine.compiled_artifacts import compile_artifacts
from workflows.engine.depends import Depends, compile_depends
from workflows.engine.errors import EngineError
from workflows.engine.messages import JsonObject
from workflows.engine.parameters import compile_arguments
from workflows.expr import compile_tree, parse_text
from workflows.spec import DAGTask, DAGTemplate, LifecycleHook, TemplateRef, WorkflowStep

if TYPE_CHECKING:
    from workflows.engine.compiled_templates import CompiledTemplate
    from workflows.engine.program import Program, TemplateBase

_MENTION = re.compile(r"\b(?:steps|tasks)(?:\.|\[['\"])([-\w]+)")
_NOTHING: frozenset[str] = frozenset()


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
        self.artifacts = compile_artifacts(step.arguments.artifacts)
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
        self.hook_mentions = _mentions(step.hooks) if step.hooks else _NOTHING

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


def _as_text(value: int | str | None) -> str | None:
    return None if value is None else str(value)
