"""A run as a document that does not depend on when, where and under which name it ran.

Stands in for a corpus that brings no `normalise` of its own. The shape is that of the recorded documents:
nodes sorted by name, edges as names, and placeholders for what belongs to one run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from workflows.engine.names import pod_name

Json = dict[str, Any]

_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?Z| \d\d:\d\d:\d\d \+0000 UTC)")
_ACTOR = re.compile(r"(?<=Resumed by: )map\[[^\]]*\]")
_NODE_TEXTS = (
    "displayName",
    "type",
    "phase",
    "message",
    "templateName",
    "templateScope",
    "nodeFlag",
    "progress",
)
_PARAMETER_FIELDS = ("name", "value", "globalName")

#: replaces in a text all that belongs to one run
Mask = Callable[[str], str]


def normalise(workflow: Json) -> Json:
    """The document of a Workflow object as the API gives it."""
    status, metadata = workflow.get("status") or {}, workflow["metadata"]
    nodes: Mapping[str, Json] = status.get("nodes") or {}
    mask = _mask(metadata, nodes)
    names = {node_id: mask(node["name"]) for node_id, node in nodes.items()}
    labels = {
        name: value for name, value in (metadata.get("labels") or {}).items() if not name.endswith("/creator")
    }
    return _masked(
        {
            "phase": status.get("phase", ""),
            "message": status.get("message", ""),
            "progress": status.get("progress", ""),
            "outputs": _values(status.get("outputs")),
            "conditions": sorted(status.get("conditions") or [], key=lambda condition: condition["type"]),
            "labels": labels,
            "nodes": sorted((_node(node, names) for node in nodes.values()), key=lambda node: node["name"]),
        },
        mask,
    )  # fmt: skip


def _node(node: Json, names: Mapping[str, str]) -> Json:
    def named(ids: list[str] | None) -> list[str]:
        return sorted(names.get(node_id, node_id) for node_id in ids or [])

    document: Json = {"name": node["name"]}
    document |= {field: node[field] for field in _NODE_TEXTS if node.get(field)}
    document |= {
        "templateRef": node.get("templateRef"),
        "boundary": names.get(node.get("boundaryID", ""), ""),
        "children": named(node.get("children")),
        "outboundNodes": named(node.get("outboundNodes")),
        "inputs": _values(node.get("inputs")),
        "outputs": _values(node.get("outputs")),
    }
    return {field: value for field, value in document.items() if value}


def _values(block: Json | None) -> Json:
    """Inputs or outputs: parameters with their values, artifacts but for logs, result and exit code."""
    block = block or {}
    values: Json = {key: block[key] for key in ("result", "exitCode") if block.get(key) is not None}
    parameters = sorted(block.get("parameters") or [], key=lambda parameter: parameter["name"])
    if parameters:
        values["parameters"] = [
            {field: parameter[field] for field in _PARAMETER_FIELDS if field in parameter}
            for parameter in parameters
        ]
    artifacts = [entry for entry in block.get("artifacts") or [] if not entry["name"].endswith("-logs")]
    if artifacts:
        values["artifacts"] = sorted(artifacts, key=lambda entry: str(entry["name"]))
    return values


def _mask(metadata: Json, nodes: Mapping[str, Json]) -> Mask:
    name = metadata["name"]
    known = {name: "$NAME", metadata["uid"]: "$UID", metadata["namespace"]: "$NAMESPACE"}
    for node_id, node in nodes.items():
        if node_id == name:
            continue
        shown = node["name"].replace(name, "$NAME", 1)
        template = (node.get("templateRef") or {}).get("template", node.get("templateName", ""))
        known[node_id] = f"$ID({shown})"
        known[pod_name(name, node["name"], template, node_id)] = f"$POD({shown})"
        if node.get("hostNodeName"):
            known[node["hostNodeName"]] = "$HOST"
    longest_first = sorted(known, key=len, reverse=True)
    pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, longest_first))})(?![A-Za-z0-9])")

    def mask(text: str) -> str:
        text = pattern.sub(lambda match: known[match.group()], text)
        return _TIME.sub("$TIME", _ACTOR.sub("$ACTOR", text))

    return mask


def _masked(value: Any, mask: Mask) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_masked(entry, mask) for entry in value]
    if isinstance(value, dict):
        return {mask(key): _masked(entry, mask) for key, entry in value.items()}
    return value
