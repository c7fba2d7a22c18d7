"""Binding arguments to a template's inputs.

Source: Argo's `ProcessArgs`. Not for artifacts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows.engine.config_maps import config_map_value
from workflows.engine.errors import EngineError
from workflows.engine.messages import JsonObject
from workflows.engine.scope import Scope
from workflows.engine.texts import LENIENT, Strictness, reference, render
from workflows.expr import Text
from workflows.expr.gojson import marshal

if TYPE_CHECKING:
    from workflows.engine.compiled_templates import CompiledTemplate
    from workflows.engine.core import Core
    from workflows.engine.parameters import CompiledArgument, CompiledParameter


class Absent:
    """An argument that refers to an output of a skipped node without default: the input's default applies."""


ABSENT = Absent()
#: argument name -> its value
Arguments = dict[str, "str | Absent"]


def bind_inputs(
    core: Core, template: CompiledTemplate, arguments: Arguments, local: dict[str, Any]
) -> list[JsonObject]:
    """The node's input parameters with their values; their variables are added to `local`.

    Raises EngineError when an input has no value.
    """
    bound = []
    scope = Scope(local, core.variables)
    for parameter, raw in zip(template.inputs, template.raw_inputs, strict=True):
        value = _value(core, parameter, arguments.get(parameter.name), scope)
        local[f"inputs.parameters.{parameter.name}"] = value
        entry = {key: field for key, field in raw.items() if key != "valueFrom"}
        entry["value"] = value
        bound.append(entry)
    if template.mentions_all_inputs:
        local["inputs.parameters"] = marshal(bound)
    return bound


def restored_variables(inputs: list[JsonObject]) -> dict[str, Any]:
    """The variables of inputs that were bound before."""
    variables: dict[str, Any] = {
        f"inputs.parameters.{entry['name']}": entry.get("value", "") for entry in inputs
    }
    variables["inputs.parameters"] = marshal(inputs)
    return variables


def _value(core: Core, parameter: CompiledParameter, argument: str | Absent | None, scope: Scope) -> str:
    if isinstance(argument, str):
        return argument
    if parameter.config_map is not None:
        return config_map_value(core, f"inputs.parameters.{parameter.name}", parameter.config_map, scope)
    text = parameter.value if parameter.value is not None else parameter.default
    if text is not None:
        return render(text, scope, core.context)
    if argument is ABSENT:
        raise EngineError(
            f"inputs.parameters.{parameter.name}: argument references an absent optional "
            "(skipped/omitted node output with no default)"
        )
    raise EngineError(f"inputs.parameters.{parameter.name} was not supplied")


def render_arguments(
    core: Core, arguments: list[CompiledArgument], scope: Scope, strictness: Strictness = LENIENT
) -> Arguments:
    """The values of a call's arguments in `scope`."""
    values: Arguments = {}
    for argument in arguments:
        if argument.value is not None:
            values[argument.name] = _argument(core, argument.value, scope, strictness)
        elif argument.config_map is not None:
            values[argument.name] = config_map_value(
                core, f"inputs.parameters.{argument.name}", argument.config_map, scope
            )
    return values


def _argument(core: Core, text: Text, scope: Scope, strictness: Strictness) -> str | Absent:
    key = reference(text)
    if key is not None and key in scope and scope[key] is None:
        return ABSENT
    return render(text, scope, core.context, strictness)
