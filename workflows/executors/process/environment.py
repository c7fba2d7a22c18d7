"""Environment variables of a container, and Kubernetes' ``$(NAME)`` in its command and arguments. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from workflows.engine.messages import JsonObject, Launch

_REFERENCE = re.compile(r"\$\$|\$\(([^)]*)\)")
_KEYED_FIELD = re.compile(r"metadata\.(labels|annotations)\['([^']+)'\]")
_LOCALHOST = "127.0.0.1"


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
    order: Launch, container: JsonObject, settings_variables: Mapping[str, str]
) -> dict[str, str]:
    """Variables in Kubernetes' order: what comes later may refer to and replace what came before.

    Expects a container without problems, see `support`.
    """
    variables = {**settings_variables, "HOSTNAME": order.pod_name}
    for entry in container.get("env") or ():
        if "valueFrom" in entry:
            variables[entry["name"]] = _value_from(order, entry["valueFrom"])
        else:
            variables[entry["name"]] = expand(str(entry.get("value", "")), variables)
    return {**variables, **_argo_variables(order, str(container["name"]))}


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


def unknown_sources(entries: Iterable[Any]) -> list[str]:
    """Field paths, relative to `env`, of the values that cannot be given here."""
    return [
        f"[{index}].valueFrom.{kind}"
        for index, entry in enumerate(entries)
        for kind, source in (entry.get("valueFrom") or {}).items()
        if kind != "fieldRef" or not is_known_field(str(source.get("fieldPath", "")))
    ]


def is_known_field(path: str) -> bool:
    return path in _FIELDS or _KEYED_FIELD.fullmatch(path) is not None


_FIELDS: dict[str, Callable[[Launch], str]] = {
    "metadata.name": lambda order: order.pod_name,
    "metadata.namespace": lambda order: order.namespace,
    "metadata.uid": lambda order: f"{order.run_uid}/{order.node_id}",
    "spec.serviceAccountName": lambda order: str(order.pod.get("serviceAccountName") or "default"),
    "spec.nodeName": lambda _: "localhost",
    "status.hostIP": lambda _: _LOCALHOST,
    "status.podIP": lambda _: _LOCALHOST,
}


def _value_from(order: Launch, source: JsonObject) -> str:
    path = str(source["fieldRef"]["fieldPath"])
    keyed = _KEYED_FIELD.fullmatch(path)
    if keyed is None:
        return _FIELDS[path](order)
    values = order.labels if keyed.group(1) == "labels" else order.annotations
    return values.get(keyed.group(2), "")
