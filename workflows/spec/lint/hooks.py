"""Exit handlers and lifecycle hooks: expressions, templates and inputs are there. Not for firing them.

Source: Argo's `validateHooks`; the rest Argo finds only when the hook runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workflows.spec import codes
from workflows.spec.arguments import Arguments
from workflows.spec.lint.arguments import check_arguments
from workflows.spec.lint.expressions import check_expression
from workflows.spec.lint.holders import Holder
from workflows.spec.lint.scope import Scope
from workflows.spec.lint.walk import Walk
from workflows.spec.marks import Path
from workflows.spec.template import LifecycleHook, WorkflowStep

EXIT: Final = "exit"


def has_exit_hook(call: WorkflowStep) -> bool:
    return bool(call.on_exit) or EXIT in call.hooks


def check_hooks(
    walk: Walk,
    hooks: Mapping[str, LifecycleHook],
    holder: Holder,
    path: Path,
    argo: str,
    scope: Scope | None = None,
) -> None:
    """`argo` is Argo's name of the place, as in ``templates.main.steps[0].a``."""
    for name, hook in hooks.items():
        at = (*path, "hooks", name)
        if name != EXIT and not hook.expression:
            message = f"the hook {name!r} needs an `expression` that says when it runs"
            said = f"{argo}.{name} Expression required"
            walk.report.error(codes.MISSING_FIELD, message, at, argo=said)
        check_expression(walk.report, hook.expression, (*at, "expression"))
        check_arguments(walk.report, hook.arguments, (*at, "arguments"), "", values_required=True)
        resolved = walk.hook(hook, holder, at, scope)
        if resolved is not None:
            walk.check_call(resolved, hook.arguments, at)


def check_exit_template(walk: Walk, name: str, holder: Holder, path: Path) -> None:
    """The template named by `onExit` of a step or task, which Argo only looks up when it is needed."""
    if not name or "{{" in name:
        return
    resolved = walk.exit_template(name, holder, path)
    if resolved is not None:
        walk.check_call(resolved, Arguments(), path)
