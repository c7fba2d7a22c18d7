"""What a server may ask of all runs: that they come from stored templates. Not for who may do what.

The setting SLUICE_TEMPLATE_REFERENCING is "" for no restriction, Strict or Secure; as runs always keep the
templates they began with, the two are the same here.

Source: Argo's `WorkflowRestrictions` and `ValidateUserOverrides`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

from workflows.errors import Problem
from workflows.spec import Document

#: fields a run may set although its template decides
_ALLOWED: Final = frozenset(
    {
        "activeDeadlineSeconds", "archiveLogs", "arguments", "artifactGC", "entrypoint", "metrics", "podGC",
        "priority", "shutdown", "suspend", "ttlStrategy", "volumeClaimGC", "workflowMetadata",
        "workflowTemplateRef",
    }
)  # fmt: skip
_REFUSED_IN_GC: Final = ("podMetadata", "podSpecPatch", "serviceAccountName")


def restriction_problems(document: Document) -> list[Problem]:
    """Problems of a Workflow or CronWorkflow as its author sent it; none without a restriction."""
    if not settings.SLUICE_TEMPLATE_REFERENCING:
        return []
    spec, path = (document.raw or {}).get("spec"), ["spec"]
    if document.kind == "CronWorkflow" and isinstance(spec, dict):
        spec, path = spec.get("workflowSpec"), ["spec", "workflowSpec"]
    if not isinstance(spec, dict):
        return []
    if not spec.get("workflowTemplateRef"):
        problem = Problem(
            "reference-required",
            "workflows must use workflowTemplateRef to be executed when the controller is in reference mode",
            remedy="store a WorkflowTemplate and refer to it",
        )
        return [document.place(problem, tuple(path))]
    return [
        document.place(
            Problem(
                "field-not-permitted",
                f"{'.'.join(field)} is not permitted when using workflowTemplateRef with templateReferencing "
                "restriction",
                remedy="set it in the template",
            ),
            (*path, *field),
        )
        for field in _refused(spec)
    ]


def _refused(spec: Mapping[str, Any]) -> list[tuple[str, ...]]:
    allowed = _ALLOWED | set(settings.SLUICE_TEMPLATE_REFERENCING_ALLOW)
    given = sorted(name for name, value in spec.items() if value not in (None, "", [], {}))
    found: list[tuple[str, ...]] = [(name,) for name in given if name not in allowed]
    collection = spec.get("artifactGC")
    if isinstance(collection, dict):
        found += [("artifactGC", name) for name in _REFUSED_IN_GC if collection.get(name)]
    return found
