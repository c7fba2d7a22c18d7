"""The templates of a spec with their places, those written into steps and tasks among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from workflows.spec.marks import Path
from workflows.spec.template import Template, WorkflowStep
from workflows.spec.types import WorkflowSpec

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Place:
    """A template and where it stands; `text` is its JSON, `calls` are its steps or tasks and their places."""

    template: Template
    path: Path
    text: str
    calls: list[tuple[WorkflowStep, Path]] = field(default_factory=list)


def places(spec: WorkflowSpec, path: Path) -> Iterator[Place]:
    """Every template of `spec`; an inline template comes after the one that holds it."""
    waiting = [(template, (*path, "templates", index)) for index, template in enumerate(spec.templates)]
    waiting.reverse()
    while waiting:
        template, at = waiting.pop()
        calls = list(_calls(template, at))
        yield Place(template, at, json_text(template), calls)
        waiting += [(call.inline, (*to, "inline")) for call, to in reversed(calls) if call.inline is not None]


def json_text(value: object) -> str:
    return _encode(value).decode()


def _calls(template: Template, path: Path) -> Iterator[tuple[WorkflowStep, Path]]:
    for group, steps in enumerate(template.steps or ()):
        for index, step in enumerate(steps):
            yield step, (*path, "steps", group, index)
    if template.dag is not None:
        for index, task in enumerate(template.dag.tasks):
            yield task, (*path, "dag", "tasks", index)
