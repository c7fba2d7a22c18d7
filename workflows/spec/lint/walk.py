"""Goes from template to template as Argo's validator does: each one once, with what it may refer to.

Source: Argo's `validateTemplateHolder`. What there is to check in a template is handed in, so that it can call back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from workflows.spec import codes
from workflows.spec.arguments import Arguments
from workflows.spec.conversion import suggestion
from workflows.spec.durations import is_whole_number
from workflows.spec.lint.holders import Holder, Stored
from workflows.spec.lint.interface import LEAF_KINDS, Interface, input_values, interface_of
from workflows.spec.lint.report import Report
from workflows.spec.lint.scope import Globals, Scope
from workflows.spec.marks import Path
from workflows.spec.template import LifecycleHook, Template, WorkflowStep

Call = WorkflowStep | LifecycleHook
#: deeper chains of templates are put off, so that depth from outside cannot exhaust the stack
_DEEPEST: Final = 25


@dataclass(frozen=True, slots=True)
class Visit:
    """A template under check: its place, where its names are looked up, and what its texts may use."""

    template: Template
    holder: Holder
    path: Path
    scope: Scope


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a call leads to; `interface` says what it needs and gives."""

    template: Template
    holder: Holder
    interface: Interface


Check = Callable[["Walk", Visit], None]


