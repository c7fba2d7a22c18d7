"""What a template needs from its caller, what its own texts may use, and what it gives to others.

Source: Argo's `ProcessArgs`, `validateInputs` and `addOutputsToScope`. Not for whether any of it is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from workflows.spec.arguments import Arguments, Parameter
from workflows.spec.lint.artifacts import has_location_or_key
from workflows.spec.template import Template

#: templates that make a pod of their own
POD_KINDS: Final = frozenset({"container", "container_set", "script", "resource", "data"})
LEAF_KINDS: Final = POD_KINDS | {"http", "plugin"}
#: Argo's names of the kinds
KIND_NAMES: Final = {
    "container": "Container",
    "container_set": "ContainerSet",
    "steps": "Steps",
    "dag": "DAG",
    "script": "Script",
    "resource": "Resource",
    "data": "Data",
    "suspend": "Suspend",
    "http": "HTTP",
    "plugin": "Plugin",
    "": "Unknown",
}
_ALWAYS: Final = frozenset({"id", "startedAt", "finishedAt", "hostNodeName"})
_RETRY: Final = (
    "retries",
    "lastRetry.exitCode",
    "lastRetry.status",
    "lastRetry.duration",
    "lastRetry.message",
)


@dataclass(frozen=True, slots=True)
class Interface:
    """`names`: what its texts may use; `gives`: what may follow ``steps.NAME.``; `looped`: that of a loop."""

    required_parameters: tuple[str, ...]
    required_artifacts: tuple[str, ...]
    names: dict[str, str | None]
    gives: frozenset[str]
    looped: frozenset[str]
    global_parameters: tuple[str, ...]
    global_artifacts: tuple[str, ...]


def interface_of(template: Template) -> Interface:
    gives = frozenset(_gives(template))
    looped = gives | {"outputs.parameters"}
    if template.kind in ("script", "container_set"):
        looped |= {"outputs.result", "exitCode"}
    outputs = template.outputs
    return Interface(
        tuple(item.name for item in template.inputs.parameters if not _has_source(item)),
        tuple(
            item.name
            for item in template.inputs.artifacts
            if not item.optional and not has_location_or_key(item)
        ),
        dict.fromkeys(_names(template)),
        gives,
        looped,
        tuple(item.global_name for item in outputs.parameters if item.global_name),
        tuple(item.global_name for item in outputs.artifacts if item.global_name),
    )


#: what is known of a call whose template is only known at run time
UNKNOWN_GIVES: Final = _ALWAYS


def input_values(inputs: Iterable[Parameter], arguments: Arguments) -> dict[str, str | None]:
    """The literal value each input gets from `arguments` or has itself, None where it is not known."""
    given = {item.name: item.value for item in arguments.parameters}
    values: dict[str, str | None] = {}
    for parameter in inputs:
        own = parameter.value if parameter.value is not None else parameter.default
        values[parameter.name] = given.get(parameter.name, own)
    return values


def _has_source(parameter: Parameter) -> bool:
    if parameter.value is not None or parameter.default is not None:
        return True
    return parameter.value_from is not None and parameter.value_from.config_map_key_ref is not None


def _names(template: Template) -> Iterator[str]:
    leaf = template.kind in LEAF_KINDS
    for parameter in template.inputs.parameters:
        yield f"inputs.parameters.{parameter.name}"
    if template.inputs.parameters:
        yield "inputs.parameters"
    for artifact in template.inputs.artifacts:
        yield f"inputs.artifacts.{artifact.name}"
        if leaf:
            yield f"inputs.artifacts.{artifact.name}.path"
    if template.kind in POD_KINDS:
        yield "pod.name"
    if template.retry_strategy is not None:
        yield from _RETRY


def _gives(template: Template) -> Iterator[str]:
    yield from _ALWAYS
    if template.daemon:
        yield "ip"
    if _has_result(template):
        yield "outputs.result"
        yield "exitCode"
    for parameter in template.outputs.parameters:
        yield f"outputs.parameters.{parameter.name}"
    for artifact in template.outputs.artifacts:
        yield f"outputs.artifacts.{artifact.name}"


def _has_result(template: Template) -> bool:
    if template.container_set is not None:
        return any(item.get("name") == "main" for item in template.container_set.containers)
    return template.kind in ("container", "script", "data", "http", "plugin")
