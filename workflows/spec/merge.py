"""How specs and templates are laid over each other: run over stored template over defaults.

Source: Argo's `JoinWorkflowSpec` and `mergedTemplateDefaultsInto`, and Kubernetes' strategic merge: mappings
merge, lists merge by the key their field has in ``fields.tsv``, the rest is replaced. Works on raw JSON
and never changes what it was given. Not for tags: nothing is substituted.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from workflows.spec.arguments import ARTIFACT_LOCATIONS
from workflows.spec.schema import FieldType, struct_fields
from workflows.spec.template import TEMPLATE_KINDS
from workflows.spec.types import WorkflowSpec
from workflows.spec.value import JsonObject, argo_name

_KINDS: Final = tuple(map(argo_name, TEMPLATE_KINDS))


def join_specs(
    run: JsonObject, template: JsonObject | None, defaults: JsonObject | None = None
) -> JsonObject:
    """The spec a run executes: its own fields, then the stored template's, then the controller's defaults.

    Arguments are joined by name; the highest definition of a parameter wins whole; `suspend` is the run's.
    Each argument is the `spec` of an object, fitted to its fields, else msgspec.ValidationError is raised.
    """
    own = _compact(run)
    stored = _compact(template) if template is not None else {}
    merged = own
    for lower in (stored, _compact(defaults) if defaults is not None else {}):
        merged = _lay_over(lower, merged)
    merged.pop("suspend", None)
    if "suspend" in own:
        merged["suspend"] = own["suspend"]
    arguments = merged.get("arguments")
    if arguments:
        merged["arguments"] = _join_arguments(
            arguments, own.get("arguments", {}), stored.get("arguments", {})
        )
    return merged


def join_metadata(own: JsonObject, lower: JsonObject | None) -> JsonObject:
    """Object metadata with the labels and annotations of `lower` that it lacks."""
    joined = dict(own)
    for name in ("labels", "annotations"):
        added = (lower or {}).get(name)
        if added:
            joined[name] = {**added, **(own.get(name) or {})}
    return joined


def apply_template_defaults(template: JsonObject, defaults: JsonObject | None) -> JsonObject:
    """`template` laid over the spec's `templateDefaults`; parts for other kinds of template are left out."""
    if not defaults:
        return template
    kind = next((name for name in _KINDS if template.get(name) is not None), "")
    applicable = {name: value for name, value in defaults.items() if name not in _KINDS or name == kind}
    return strategic_merge(applicable, template, "Template")


def strategic_merge(base: JsonObject, over: JsonObject, struct: str) -> JsonObject:
    """`over` laid over `base`, both of type `struct` (a name in ``fields.tsv``); null in `over` removes."""
    fields = struct_fields(struct)
    merged = dict(base)
    for key, value in over.items():
        if value is None:
            merged.pop(key, None)
        elif key in base:
            merged[key] = _merge_value(base[key], value, fields.get(key))
        else:
            merged[key] = value
    return merged


def _merge_value(base: Any, over: Any, field: FieldType | None) -> Any:
    if isinstance(base, dict) and isinstance(over, dict) and not (field and field.replaced):
        return _merge_mapping(base, over, field)
    if (
        isinstance(base, list)
        and isinstance(over, list)
        and field is not None
        and field.merge_key is not None
    ):
        return _merge_list(base, over, field, field.merge_key)
    return over


def _merge_mapping(base: JsonObject, over: JsonObject, field: FieldType | None) -> JsonObject:
    if field is not None and field.shape == "struct":
        return strategic_merge(base, over, field.struct)
    merged = dict(base)
    for key, value in over.items():
        merged[key] = _merge_value(base[key], value, field.item if field else None) if key in base else value
    return merged


def _merge_list(base: list[Any], over: list[Any], field: FieldType, key: str) -> list[Any]:
    """Items with equal keys merge; the order is that of `over`, items only in `base` stay where they were."""
    names = [_name(item, key) for item in base]
    places = {name: index for index, name in reversed(list(enumerate(names))) if name is not None}
    taken: dict[Any, Any] = {}
    for item in over:
        name = _name(item, key)
        below = taken.get(name, base[places[name]] if name in places else None)
        taken[name if name is not None else id(item)] = (
            item if below is None else _merge_value(below, item, field.item)
        )
    left = [(index, item) for index, item in enumerate(base) if names[index] not in taken]
    merged: list[Any] = []
    for name, item in taken.items():
        place = places.get(name)
        while place is not None and left and left[0][0] < place:
            merged.append(left.pop(0)[1])
        merged.append(item)
    return merged + [item for _, item in left]


def _name(item: Any, key: str) -> Any:
    if not key:
        return item
    return item.get(key) if isinstance(item, dict) else None


def _compact(spec: JsonObject) -> JsonObject:
    """The spec without fields that say nothing, such as an empty entrypoint: those override nothing."""
    compact: JsonObject = msgspec.to_builtins(msgspec.convert(spec, WorkflowSpec))
    return compact


def _lay_over(lower: JsonObject, upper: JsonObject) -> JsonObject:
    """Strategic merge, except that hooks and `labelsFrom` entries are taken whole."""
    merged = strategic_merge(lower, upper, "WorkflowSpec")
    if "hooks" in lower:
        merged["hooks"] = {**lower["hooks"], **upper.get("hooks", {})}
    labels_from = lower.get("workflowMetadata", {}).get("labelsFrom")
    if labels_from:
        upper_from = upper.get("workflowMetadata", {}).get("labelsFrom", {})
        merged["workflowMetadata"] = {
            **merged["workflowMetadata"],
            "labelsFrom": {**labels_from, **upper_from},
        }
    return merged


def _join_arguments(merged: JsonObject, own: JsonObject, stored: JsonObject) -> JsonObject:
    joined = dict(merged)
    if "parameters" in merged:
        joined["parameters"] = [_parameter(item, own, stored) for item in merged["parameters"]]
    if "artifacts" in merged:
        joined["artifacts"] = [_artifact(item, own, stored) for item in merged["artifacts"]]
    return joined


def _parameter(merged: JsonObject, own: JsonObject, stored: JsonObject) -> JsonObject:
    if not _has_value(merged):
        return merged
    for arguments in (own, stored):
        for item in arguments.get("parameters", ()):
            if item.get("name") == merged.get("name") and _has_value(item):
                found: JsonObject = item
                return found
    return merged


def _has_value(parameter: JsonObject) -> bool:
    return any(name in parameter for name in ("value", "default", "valueFrom"))


def _artifact(merged: JsonObject, own: JsonObject, stored: JsonObject) -> JsonObject:
    for arguments in (own, stored):
        for item in arguments.get("artifacts", ()):
            if item.get("name") == merged.get("name"):
                return _artifact_over(merged, item)
    return merged


def _artifact_over(base: JsonObject, over: JsonObject) -> JsonObject:
    """`over`, with fields of its location that only `base` has when both are stored in the same way."""
    where = _location(base)
    if not where or where != _location(over):
        return over
    return {**over, where: {**base[where], **over[where]}}


def _location(artifact: JsonObject) -> str:
    return next((name for name in ARTIFACT_LOCATIONS if artifact.get(name) is not None), "")
