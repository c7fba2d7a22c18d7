"""Argo's `status.storedTemplates`: templates from the library that nodes of a run used, by scope and name.

An inline template of a stored one is named by the step or task that holds it: ``SCOPE/OBJECT/inline/NAME``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflows.engine.messages import JsonObject
from workflows.engine.names import caller_name
from workflows.engine.node import Node
from workflows.engine.phases import STEP_GROUP

#: (scope, name) of a stored object, scope being "namespaced" or "cluster", to its JSON.
Library = Mapping[tuple[str, str], JsonObject]

#: before the name of a step or task; no template can be named so
_INLINE = "inline/"

_Key = tuple[str, str, str]


def stored_templates(
    nodes: Iterable[Node], library: Library, manifest: Mapping[str, Any]
) -> dict[str, JsonObject]:
    """Template JSON by ``SCOPE/OBJECT/TEMPLATE``. `manifest` is the Workflow as it was submitted."""
    whole = (manifest.get("spec") or {}).get("workflowTemplateRef")
    used = {key for node in nodes if (key := _key(node, whole)) is not None}
    found = {key: _template(library, key) for key in sorted(used)}
    return {"/".join(key): template for key, template in found.items() if template is not None}


def _key(node: Node, whole: JsonObject | None) -> _Key | None:
    """`whole` is the reference to the stored object that the whole run comes from."""
    if node.template_ref:
        return _scope(node.template_ref), node.template_ref["name"], node.template_ref.get("template", "")
    if node.type == STEP_GROUP:
        return None
    template = node.template_name or _INLINE + caller_name(node.name)
    scope, _, name = node.template_scope.partition("/")
    if scope in ("namespaced", "cluster"):
        return scope, name, template
    return (_scope(whole), whole["name"], template) if whole else None


def _scope(reference: JsonObject) -> str:
    return "cluster" if reference.get("clusterScope") else "namespaced"


def _template(library: Library, key: _Key) -> JsonObject | None:
    scope, name, template = key
    spec = library.get((scope, name), {}).get("spec") or {}
    templates: list[JsonObject] = spec.get("templates") or []
    if not template.startswith(_INLINE):
        return next((entry for entry in templates if entry.get("name") == template), None)
    holder = template.removeprefix(_INLINE)
    calls = (call for entry in templates for call in _calls(entry))
    return next((call["inline"] for call in calls if call.get("name") == holder and "inline" in call), None)


def _calls(template: JsonObject) -> Iterator[JsonObject]:
    yield from (template.get("dag") or {}).get("tasks") or ()
    for group in template.get("steps") or ():
        yield from group
