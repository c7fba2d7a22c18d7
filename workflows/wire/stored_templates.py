"""Argo's `status.storedTemplates`: templates from the library that nodes of a run used, by scope and name.

Inline templates of stored ones are left out: nodes do not tell where they stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workflows.engine.messages import JsonObject
from workflows.engine.node import Node

#: (scope, name) of a stored object, scope being "namespaced" or "cluster", to its JSON.
Library = Mapping[tuple[str, str], JsonObject]

_Key = tuple[str, str, str]


def stored_templates(
    nodes: Iterable[Node], library: Library, manifest: Mapping[str, Any]
) -> dict[str, JsonObject]:
    """Template JSON by ``scope/object/template``. `manifest` is the Workflow as it was submitted."""
    whole = (manifest.get("spec") or {}).get("workflowTemplateRef")
    used = {key for node in nodes if (key := _key(node, whole)) is not None}
    found = {key: _template(library, key) for key in sorted(used)}
    return {"/".join(key): template for key, template in found.items() if template is not None}


def _key(node: Node, whole: JsonObject | None) -> _Key | None:
    """`whole` is the reference to the stored object that the whole run comes from."""
    if node.template_ref:
        return _scope(node.template_ref), node.template_ref["name"], node.template_ref.get("template", "")
    if not node.template_name:
        return None
    scope, _, name = node.template_scope.partition("/")
    if scope in ("namespaced", "cluster"):
        return scope, name, node.template_name
    return (_scope(whole), whole["name"], node.template_name) if whole else None


def _scope(reference: JsonObject) -> str:
    return "cluster" if reference.get("clusterScope") else "namespaced"


def _template(library: Library, key: _Key) -> JsonObject | None:
    scope, name, template = key
    spec = library.get((scope, name), {}).get("spec") or {}
    return next((entry for entry in spec.get("templates") or () if entry.get("name") == template), None)
