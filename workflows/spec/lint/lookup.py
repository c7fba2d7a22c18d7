"""Finds the template a step, task or hook calls: by name, by reference or in place. Not for looking inside.

Source: the first half of Argo's `validateTemplateHolder`, and its template resolution.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflows.spec import codes
from workflows.spec.lint.holders import Holder, Stored
from workflows.spec.lint.report import Report
from workflows.spec.lint.scope import Scope
from workflows.spec.marks import Path
from workflows.spec.template import LifecycleHook, Template, TemplateRef, WorkflowStep

Call = WorkflowStep | LifecycleHook


@dataclass(frozen=True, slots=True)
class Found:
    """A template with the place it stands at, and the place (`anchor`) it is called from."""

    template: Template
    holder: Holder
    path: Path
    anchor: Path


@dataclass(frozen=True, slots=True)
class Lookup:
    """Reports calls that lead nowhere. With `said`, in Argo's words too: Argo does not look at hooks."""

    report: Report
    stored: Stored
    said: bool = True

    def call(self, call: Call, holder: Holder, path: Path, scope: Scope) -> Found | None:
        """The called template; None when there is none (reported), or when it is only known at run time."""
        if isinstance(call, WorkflowStep) and call.inline is not None:
            if call.template or call.template_ref is not None:
                message = "`inline` is used and the template named beside it is not"
                self.report.warning(codes.EXCLUSIVE_FIELDS, message, path, remedy="remove one of them")
            return Found(call.inline, holder, (*path, "inline"), path)
        if call.template_ref is not None:
            return self._reference(call.template_ref, call.template, path, scope)
        if not call.template:
            message = "name a template, give a templateRef or write the template inline"
            self._error(codes.MISSING_TEMPLATE, message, path, "failed to get a template")
            return None
        put_in = scope.substitute(call.template)
        name = call.template if put_in.late else put_in.text
        return self.name(name, holder, (*path, "template"), anchor=path)

    def name(self, name: str, holder: Holder, path: Path, *, anchor: Path) -> Found | None:
        """The template of that name in `holder`."""
        found = holder.templates.get(name)
        if found is None:
            message = f"there is no template named {name!r}"
            remedy = self.report.suggest(name, holder.templates)
            self._error(codes.UNKNOWN_TEMPLATE, message, path, f"template name '{name}' undefined", remedy)
            return None
        index, template = found
        return Found(template, holder, holder.template_path(index), anchor)

    def _reference(self, reference: TemplateRef, beside: str, path: Path, scope: Scope) -> Found | None:
        at = (*path, "templateRef")
        if beside:
            said = "template name cannot be specified with templateRef"
            self._error(codes.EXCLUSIVE_FIELDS, "give `template` or `templateRef`, not both", path, said)
        if not reference.name:
            self._error(codes.MISSING_FIELD, "templateRef needs `name`", at, "resource name is required")
            return None
        if not reference.template:
            self._error(codes.MISSING_FIELD, "templateRef needs `template`", at, "template name is required")
            return None
        stored, wanted = scope.substitute(reference.name), scope.substitute(reference.template)
        if stored.late or stored.open or wanted.late or wanted.open:
            return None
        return self._in_library(stored.text, wanted.text, reference.cluster_scope, at)

    def _in_library(self, name: str, template: str, cluster: bool, path: Path) -> Found | None:
        target = self.stored.holder(name, cluster=cluster)
        said = f"template reference {name}.{template} not found"
        if target is None:
            kind = "ClusterWorkflowTemplate" if cluster else "WorkflowTemplate"
            message = f"there is no {kind} named {name!r}"
            self._error(codes.UNKNOWN_REFERENCE, message, (*path, "name"), said)
            return None
        if template not in target.templates:
            message = f"{target.label} has no template {template!r}"
            remedy = self.report.suggest(template, target.templates)
            self._error(codes.UNKNOWN_TEMPLATE, message, (*path, "template"), said, remedy)
            return None
        return self.name(template, target, (*path, "template"), anchor=path)

    def _error(self, code: str, message: str, path: Path, said: str, remedy: str = "") -> None:
        self.report.error(code, message, path, argo=said if self.said else "", remedy=remedy)
