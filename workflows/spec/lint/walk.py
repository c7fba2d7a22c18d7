"""Goes from template to template as Argo's validator does: each one once, with what it may refer to.

Source: the second half of Argo's `validateTemplateHolder`. What there is to check in a template is handed in,
so that it can call back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workflows.spec import codes
from workflows.spec.arguments import Arguments
from workflows.spec.durations import is_whole_number
from workflows.spec.lint.holders import Holder, Stored
from workflows.spec.lint.interface import LEAF_KINDS, Interface, input_values, interface_of
from workflows.spec.lint.lookup import Call, Found, Lookup
from workflows.spec.lint.report import Report
from workflows.spec.lint.scope import Globals, Scope
from workflows.spec.marks import Path
from workflows.spec.template import LifecycleHook, Template

#: deeper chains of templates are put off, so that depth from outside cannot exhaust the stack
_DEEPEST: Final = 25


@dataclass(frozen=True, slots=True)
class Visit:
    """A template under check: its place, where its names are looked up, and what its texts may use.

    `arguments` are the run's when this is its entrypoint, else None; `anchor` is where it is called.
    """

    template: Template
    holder: Holder
    path: Path
    anchor: Path
    scope: Scope
    arguments: Arguments | None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a call leads to; `interface` says what it needs and gives."""

    template: Template
    interface: Interface


Check = Callable[["Walk", Visit], None]


class Walk:
    """One document's walk; `check` looks at one template and calls back for those it leads to."""

    def __init__(self, report: Report, stored: Stored, known: Globals, check: Check) -> None:
        self.report = report
        self.globals = known
        self._check = check
        self._lookup = Lookup(report, stored)
        self._hook_lookup = Lookup(report, stored, said=False)
        self._visited: set[tuple[str, str, Path]] = set()
        self._waiting: deque[Found] = deque()
        self._depth = 0
        self._interfaces: dict[int, Interface] = {}

    def call(self, call: Call, holder: Holder, path: Path, scope: Scope) -> Resolved | None:
        """What a step or task leads to, checked; None when that is nowhere or only known at run time."""
        found = self._lookup.call(call, holder, path, scope)
        return None if found is None else self._visit(found)

    def hook(self, hook: LifecycleHook, holder: Holder, path: Path, scope: Scope | None) -> Resolved | None:
        """What a hook leads to; it is checked when the walk comes to it on its own."""
        found = self._hook_lookup.call(hook, holder, path, scope or Scope(self.globals))
        return None if found is None else Resolved(found.template, self._interface(found.template))

    def exit_template(self, name: str, holder: Holder, path: Path) -> Resolved | None:
        """What `onExit` of a step or task leads to."""
        found = self._hook_lookup.name(name, holder, path, anchor=path)
        return None if found is None else Resolved(found.template, self._interface(found.template))

    def entry(self, name: str, holder: Holder, path: Path, arguments: Arguments | None) -> Resolved | None:
        """The template a run begins or ends with; `arguments` are None when its user will give them."""
        found = self._lookup.name(name, holder, path, anchor=path)
        return None if found is None else self._visit(found, arguments)

    def visit_all(self, holder: Holder, anchor: Path) -> None:
        """Every template of `holder` that no call has led to, and what was put off."""
        for index, template in enumerate(holder.spec.templates):
            with self.report.within(f"templates.{template.name} "):
                self._visit(Found(template, holder, holder.template_path(index), anchor))
        while self._waiting:
            self._visit(self._waiting.popleft())

    def check_call(self, resolved: Resolved, arguments: Arguments, path: Path) -> None:
        """Whether the template can work with these arguments."""
        self._check_supplied(resolved, arguments, path)
        self._check_timeout(resolved.template, arguments, path)

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

    def _check_timeout(self, template: Template, arguments: Arguments, path: Path) -> None:
        """A timeout given through an argument must have a unit, as one given directly."""
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

    def _interface(self, template: Template) -> Interface:
        """What a template needs and gives, worked out once."""
        found = self._interfaces.get(id(template))
        if found is None:
            found = self._interfaces[id(template)] = interface_of(template)
        return found

    def _visit(self, found: Found, arguments: Arguments | None = None) -> Resolved:
        resolved = Resolved(found.template, self._interface(found.template))
        key = (found.holder.scope, found.template.name, found.path)
        if key in self._visited:
            return resolved
        if self._depth == _DEEPEST:
            self._waiting.append(found)
            return resolved
        self._visited.add(key)
        self._depth += 1
        try:
            self._check_found(found, resolved.interface, arguments)
        finally:
            self._depth -= 1
        return resolved

    def _check_found(self, found: Found, interface: Interface, arguments: Arguments | None) -> None:
        template, holder = found.template, found.holder
        scope = Scope(self.globals, names=dict(interface.names))
        if arguments is not None:
            for name, value in input_values(template.inputs.parameters, arguments).items():
                scope.names[f"inputs.parameters.{name}"] = value
        visit = Visit(template, holder, found.path, found.anchor, scope, arguments)
        if holder.path is not None:
            self._check(self, visit)
            return
        with self.report.elsewhere(found.anchor, f"{holder.label}, template {template.name!r}"):
            self._check(self, visit)
