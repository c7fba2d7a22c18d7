"""What a manifest asks for and the executor of this server cannot give, told at submit.

Not for what is wrong with a manifest: another server may run it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from workflows.errors import Problem
from workflows.executors import registry
from workflows.services.artifact_capabilities import unsupported_stores
from workflows.spec import Document

#: fields of templates that an executor carries out; the others are the engine's own business
_IN_EXECUTOR: Final = frozenset({"container", "script", "containerSet", "resource", "http", "data", "plugin"})
_SPECS: Final = {
    "Workflow": ("spec",),
    "WorkflowTemplate": ("spec",),
    "ClusterWorkflowTemplate": ("spec",),
    "CronWorkflow": ("spec", "workflowSpec"),
}
_REMEDY: Final = "leave it out, or run it where there is a cluster"
_STORE_REMEDY: Final = "give only a key, then the repository of the namespace has it, or use another store"

Path = tuple[str | int, ...]


def find_unsupported(document: Document) -> list[Problem]:
    """A problem for each field that cannot be honoured here; empty for a document with faults."""
    path = _SPECS.get(document.kind)
    if path is None or document.raw is None or document.problems:
        return []
    spec: Any = document.raw
    for part in path:
        spec = spec.get(part) or {}
    return [
        document.place(
            Problem(
                "not-supported-here", f"the executor of this server cannot honour {name!r}", remedy=_REMEDY
            ),
            at,
        )
        for at, name in _missing(spec, path)
    ] + [
        document.place(
            Problem("not-supported-here", f"this server has no driver for {name}", remedy=_STORE_REMEDY), at
        )
        for at, name in unsupported_stores(spec, path)
    ]


def _missing(spec: Any, path: Path) -> Iterator[tuple[Path, str]]:
    executor = registry.current()
    for name in executor.unsupported_settings(spec):
        yield (*path, name.partition("[")[0].partition(".")[0]), name
    for template, at in _templates(spec, path):
        if _IN_EXECUTOR & template.keys():
            for name in executor.unsupported(template):
                yield at, name


def _templates(spec: Any, path: Path) -> Iterator[tuple[Any, Path]]:
    """All templates, those written into steps and tasks among them."""
    waiting = [
        (template, (*path, "templates", index)) for index, template in enumerate(spec.get("templates") or ())
    ]
    waiting.reverse()
    while waiting:
        template, at = waiting.pop()
        yield template, at
        inside = [(call.get("inline"), (*to, "inline")) for call, to in _calls(template, at)]
        waiting += [(inline, to) for inline, to in reversed(inside) if inline]


def _calls(template: Any, path: Path) -> Iterator[tuple[Any, Path]]:
    for group, steps in enumerate(template.get("steps") or ()):
        for index, step in enumerate(steps):
            yield step, (*path, "steps", group, index)
    for index, task in enumerate((template.get("dag") or {}).get("tasks") or ()):
        yield task, (*path, "dag", "tasks", index)
