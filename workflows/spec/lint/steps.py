"""Steps templates. Source: Argo's `validateSteps`; the order of checks is Argo's."""

from __future__ import annotations

from workflows.spec import codes
from workflows.spec.lint.arguments import check_arguments
from workflows.spec.lint.expressions import check_condition
from workflows.spec.lint.hooks import check_exit_template, check_hooks, has_exit_hook
from workflows.spec.lint.interface import KIND_NAMES, UNKNOWN_GIVES
from workflows.spec.lint.loops import check_loop, is_aggregated
from workflows.spec.lint.names import field_name_fault, holds_tag
from workflows.spec.lint.scope import Scope, check_tags
from workflows.spec.lint.walk import Resolved, Visit, Walk
from workflows.spec.marks import Path
from workflows.spec.template import Template, WorkflowStep


def check_steps(walk: Walk, visit: Visit) -> None:
    template = visit.template
    check_not_leaf(walk, visit)
    seen: set[str] = set()
    for group, steps in enumerate(template.steps or ()):
        for index, step in enumerate(steps):
            path = (*visit.path, "steps", group, index)
            name = _check_name(walk, visit, step, (*path, "name"), group, seen)
            if name is not None:
                _check_step(walk, visit, step, path, f"templates.{template.name}.steps[{group}].{name}", name)


def check_not_leaf(walk: Walk, visit: Visit) -> None:
    """What steps and DAG templates cannot have."""
    template = visit.template
    if template.active_deadline_seconds is not None:
        kind = KIND_NAMES[template.kind]
        message = f"`activeDeadlineSeconds` is not possible in {kind} templates"
        said = f"templates.{template.name}.activeDeadlineSeconds is only valid for leaf templates"
        at = (*visit.path, "activeDeadlineSeconds")
        remedy = "set it in the templates that are called, or on the run"
        walk.report.error(codes.NOT_ALLOWED_HERE, message, at, argo=said, remedy=remedy)


def add_outputs(walk: Walk, scope: Scope, node: str, resolved: Resolved | None, *, aggregated: bool) -> None:
    """What later texts may use of a call, and the run's outputs it sets; `node` is such as "steps.NAME"."""
    known = scope.nodes.get(node, frozenset())
    if resolved is None:
        scope.nodes[node] = known | UNKNOWN_GIVES
        return
    interface = resolved.interface
    scope.nodes[node] = known | (interface.looped if aggregated else interface.gives)
    for name in interface.global_parameters:
        if holds_tag(name):
            scope.any_parameter = True
        else:
            walk.globals.values.setdefault(f"workflow.outputs.parameters.{name}", None)
    for name in interface.global_artifacts:
        if holds_tag(name):
            scope.any_artifact = True
        else:
            walk.globals.values.setdefault(f"workflow.outputs.artifacts.{name}", None)


def scope_of_call(scope: Scope, call: WorkflowStep) -> Scope:
    """What the texts of a call may use: an inline template's own inputs besides everything else."""
    if call.inline is None:
        return scope
    nested = scope.nested()
    nested.names = {f"inputs.parameters.{item.name}": None for item in call.inline.inputs.parameters}
    return nested


def _check_name(
    walk: Walk, visit: Visit, step: WorkflowStep, path: Path, group: int, seen: set[str]
) -> str | None:
    """The step's name when it can be used, None after reporting."""
    argo = f"templates.{visit.template.name}.steps[{group}].name"
    if not step.name:
        walk.report.error(codes.MISSING_NAME, "a step needs a name", path, argo=f"{argo} is required")
        return None
    name = visit.scope.substitute(step.name).text
    if name in seen:
        message = f"the step name {name!r} is used twice in this template"
        walk.report.error(codes.DUPLICATE_NAME, message, path, argo=f"{argo} '{name}' is not unique")
        return None
    seen.add(name)
    fault = field_name_fault(name)
    if fault:
        message = f"{step.name[:80]!r} is not a valid step name: use letters, digits and '-'"
        walk.report.error(codes.BAD_NAME, message, path, argo=f"{argo} '{name}' is invalid: {fault}")
    return name


def _check_step(walk: Walk, visit: Visit, step: WorkflowStep, path: Path, argo: str, name: str) -> None:
    report, scope, template = walk.report, visit.scope, visit.template
    node = f"steps.{name}"
    scope.nodes[node] = scope.nodes.get(node, frozenset()) | {"status"}
    check_loop(report, step, scope, path, f"{argo} ")
    check_arguments(report, step.arguments, (*path, "arguments"), f"{argo}.arguments.", values_required=True)
    with report.within(f"{argo} "):
        resolved = walk.call(step, visit.holder, path, scope)
    if has_exit_hook(step):
        add_outputs(walk, scope, node, resolved, aggregated=False)
    check_hooks(walk, step.hooks, visit.holder, path, argo, scope)
    check_condition(report, step.when, (*path, "when"))
    check_exit_template(walk, step.on_exit, visit.holder, (*path, "onExit"))
    check_tags(report, step, scope_of_call(scope, step), path, argo=f"templates.{template.name}.steps ")
    add_outputs(walk, scope, node, resolved, aggregated=is_aggregated(step))
    if resolved is not None:
        with report.within(f"{argo} "):
            walk.check_call(resolved, step.arguments, path)
        warn_unknown_arguments(walk, resolved.template, step, path)


def warn_unknown_arguments(walk: Walk, called: Template, call: WorkflowStep, path: Path) -> None:
    """Arguments the called template does not declare are ignored by Argo; mostly they are typing errors."""
    if not call.arguments.parameters:
        return
    declared = {item.name for item in called.inputs.parameters}
    for index, parameter in enumerate(call.arguments.parameters):
        if parameter.name not in declared and "{{" not in parameter.name:
            message = f"the template {called.name!r} has no input {parameter.name!r}, the argument is ignored"
            at = (*path, "arguments", "parameters", index)
            walk.report.warning(codes.UNKNOWN_ARGUMENT, message, at, remedy="declare the input or remove it")
