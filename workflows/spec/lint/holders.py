"""Where templates are looked up: in the manifest itself or in a stored one. Not for checking them."""

from __future__ import annotations

from dataclasses import dataclass, field

from workflows.spec.marks import Path
from workflows.spec.refs import Library
from workflows.spec.template import Template
from workflows.spec.types import ClusterWorkflowTemplate, WorkflowSpec, WorkflowTemplate


@dataclass(slots=True)
class Holder:
    """A spec with its templates by name; `path` leads to it in the document, None when it is stored."""

    scope: str
    spec: WorkflowSpec
    path: Path | None
    label: str = ""
    templates: dict[str, tuple[int, Template]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, template in enumerate(self.spec.templates):
            self.templates.setdefault(template.name, (index, template))

    def template_path(self, index: int) -> Path:
        return (*(self.path or ()), "templates", index)


@dataclass(slots=True)
class Stored:
    """Stored templates as holders, each built once."""

    library: Library
    _holders: dict[tuple[str, bool], Holder | None] = field(default_factory=dict)

    def holder(self, name: str, *, cluster: bool) -> Holder | None:
        key = name, cluster
        if key not in self._holders:
            found = self.library.template(name, cluster=cluster)
            self._holders[key] = None if found is None else _stored(found, cluster=cluster)
        return self._holders[key]


def _stored(found: WorkflowTemplate | ClusterWorkflowTemplate, *, cluster: bool) -> Holder:
    name = found.metadata.name
    kind = "ClusterWorkflowTemplate" if cluster else "WorkflowTemplate"
    return Holder(f"{'cluster' if cluster else 'namespaced'}/{name}", found.spec, None, f"{kind} {name}")
