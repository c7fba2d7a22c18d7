"""Outputs of nodes: what a finished pod reported, and what steps and DAG templates make of their children's.

Source: Argo's `getTemplateOutputsFromScope` and the executor's `SaveParameters`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows.engine.artifact_sources import ArtifactSources
from workflows.engine.artifacts import composite_artifacts, delivered
from workflows.engine.errors import EngineError
from workflows.engine.messages import JsonObject, NodeFinished
from workflows.engine.scope import Scope
from workflows.engine.texts import reference, render
from workflows.expr import ExprError, compile_expression, parse_text
from workflows.expr.formatting import format_go

if TYPE_CHECKING:
    from workflows.engine.compiled_templates import CompiledTemplate
    from workflows.engine.core import Core
    from workflows.engine.parameters import CompiledParameter


def composite_outputs(
    core: Core, template: CompiledTemplate, scope: Scope, sources: ArtifactSources
) -> JsonObject | None:
    """The declared outputs of a steps or DAG template, None when it declares none. Raises EngineError."""
    outputs: JsonObject = {}
    if template.outputs:
        outputs["parameters"] = [_composite_output(core, item, scope) for item in template.outputs]
    if template.output_artifacts:
        outputs["artifacts"] = composite_artifacts(template, scope, sources)
    return outputs or None


def _composite_output(core: Core, parameter: CompiledParameter, scope: Scope) -> JsonObject:
    source = parameter.value_from
    if source is None:
        raise EngineError("output parameters must have a valueFrom specified")
    try:
        value = (
            _expression(core, source.expression, scope)
            if source.expression
            else _reference(source.parameter, scope)
        )
    except (EngineError, ExprError) as error:
        if source.default is None:
            raise EngineError(error.message) from None
        value = source.default
    if value is None:
        value = source.default
    if value is None:
        raise EngineError(
            f'output parameter "{parameter.name}": "{source.parameter}" is an absent optional '
            "(skipped/omitted node output with no default)"
        )
    return _entry(core, parameter, value, scope)


def _entry(core: Core, parameter: CompiledParameter, value: str, scope: Scope) -> JsonObject:
    entry = {"name": parameter.name, "value": value}
    if parameter.global_name is not None:
        entry["globalName"] = render(parameter.global_name, scope, core.context)
    return entry


def _expression(core: Core, source: str, scope: Scope) -> str:
    value = compile_expression(source).evaluate(scope, core.context)
    if value is None:
        raise EngineError(f'failed to evaluate expression "{source}"')
    return format_go(value)


def _reference(tag: str, scope: Scope) -> Any:
    """The value of ``valueFrom.parameter``; None for an absent optional."""
    text = parse_text(tag)
    key = reference(text)
    if key is None and text.tags:
        return render(text, scope)
    key = key if key is not None else tag.strip()
    if key not in scope:
        raise EngineError(f'Unable to resolve: "{key}"')
    return scope[key]


def pod_outputs(declared: JsonObject, fact: NodeFinished) -> tuple[JsonObject | None, str]:
    """The outputs of a finished pod and the path of a declared one it did not deliver ("" when complete).

    `declared` are the template's outputs as they stand in the launch order. As in Argo, no parameter is
    read any more after the first that is missing; those without a value are listed all the same.
    Missing artifacts are the executor's to complain of.
    """
    outputs: JsonObject = {}
    missing = ""
    parameters = []
    for parameter in declared.get("parameters") or ():
        source = parameter.get("valueFrom") or {}
        value = fact.parameters.get(parameter["name"], source.get("default"))
        if value is None and "path" in source:
            missing = missing or source["path"]
        parameters.append(parameter if missing or value is None else {**parameter, "value": value})
    if parameters:
        outputs["parameters"] = parameters
    if fact.artifacts:
        outputs["artifacts"] = delivered(declared.get("artifacts") or [], fact.artifacts)
    if fact.result is not None:
        outputs["result"] = fact.result
    if fact.exit_code is not None:
        outputs["exitCode"] = str(fact.exit_code)
    return outputs or None, missing
