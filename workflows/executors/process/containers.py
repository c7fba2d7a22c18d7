"""From the containers of a template to the commands that run in their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.engine.messages import JsonObject, Launch
from workflows.executors.process.environment import LOCALHOST, expand, variables_of
from workflows.executors.process.images import ImageRule, find_rule
from workflows.executors.process.names import container_file_name
from workflows.executors.process.objects import Objects
from workflows.executors.process.refusal import CannotRunError
from workflows.executors.process.settings import ProcessSettings

MAIN = "main"


def main_containers(template: JsonObject) -> list[JsonObject]:
    """The containers whose end is the node's: of a container or script template one, named ``main``.

    Those of a set also mount what the set mounts. Raises CannotRunError.
    """
    body = template.get("container") or template.get("script")
    if isinstance(body, dict):
        return [{**body, "name": MAIN}]
    container_set = template.get("containerSet")
    if not isinstance(container_set, dict) or not container_set.get("containers"):
        raise CannotRunError("only container, script and containerSet templates run as local processes")
    shared = container_set.get("volumeMounts") or []
    return [
        {**container, "volumeMounts": [*(container.get("volumeMounts") or ()), *shared]}
        for container in container_set["containers"]
    ]


def build_container(
    order: Launch,
    container: JsonObject,
    settings: ProcessSettings,
    objects: Objects,
    *,
    takes_script: bool = False,
) -> JsonObject:
    """The `Container` message for the shepherd, as for a main container. Raises CannotRunError."""
    rule = find_rule(str(container.get("image") or ""), settings.images)
    variables = variables_of(order, container, settings.variables, objects)
    return {
        "name": container_file_name(str(container["name"])),
        "arguments": _arguments(container, rule, variables, settings),
        "environment": variables,
        "folder": str(container.get("workingDir") or ""),
        "takes_script": takes_script,
    }


def _arguments(
    container: JsonObject, rule: ImageRule | None, variables: Mapping[str, str], settings: ProcessSettings
) -> list[str]:
    image = str(container.get("image") or "")
    if rule is None and settings.unknown_image == "refuse":
        text = f'no rule stands in for image "{image}" on this server'
        raise CannotRunError(
            f"Pod failed before {container['name']} container starts due to ErrImagePull: {text}"
        )
    arguments = [expand(word, variables) for word in command_of(container, rule)]
    if not arguments:
        remedy = "give the template a command, or have an operator add a rule for the image"
        raise CannotRunError(f'image "{image}" is not run here and has no known command: {remedy}')
    if rule is not None:
        arguments[0] = rule.programs.get(arguments[0], arguments[0])
    return arguments


def build_probe(container: JsonObject, variables: Mapping[str, str]) -> JsonObject | None:
    """The `Probe` message of a readinessProbe, None when there is none. Raises CannotRunError."""
    probe = container.get("readinessProbe")
    if not probe:
        return None
    built: JsonObject = {
        "delay": probe.get("initialDelaySeconds") or 0,
        "period": probe.get("periodSeconds") or 10,
        "timeout": probe.get("timeoutSeconds") or 1,
        "successes": probe.get("successThreshold") or 1,
    }
    if probe.get("exec"):
        return {
            **built,
            "arguments": [expand(word, variables) for word in _words(probe["exec"].get("command"))],
        }
    if probe.get("tcpSocket"):
        place = probe["tcpSocket"]
        return {**built, "address": f"tcp://{place.get('host') or LOCALHOST}:{_port(container, place)}"}
    if probe.get("httpGet"):
        place = probe["httpGet"]
        scheme = str(place.get("scheme") or "HTTP").lower()
        path = str(place.get("path") or "/")
        address = f"{scheme}://{place.get('host') or LOCALHOST}:{_port(container, place)}/{path.lstrip('/')}"
        headers = [[str(each["name"]), str(each["value"])] for each in place.get("httpHeaders") or ()]
        return {**built, "address": address, "headers": headers}
    return None


def _port(container: JsonObject, place: JsonObject) -> int:
    port = place.get("port")
    for named in container.get("ports") or ():
        if named.get("name") == port:
            port = named.get("containerPort")
    try:
        return int(str(port))
    except ValueError:
        raise CannotRunError(f"readinessProbe of container {container['name']}: no port {port!r}") from None


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
