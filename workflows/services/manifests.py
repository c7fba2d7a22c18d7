"""From the text people send to checked documents: read, changed as asked, linted, or refused as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from workflows.engine.cron import bad_annotations
from workflows.engine.messages import JsonObject
from workflows.errors import ManifestError, Problem
from workflows.services import claims
from workflows.services.capabilities import find_unsupported
from workflows.services.library import CLUSTER, NAMESPACED, StoredLibrary
from workflows.services.restrictions import restriction_problems
from workflows.services.secrets import secret_problems
from workflows.spec import Document, lint, parse_documents

WORKFLOW = "Workflow"
#: Scope of the stored kinds that manifests can refer to.
_SCOPES = {"WorkflowTemplate": NAMESPACED, "ClusterWorkflowTemplate": CLUSTER}
_STORED = frozenset({*_SCOPES, "CronWorkflow", "ConfigMap", "Secret", "WorkflowEventBinding", claims.KIND})

#: What `submit` changes of a Workflow before it is checked.
Change = Callable[[JsonObject], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """Documents without a fault. `raw` of each is JSON that fits its type."""

    documents: Sequence[Document]
    library: StoredLibrary
    warnings: Sequence[Problem] = field(default_factory=tuple)

    @property
    def workflows(self) -> Iterable[Document]:
        return (document for document in self.documents if document.kind == WORKFLOW)

    @property
    def stored(self) -> Iterable[Document]:
        return (document for document in self.documents if document.kind in _STORED)


def as_text(manifest: str | bytes | Mapping[str, Any]) -> str | bytes:
    """A manifest given as an object instead of text becomes JSON text."""
    if isinstance(manifest, str | bytes):
        return manifest
    return orjson.dumps(manifest, option=orjson.OPT_INDENT_2)


def source_text(document: Document) -> str:
    """The document as its author wrote it, without the line that parts it from the one before."""
    return document.text.removeprefix("---").lstrip("\n")


def find_problems(
    namespace: str,
    text: str | bytes,
    *,
    change: Change | None = None,
    library: StoredLibrary | None = None,
) -> tuple[Checked, list[Problem]]:
    """The documents of a text and everything that is wrong with them, warnings included.

    `library` is what they may refer to besides each other, by default all that is stored for the namespace.
    """
    documents = parse_documents(text)
    library = library or StoredLibrary(namespace)
    problems: list[Problem] = []
    for document in documents:
        if document.kind == WORKFLOW and document.raw is not None and change is not None:
            change(document.raw)
        if document.kind in (WORKFLOW, "CronWorkflow"):
            problems += restriction_problems(document)
        if document.kind == WORKFLOW and document.raw is not None:
            library.defaults.fill(document.raw)
    library.sent_along |= _sent_along(documents)
    problems += lint(documents, library=library)
    for document in documents:
        if document.raw is not None:
            problems += _place_problems(document, namespace)
            problems += find_unsupported(document)
            problems += secret_problems(document) if document.kind == "Secret" else []
            problems += claims.claim_problems(document) if document.kind == claims.KIND else []
            problems += _annotation_problems(document) if document.kind == "CronWorkflow" else []
    warnings = [problem for problem in problems if problem.severity == "warning"]
    return Checked(documents, library, warnings), problems


def check_text(
    namespace: str,
    text: str | bytes,
    *,
    change: Change | None = None,
    library: StoredLibrary | None = None,
) -> Checked:
    """As `find_problems`. Raises ManifestError with every problem when there is an error among them."""
    checked, problems = find_problems(namespace, text, change=change, library=library)
    if any(problem.severity == "error" for problem in problems):
        raise ManifestError(problems)
    if not checked.documents:
        raise ManifestError([Problem("empty", "the text holds no object", remedy="add a Workflow")])
    return checked


def _sent_along(documents: Iterable[Document]) -> dict[tuple[str, str], JsonObject]:
    found: dict[tuple[str, str], JsonObject] = {}
    for document in documents:
        scope = _SCOPES.get(document.kind)
        name = _metadata(document).get("name")
        if scope is not None and document.raw is not None and isinstance(name, str):
            found[scope, name] = document.raw
    return found


def _metadata(document: Document) -> JsonObject:
    metadata = (document.raw or {}).get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _annotation_problems(document: Document) -> list[Problem]:
    """What is wrong with the annotations by which a schedule says what Argo has no field for."""
    annotations = _metadata(document).get("annotations")
    given = annotations if isinstance(annotations, dict) else {}
    return [
        document.place(problem, ("metadata", "annotations", key)) for key, problem in bad_annotations(given)
    ]


def _place_problems(document: Document, namespace: str) -> list[Problem]:
    """Kinds nobody can store, and objects that name another namespace than the one they are sent to."""
    is_kept = document.kind in _STORED and (document.kind != claims.KIND or claims.are_kept())
    if not is_kept and document.kind != WORKFLOW:
        message = f"objects of kind {document.kind!r} belong to a cluster, and this server has none"
        problem = Problem("not-supported-here", message, remedy="leave it out, or create it in the cluster")
        return [document.place(problem, ("kind",))]
    metadata = _metadata(document)
    if not metadata.get("name") and not (document.kind == WORKFLOW and metadata.get("generateName")):
        wanted = "a `name` or `generateName`" if document.kind == WORKFLOW else "a `name`"
        problem = Problem("missing-name", f"a {document.kind} needs {wanted}", remedy="add it to `metadata`")
        return [document.place(problem, ("metadata",))]
    named = metadata.get("namespace")
    if not named or named == namespace or document.kind == "ClusterWorkflowTemplate":
        return []
    problem = Problem(
        "other-namespace",
        f"the object belongs to namespace {named!r} and was sent to {namespace!r}",
        remedy=f"send it to {named!r} or remove the field",
    )
    return [document.place(problem, ("metadata", "namespace"))]
