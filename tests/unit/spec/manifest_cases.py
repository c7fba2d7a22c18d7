"""Reads ``broken_manifests.txt`` and ``hints.txt``: manifests with one fault each, and how it must be told.

A case starts with ``=== id | code | head | line | message``. The head is put before the text: "wf" that of a
Workflow, "cron" that of a CronWorkflow, "raw" nothing. Without a line it is the one that ends in "# here".
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workflows.spec import ClusterWorkflowTemplate, WorkflowTemplate, load, parse_documents

HERE = Path(__file__).parent
HEADS = {
    "raw": "",
    "wf": "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {generateName: broken-}\nspec:\n",
    "cron": "apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: broken}\nspec:\n"
    "  workflowSpec: {entrypoint: main, templates: [{name: main, suspend: {}}]}\n",
}
STORED = """
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: stored}
spec:
  entrypoint: work
  templates:
  - name: work
    inputs: {parameters: [{name: v}]}
    suspend: {}
  - name: faulty
    container: {image: busybox, args: ["{{inputs.parameters.gone}}"]}
---
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: clean}
spec:
  entrypoint: work
  templates:
  - name: work
    inputs: {parameters: [{name: v}]}
    suspend: {}
"""
_ALIASES = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 30))


@dataclass(frozen=True)
class Case:
    id: str
    code: str
    line: int
    message: str
    text: str


class Shelf:
    """Stored templates for the cases."""

    def __init__(self, text: str = STORED) -> None:
        self._stored = {}
        for document in parse_documents(text):
            manifest = load(document)
            assert isinstance(manifest, WorkflowTemplate)
            cluster = isinstance(manifest, ClusterWorkflowTemplate)
            self._stored[manifest.metadata.name, cluster] = manifest

    def template(self, name: str, *, cluster: bool) -> WorkflowTemplate | ClusterWorkflowTemplate | None:
        return self._stored.get((name, cluster))


def read_cases(file: str = "broken_manifests.txt") -> list[Case]:
    blocks = (HERE / file).read_text(encoding="utf-8").split("=== ")[1:]
    return [_case(*block.split("\n", 1)) for block in blocks]


def _case(header: str, body: str) -> Case:
    name, code, head, line, message = (part.strip() for part in header.split("|", 4))
    text = HEADS[head] + body.replace("%%DEEP%%", "[" * 200).replace("%%BOMB%%\n", _ALIASES)
    marked = [number for number, row in enumerate(text.split("\n"), 1) if row.endswith("# here")]
    return Case(name, code, int(line) if line else marked[0], message, text)
