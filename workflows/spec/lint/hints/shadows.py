"""Values a reader would take for others: defaults behind a value, parameters of the run that do not arrive.

A template's inputs come from its caller alone: a parameter of the run with the same name is not passed on.
"""

from __future__ import annotations

from collections.abc import Iterable

from workflows.spec import codes
from workflows.spec.lint.hints.places import Place
from workflows.spec.lint.holders import Stored
from workflows.spec.lint.report import Report
from workflows.spec.marks import Path
from workflows.spec.template import Template, WorkflowStep
from workflows.spec.types import WorkflowSpec


def hint_at_shadows(report: Report, spec: WorkflowSpec, found: Iterable[Place], stored: Stored) -> None:
    of_run = {item.name: item.value for item in spec.arguments.parameters}
    templates = {template.name: template for template in spec.templates}
    for place in found:
        _hint_at_hidden_defaults(report, place)
        if of_run:
            for call, path in place.calls:
                called = _called(call, templates, stored)
                if called is not None:
                    _hint_at_omitted(report, call, called, path, of_run)


def _hint_at_hidden_defaults(report: Report, place: Place) -> None:
    for index, parameter in enumerate(place.template.inputs.parameters):
        if parameter.value is not None and parameter.default is not None:
            message = f"the `default` of {parameter.name!r} is never used, since it has a `value`"
            at = (*place.path, "inputs", "parameters", index, "default")
            report.warning(codes.SHADOWED_PARAMETER, message, at, remedy="keep one of them")


def _called(call: WorkflowStep, templates: dict[str, Template], stored: Stored) -> Template | None:
    if call.template_ref is None:
        return templates.get(call.template)
    holder = stored.holder(call.template_ref.name, cluster=call.template_ref.cluster_scope)
    found = holder.templates.get(call.template_ref.template) if holder is not None else None
    return found[1] if found is not None else None


def _hint_at_omitted(
    report: Report, call: WorkflowStep, called: Template, path: Path, of_run: dict[str, str | None]
) -> None:
    given = {item.name for item in call.arguments.parameters}
    for parameter in called.inputs.parameters:
        own = parameter.value if parameter.value is not None else parameter.default
        name = parameter.name
        if name in given or name not in of_run or own is None or own == of_run[name] or "{{" in own:
            continue
        message = f"the input {name!r} is not passed and gets its own value, not that of the run's {name!r}"
        remedy = f"pass {{{{workflow.parameters.{name}}}}}, or rename one of them"
        report.warning(codes.SHADOWED_PARAMETER, message, path, remedy=remedy)
