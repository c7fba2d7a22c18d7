"""Fields this version cannot honour yet, so that they are refused and never ignored. One entry per field.

Not here: what depends on where a run is executed (sidecars, volumes …), see `Executor.unsupported`; and
fields that only tell a cluster how to run pods, which are accepted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from workflows.errors import Problem
from workflows.spec import codes
from workflows.spec.load import Document
from workflows.spec.marks import Path, render_path
from workflows.spec.schema import KINDS, FieldType, struct_fields
from workflows.spec.value import JsonObject

#: type and field of what is not supported, to the words a person reads; delete an entry when it works
NOT_YET: Final[dict[tuple[str, str], str]] = {}


def unsupported(raw: JsonObject) -> list[Problem]:
    """A problem for each field of an object (its JSON) that is not supported yet, with a path but no line."""
    return [
        codes.with_remedy(
            Problem(codes.NOT_SUPPORTED_YET, f"not supported yet: {name}", path=render_path(path))
        )
        for path, name in _found(raw)
    ]


def unsupported_in(document: Document) -> list[Problem]:
    """The same for a document, with lines and columns."""
    return [
        document.place(Problem(codes.NOT_SUPPORTED_YET, f"not supported yet: {name}"), path)
        for path, name in _found(document.raw or {})
    ]


def _found(raw: JsonObject) -> Iterator[tuple[Path, str]]:
    kind = raw.get("kind")
    if kind in KINDS:
        yield from _in_struct(raw, str(kind), ())


def _in_struct(value: Any, struct: str, path: Path) -> Iterator[tuple[Path, str]]:
    if struct not in _CONTAINERS:
        return
    fields = struct_fields(struct)
    for key, item in value.items():
        name = NOT_YET.get((struct, key))
        if name is not None and _is_used(item):
            yield (*path, key), name
        elif (field := fields.get(key)) is not None:
            yield from _in_value(item, field, (*path, key))


def _in_value(value: Any, field: FieldType, path: Path) -> Iterator[tuple[Path, str]]:
    if field.shape == "struct":
        yield from _in_struct(value, field.struct, path)
    elif field.shape == "list" and field.item is not None:
        for index, item in enumerate(value):
            yield from _in_value(item, field.item, (*path, index))
    elif field.shape == "map" and field.item is not None:
        for key, item in value.items():
            yield from _in_value(item, field.item, (*path, key))


def _is_used(value: Any) -> bool:
    """False for an empty list and for false; an empty mapping still chooses a kind of template."""
    return value is not False and value != [] and value is not None


#: types in which such fields can be, directly or further down; others are not looked into
_CONTAINERS: Final = frozenset(
    {
        "Workflow",
        "WorkflowTemplate",
        "ClusterWorkflowTemplate",
        "CronWorkflow",
        "CronWorkflowSpec",
        "WorkflowEventBinding",
        "WorkflowEventBindingSpec",
        "Submit",
        "WorkflowSpec",
        "Template",
        "WorkflowStep",
        "DAGTemplate",
        "DAGTask",
        "LifecycleHook",
        "Inputs",
        "Outputs",
        "Arguments",
    }
)
