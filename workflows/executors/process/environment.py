"""Environment variables of a container, and Kubernetes' ``$(NAME)`` in its command and arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from workflows.engine.messages import JsonObject, Launch
from workflows.executors.process.objects import Objects

_REFERENCE = re.compile(r"\$\$|\$\(([^)]*)\)")
_KEYED_FIELD = re.compile(r"metadata\.(labels|annotations)\['([^']+)'\]")
LOCALHOST = "127.0.0.1"
#: hold a pod until somebody lets it go on from inside. Source: Argo's debug-pause page.
_DEBUG_PAUSES = frozenset({"ARGO_DEBUG_PAUSE_BEFORE", "ARGO_DEBUG_PAUSE_AFTER"})


def expand(text: str, variables: Mapping[str, str]) -> str:
    """``$(NAME)`` becomes the variable's value, stays as it is when there is none; ``$$`` becomes ``$``.

    Source: Kubernetes' `command`, `args` and `env` of a container.
    """

    def replace(found: re.Match[str]) -> str:
        if found.group() == "$$":
            return "$"
        return variables.get(found.group(1), found.group())

    return _REFERENCE.sub(replace, text) if "$" in text else text


def variables_of(
    order: Launch, container: JsonObject, settings_variables: Mapping[str, str], objects: Objects
) -> dict[str, str]:
    """Variables in Kubernetes' order: what comes later may refer to and replace what came before.

    Expects a container without problems, see `support`. Raises CannotRunError for objects that are missing.
    """
    name = str(container["name"])
    variables = {**settings_variables, "HOSTNAME": order.pod_name}
    for source in container.get("envFrom") or ():
        prefix = str(source.get("prefix") or "")
        for kind, field in _OBJECT_FIELDS.items():
            if field in source:
                found = objects.variables(kind, order.namespace, source[field], name)
                variables |= {f"{prefix}{key}": value for key, value in found.items()}
    for entry in container.get("env") or ():
        if entry.get("valueFrom"):
            value = _value_from(order, entry["valueFrom"], objects, name)
        else:
            value = expand(str(entry.get("value", "")), variables)
        if value is not None:
            variables[entry["name"]] = value
    return {**variables, **_argo_variables(order, name)}


def _argo_variables(order: Launch, container: str) -> dict[str, str]:
    """What Argo's controller adds to every container; they win over the user's."""
    return {
        "ARGO_CONTAINER_NAME": container,
        "ARGO_INCLUDE_SCRIPT_OUTPUT": "true" if order.capture_result else "false",
        "ARGO_NODE_ID": order.node_id,
        "ARGO_POD_NAME": order.pod_name,
        "ARGO_WORKFLOW_NAME": order.run_name,
        "ARGO_WORKFLOW_UID": order.run_uid,
    }


def unknown_variables(entries: Iterable[Any]) -> list[str]:
    """Field paths, relative to `env`, of what cannot be given here, or means more than its value."""
    return [place for index, entry in enumerate(entries) for place in _unknown(entry, f"[{index}]")]


def _unknown(entry: Mapping[str, Any], place: str) -> list[str]:
    if entry.get("name") in _DEBUG_PAUSES and entry.get("value") == "true":
        return [f"{place}.{entry['name']}"]
    return [
        f"{place}.valueFrom.{kind}"
        for kind, source in (entry.get("valueFrom") or {}).items()
        if kind not in _KEY_FIELDS
        and (kind != "fieldRef" or not is_known_field(str(source.get("fieldPath", ""))))
    ]


def is_known_field(path: str) -> bool:
    return path in _FIELDS or _KEYED_FIELD.fullmatch(path) is not None


_FIELDS: dict[str, Callable[[Launch], str]] = {
    "metadata.name": lambda order: order.pod_name,
    "metadata.namespace": lambda order: order.namespace,
    "metadata.uid": lambda order: f"{order.run_uid}/{order.node_id}",
    "spec.serviceAccountName": lambda order: str(order.pod.get("serviceAccountName") or "default"),
    "spec.nodeName": lambda _: "localhost",
    "status.hostIP": lambda _: LOCALHOST,
    "status.podIP": lambda _: LOCALHOST,
}


#: kinds of objects and the fields by which `envFrom` and `valueFrom` name them
_OBJECT_FIELDS = {"configmap": "configMapRef", "secret": "secretRef"}
_KEY_FIELDS = {"configMapKeyRef": "configmap", "secretKeyRef": "secret"}


def _value_from(order: Launch, source: JsonObject, objects: Objects, container: str) -> str | None:
    for field, kind in _KEY_FIELDS.items():
        if field in source:
            return objects.variable(kind, order.namespace, source[field], container)
    return field_value(order, str(source["fieldRef"]["fieldPath"]))


def field_value(order: Launch, path: str) -> str:
    """The value of a `fieldRef`, for a path that `is_known_field`."""
    keyed = _KEYED_FIELD.fullmatch(path)
    if keyed is None:
        return _FIELDS[path](order)
    values = order.labels if keyed.group(1) == "labels" else order.annotations
    return values.get(keyed.group(2), "")
