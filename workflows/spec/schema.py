"""Names and types of every field of Argo's kinds and the Kubernetes objects in them, from ``fields.tsv``.

One line per type: its name, a tab, its fields as ``name:code``. Codes: s text, S Argo's AnyString, i integer,
n number, b boolean, I integer or text, Q quantity, t time, o any object, * anything, ``[X`` list of X, ``{X``
map of X, else a type's name. ``@key`` after a list: merged by that key (none: by value); ``!``: never merged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

#: kinds whose fields are known, and the type each is made of
KINDS: Final = (
    "Workflow",
    "WorkflowTemplate",
    "ClusterWorkflowTemplate",
    "CronWorkflow",
    "WorkflowEventBinding",
    "ConfigMap",
)
API_VERSION: Final = "argoproj.io/v1alpha1"

#: fields older releases had, with what took their place
REMOVED: Final[dict[tuple[str, str], str]] = {
    ("CronWorkflowSpec", "schedule"): "use `schedules`, a list",
    ("Synchronization", "semaphore"): "use `semaphores`, a list",
    ("Synchronization", "mutex"): "use `mutexes`, a list",
    ("Template", "template"): "call the template from a step or task",
    ("Template", "templateRef"): "call the template from a step or task",
    ("Template", "arguments"): "pass arguments where the template is called",
    ("WorkflowSpec", "ttlSecondsAfterFinished"): "use `ttlStrategy.secondsAfterCompletion`",
}


@dataclass(frozen=True, slots=True)
class FieldType:
    """One code, taken apart. `shape` is "list", "map", "struct" or the scalar's letter."""

    shape: str
    item: FieldType | None = None
    struct: str = ""
    merge_key: str | None = None
    replaced: bool = False


@cache
def struct_fields(struct: str) -> dict[str, FieldType]:
    """The fields of a type by name. Raises KeyError for an unknown type."""
    return {
        name: _field_type(code) for name, code in (entry.split(":", 1) for entry in _rows()[struct].split())
    }


@cache
def _rows() -> dict[str, str]:
    text = (files("workflows.spec") / "fields.tsv").read_text(encoding="utf-8")
    return dict(line.split("\t", 1) for line in text.splitlines())


@cache
def _field_type(code: str) -> FieldType:
    base, at, merge_key = code.partition("@")
    replaced = base.endswith("!")
    base = base.rstrip("!")
    shapes = {"[": "list", "{": "map"}
    if base[0] in shapes:
        return FieldType(shapes[base[0]], _field_type(base[1:]), merge_key=merge_key if at else None)
    if len(base) == 1:
        return FieldType(base)
    return FieldType("struct", struct=base, replaced=replaced)
