"""From a container of a template to the command that runs in its place. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workflows.engine.messages import JsonObject, Launch
from workflows.executors.process.environment import expand, variables_of
from workflows.executors.process.images import ImageRule, find_rule
from workflows.executors.process.names import container_file_name
from workflows.executors.process.settings import ProcessSettings

MAIN = "main"


class CannotRunError(Exception):
    """The order cannot be carried out here; the text is for the user and says what to change."""


def main_container(template: JsonObject) -> JsonObject:
    """The container or script of a template, always named ``main``. Raises CannotRunError."""
    body = template.get("container") or template.get("script")
    if not isinstance(body, dict):
        raise CannotRunError("only container and script templates run as local processes")
    return {**body, "name": MAIN}


def build_container(
    order: Launch, container: JsonObject, settings: ProcessSettings, *, takes_script: bool = False
) -> JsonObject:
    """The `Container` message for the shepherd. Raises CannotRunError."""
    image = str(container.get("image") or "")
    rule = find_rule(image, settings.images)
    if rule is None and settings.unknown_image == "refuse":
        text = f'no rule stands in for image "{image}" on this server'
        raise CannotRunError(
            f"Pod failed before {container['name']} container starts due to ErrImagePull: {text}"
        )
    variables = variables_of(order, container, settings.variables)
    arguments = [expand(word, variables) for word in command_of(container, rule)]
    if not arguments:
        remedy = "give the template a command, or have an operator add a rule for the image"
        raise CannotRunError(f'image "{image}" is not run here and has no known command: {remedy}')
    if rule is not None:
        arguments[0] = rule.programs.get(arguments[0], arguments[0])
    return {
        "name": container_file_name(str(container["name"])),
        "arguments": arguments,
        "environment": variables,
        "folder": str(container.get("workingDir") or ""),
        "takes_script": takes_script,
    }


def command_of(container: JsonObject, rule: ImageRule | None) -> list[str]:
    """Kubernetes' rule: `command` replaces ENTRYPOINT and CMD, `args` replaces CMD."""
    command = _words(container.get("command"))
    arguments = _words(container.get("args"))
    if not command and rule is not None:
        command = list(rule.entrypoint)
        arguments = arguments or list(rule.arguments)
    return command + arguments


def _words(value: Sequence[Any] | None) -> list[str]:
    return [str(word) for word in value or ()]