class Walk:
    """One document's walk; `check` looks at one template and calls back for those it leads to."""

    def __init__(self, report: Report, stored: Stored, known: Globals, check: Check) -> None:
        self.report = report
        self.stored = stored
        self.globals = known
        self._check = check
        self._visited: set[tuple[str, str, Path]] = set()
        self._waiting: deque[tuple[Template, Holder, Path, Path]] = deque()
        self._depth = 0
        self._interfaces: dict[int, Interface] = {}

    def call(self, call: Call, holder: Holder, path: Path, *, scope: Scope | None = None) -> Resolved | None:
        """What `call` leads to, checked; None when it leads nowhere (reported) or is only known at run time."""
        if isinstance(call, WorkflowStep) and call.inline is not None:
            return self._inline(call, call.inline, holder, path)
        if call.template_ref is not None:
            return self._reference(call, path, scope or Scope(self.globals))
        if not call.template:
            message = "name a template, give a templateRef or write the template inline"
            self.report.error(codes.MISSING_TEMPLATE, message, path, argo="failed to get a template")
            return None
        name = call.template
        if scope is not None:
            put_in = scope.substitute(name)
            name = name if put_in.late else put_in.text
        return self._named(name, holder, (*path, "template"), anchor=path)

    def entry(
        self, name: str, holder: Holder, path: Path, *, inputs: Mapping[str, str | None] | None
    ) -> Resolved | None:
        """The template `name` of `holder`; `inputs` are the literal values of its inputs where they are known."""
        return self._named(name, holder, path, anchor=path, inputs=inputs)

    def visit_all(self, holder: Holder, anchor: Path) -> None:
        """Every template of `holder` that no call has led to, and what was put off."""
        for index, template in enumerate(holder.spec.templates):
            with self.report.within(f"templates.{template.name} "):
                self._visit(template, holder, holder.template_path(index), anchor)
        while self._waiting:
            self._visit(*self._waiting.popleft())

    def interface(self, template: Template) -> Interface:
        """What a template needs and gives, worked out once."""
        found = self._interfaces.get(id(template))
        if found is None:
            found = self._interfaces[id(template)] = interface_of(template)
        return found

    def check_call(self, resolved: Resolved, arguments: Arguments, path: Path) -> None:
        """Whether the template can work with these arguments."""
        self._check_supplied(resolved, arguments, path)
        self._check_timeout(resolved, arguments, path)

    def _check_supplied(self, resolved: Resolved, arguments: Arguments, path: Path) -> None:
        """Every input without a value of its own must be among `arguments`."""
        needed = resolved.interface
        if not needed.required_parameters and not needed.required_artifacts:
            return
        name = resolved.template.name
        given = {
            item.name
            for item in arguments.parameters
            if item.value is not None or item.value_from is not None
        }
        for wanted in needed.required_parameters:
            if wanted not in given:
                self._missing(f"parameter {wanted!r}", name, f"inputs.parameters.{wanted}", path)
        artifacts = {item.name for item in arguments.artifacts}
        for wanted in needed.required_artifacts:
            if wanted not in artifacts:
                self._missing(f"artifact {wanted!r}", name, f"inputs.artifacts.{wanted}", path)

    def _check_timeout(self, resolved: Resolved, arguments: Arguments, path: Path) -> None:
        """A timeout given through an argument must have a unit, as one given directly."""
        template = resolved.template
        if "{{" not in template.timeout or template.kind not in LEAF_KINDS:
            return
        values = input_values(template.inputs.parameters, arguments)
        names = {f"inputs.parameters.{name}": value for name, value in values.items()}
        timeout = Scope(self.globals, names=names).substitute(template.timeout).text
        if is_whole_number(timeout):
            said = f"{template.name} has invalid duration format in timeout"
            message = f"the template {template.name!r} gets the timeout {timeout!r}, which lacks a unit"
            self.report.error(codes.BAD_DURATION, message, path, argo=said, remedy="pass for instance 30s")

    def _missing(self, what: str, template: str, argo: str, path: Path) -> None:
        self.report.error(
            codes.MISSING_ARGUMENT,
            f"the template {template!r} needs the {what}",
            path,
            argo=f"templates.{template} {argo} was not supplied",
            remedy="pass it in `arguments` or give the input a default",
        )

    def _inline(self, call: WorkflowStep, inline: Template, holder: Holder, path: Path) -> Resolved:
        if call.template or call.template_ref is not None:
            message = "`inline` is used and the template named beside it is not"
            self.report.warning(codes.EXCLUSIVE_FIELDS, message, path, remedy="remove one of them")
        self._visit(inline, holder, (*path, "inline"), path)
        return Resolved(inline, holder, self.interface(inline))

    def _reference(self, call: Call, path: Path, scope: Scope) -> Resolved | None:
        reference = call.template_ref
        at = (*path, "templateRef")
        if reference is None:
            return None
        if call.template:
            said = "template name cannot be specified with templateRef"
            self.report.error(
                codes.EXCLUSIVE_FIELDS, "give `template` or `templateRef`, not both", path, argo=said
            )
        for value, field, said in (
            (reference.name, "name", "resource name is required"),
            (reference.template, "template", "template name is required"),
        ):
            if not value:
                self.report.error(codes.MISSING_FIELD, f"templateRef needs `{field}`", at, argo=said)
                return None
        stored, wanted = scope.substitute(reference.name), scope.substitute(reference.template)
        if any(part.late or part.open for part in (stored, wanted)):
            return None
        return self._stored(stored.text, wanted.text, reference.cluster_scope, at)

    def _stored(self, name: str, template: str, cluster: bool, path: Path) -> Resolved | None:
        target = self.stored.holder(name, cluster=cluster)
        said = f"template reference {name}.{template} not found"
        if target is None:
            kind = "ClusterWorkflowTemplate" if cluster else "WorkflowTemplate"
            message = f"there is no {kind} named {name!r}"
            self.report.error(codes.UNKNOWN_REFERENCE, message, (*path, "name"), argo=said)
            return None
        if template not in target.templates:
            message = f"{target.label} has no template {template!r}"
            remedy = suggestion(template, target.templates)
            self.report.error(codes.UNKNOWN_TEMPLATE, message, (*path, "template"), argo=said, remedy=remedy)
            return None
        return self._named(template, target, (*path, "template"), anchor=path)

    def _named(
        self,
        name: str,
        holder: Holder,
        path: Path,
        *,
        anchor: Path,
        inputs: Mapping[str, str | None] | None = None,
    ) -> Resolved | None:
        found = holder.templates.get(name)
        if found is None:
            message = f"there is no template named {name!r}"
            remedy = suggestion(name, holder.templates)
            said = f"template name '{name}' undefined"
            self.report.error(codes.UNKNOWN_TEMPLATE, message, path, argo=said, remedy=remedy)
            return None
        index, template = found
        self._visit(template, holder, holder.template_path(index), anchor, inputs)
        return Resolved(template, holder, self.interface(template))

    def _visit(
        self,
        template: Template,
        holder: Holder,
        path: Path,
        anchor: Path,
        inputs: Mapping[str, str | None] | None = None,
    ) -> None:
        key = (holder.scope, template.name, path)
        if key in self._visited:
            return
        if self._depth == _DEEPEST:
            self._waiting.append((template, holder, path, anchor))
            return
        self._visited.add(key)
        self._depth += 1
        try:
            if holder.path is None:
                with self.report.elsewhere(anchor, f"{holder.label}, template {template.name!r}"):
                    self._check(self, self._visit_of(template, holder, path, inputs))
            else:
                self._check(self, self._visit_of(template, holder, path, inputs))
        finally:
            self._depth -= 1

    def _visit_of(
        self, template: Template, holder: Holder, path: Path, inputs: Mapping[str, str | None] | None
    ) -> Visit:
        scope = Scope(self.globals, names=dict(self.interface(template).names))
        for name, value in (inputs or {}).items():
            scope.names[f"inputs.parameters.{name}"] = value
        return Visit(template, holder, path, scope)
