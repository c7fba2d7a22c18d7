"""What runs get that do not say otherwise: Argo's workflowDefaults, for the server and for a namespace.

The server's are the setting SLUICE_WORKFLOW_DEFAULTS; a namespace's stand in its ConfigMap
``workflow-controller-configmap`` under the key `workflowDefaults`. Both are YAML with `metadata` and `spec`
of a Workflow. A run's own fields come first, then those of the template it runs as a whole, then the
namespace's, then the server's. A run keeps the defaults it began with.

Source: Argo's default-workflow-specs page, `setWorkflowDefaults` and `setStoredWfSpec`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import orjson
from django.conf import settings

from workflows.engine.messages import JsonObject
from workflows.errors import ManifestError, Problem
from workflows.models import ConfigEntry
from workflows.spec import join_specs, parse_documents
from workflows.spec.merge import join_metadata
from workflows.spec.schema import API_VERSION

CONFIG_MAP, KEY = "workflow-controller-configmap", "workflowDefaults"


@dataclass(frozen=True, slots=True)
class Defaults:
    """Empty when nothing is set."""

    metadata: JsonObject = field(default_factory=dict)
    spec: JsonObject = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.metadata or self.spec)

    def over(self, lower: Defaults) -> Defaults:
        return Defaults(join_metadata(self.metadata, lower.metadata), join_specs(self.spec, None, lower.spec))

    def fill(self, workflow: JsonObject) -> None:
        """Give a Workflow what it lacks. The spec of one that runs a stored template is left to the engine,
        because the template comes first.
        """
        metadata, spec = workflow.get("metadata"), workflow.get("spec")
        if not (self and isinstance(metadata, dict) and isinstance(spec, dict)):
            return
        workflow["metadata"] = join_metadata(metadata, self.metadata)
        if not spec.get("workflowTemplateRef") and self.spec:
            workflow["spec"] = join_specs(spec, None, self.spec)


def defaults_for(namespace: str) -> Defaults:
    """Raises ManifestError when what is set is no part of a Workflow."""
    rows = ConfigEntry.objects.filter(namespace__name=namespace, name=CONFIG_MAP)
    data = rows.values_list("data", flat=True).first() or {}
    found = Defaults()
    for text, where in (
        (data.get(KEY, ""), f"ConfigMap {CONFIG_MAP} of the namespace"),
        (settings.SLUICE_WORKFLOW_DEFAULTS, "setting SLUICE_WORKFLOW_DEFAULTS"),
    ):
        if text:
            lower = parse_defaults(text, where)
            found = found.over(lower) if found else lower
    return found


def parse_defaults(text: str, where: str) -> Defaults:
    """Raises ManifestError; `where` tells people where the text stands."""
    documents = parse_documents(text)
    problems = [problem for document in documents for problem in document.problems if document.raw is None]
    if len(documents) != 1 or documents[0].raw is None:
        raise _fault(problems or [Problem("not-an-object", "it is not one object")], where)
    given = documents[0].raw
    unknown = sorted(given.keys() - {"metadata", "spec", "apiVersion", "kind"})
    if unknown:
        raise _fault([Problem("unknown-field", f"unknown field {unknown[0]!r}")], where)
    whole = {
        "apiVersion": API_VERSION,
        "kind": "Workflow",
        "metadata": given.get("metadata") or {},
        "spec": given.get("spec") or {},
    }
    return _fitted(whole, where)


def _fitted(whole: JsonObject, where: str) -> Defaults:
    [document] = parse_documents(orjson.dumps(whole))
    if document.problems or document.raw is None:
        raise _fault(list(document.problems), where)
    return Defaults(document.raw.get("metadata") or {}, document.raw.get("spec") or {})


def _fault(problems: list[Problem], where: str) -> ManifestError:
    """Places are those of another text than the one people sent, so they are left out."""
    return ManifestError(
        [
            replace(problem, message=f"workflowDefaults in the {where}: {problem.message}", line=0, column=0)
            for problem in problems
        ]
    )
