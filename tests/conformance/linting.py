"""Whether a manifest of a corpus parses, survives a round trip and is accepted or refused as recorded."""

from __future__ import annotations

import json

import yaml

from tests.conformance.corpus import Corpus, Entry
from workflows.spec import (
    ClusterWorkflowTemplate,
    Document,
    WorkflowTemplate,
    argo_message,
    lint,
    load,
    parse_documents,
)


class _Quoting(yaml.SafeDumper):
    """Quotes every text: without quotes Kubernetes reads more words as booleans than this writer knows."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style='"')


_Quoting.add_representer(str, _Quoting.represent_text)


class _Library:
    """Templates of the files an entry needs."""

    def __init__(self, documents: list[Document]) -> None:
        self._templates = {}
        for document in documents:
            if document.kind in ("WorkflowTemplate", "ClusterWorkflowTemplate"):
                manifest = load(document)
                if isinstance(manifest, WorkflowTemplate):
                    is_cluster = isinstance(manifest, ClusterWorkflowTemplate)
                    self._templates[manifest.metadata.name, is_cluster] = manifest

    def template(self, name: str, *, cluster: bool) -> WorkflowTemplate | ClusterWorkflowTemplate | None:
        return self._templates.get((name, cluster))


def lint_differences(corpus: Corpus, entry: Entry) -> list[str]:
    """How our verdict on a manifest differs from the recorded one; empty when it does not."""
    documents = parse_documents(entry.text)
    differences = [] if _survives(documents) else ["the manifest changes when it is written and read again"]
    library = _Library(
        [d for file in entry.libraries for d in parse_documents((corpus.folder / file).read_text())]
    )
    problems = [problem for problem in lint(documents, library=library) if problem.severity == "error"]
    if not entry.is_invalid:
        return differences + [f"refused: {problem}" for problem in problems]
    if not problems:
        return [*differences, "accepted, but it must be refused"]
    said = argo_message(problems)
    for golden in entry.goldens:
        if golden.get("message") and golden["phase"] != "Rejected" and golden["message"] != said:
            differences.append(f"message: expected {golden['message']!r}, got {said!r}")
    return differences


def _survives(documents: list[Document]) -> bool:
    """Whether each object is the same after it was written, as YAML or JSON, and read again."""
    for document in documents:
        for text in (json.dumps(document.raw), yaml.dump(document.raw, Dumper=_Quoting)):
            [again] = parse_documents(text)
            if again.raw != document.raw or again.problems != document.problems:
                return False
            if not document.problems and load(again) != load(document):
                return False
    return True
