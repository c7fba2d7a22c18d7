"""Checks manifests as Argo's validator does, and more, and tells every fault at once. Not for running."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workflows.errors import ManifestError, Problem
from workflows.spec.lint.hints import hint_at_object
from workflows.spec.lint.holders import Stored
from workflows.spec.lint.objects import check_object
from workflows.spec.lint.report import Finding, Report
from workflows.spec.load import Document, Manifest, load
from workflows.spec.refs import Library
from workflows.spec.types import ClusterWorkflowTemplate, WorkflowTemplate

__all__ = ["Finding", "argo_message", "lint"]


def lint(documents: Sequence[Document], *, library: Library, values_required: bool = True) -> list[Problem]:
    """Every problem of the documents, per document in the order in which Argo would come across them.

    Stored templates are looked up among the documents first, then in `library`. `values_required`: the
    arguments of a Workflow must have values, as at submission; without it they may be missing, as in a draft.
    """
    loaded: list[tuple[Document, Manifest]] = []
    problems: list[Problem] = []
    for document in documents:
        try:
            loaded.append((document, load(document)))
        except ManifestError:
            problems.extend(document.problems)
    together = _Together(library, [manifest for _, manifest in loaded])
    for document, manifest in loaded:
        report = Report(document)
        stored = Stored(together)
        check_object(report, manifest, stored, values_required=values_required)
        if not has_errors([*document.problems, *report.findings]):
            hint_at_object(report, manifest, stored)
        problems.extend(document.problems)
        problems.extend(report.findings)
    return sorted(problems, key=lambda problem: problem.document)


def argo_message(problems: Iterable[Problem]) -> str:
    """What Argo's controller would put on the run: its text for the first error it finds, else our words."""
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return ""
    said = next((problem.argo for problem in errors if isinstance(problem, Finding) and problem.argo), "")
    return f"invalid spec: {said or errors[0].message}"


def has_errors(problems: Iterable[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


class _Together:
    """The library, with the stored templates of the same text in front of it."""

    def __init__(self, library: Library, manifests: Iterable[Manifest]) -> None:
        self._library = library
        self._own = {
            (manifest.metadata.name, isinstance(manifest, ClusterWorkflowTemplate)): manifest
            for manifest in manifests
            if isinstance(manifest, WorkflowTemplate)
        }

    def template(self, name: str, *, cluster: bool) -> WorkflowTemplate | ClusterWorkflowTemplate | None:
        own = self._own.get((name, cluster))
        return own if own is not None else self._library.template(name, cluster=cluster)
