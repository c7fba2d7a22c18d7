"""Artifacts of a manifest, their texts parsed once: declared inputs and outputs, and arguments of calls.

Not for their values: see `artifacts`.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from workflows.engine.messages import JsonObject
from workflows.expr import compile_tree, parse_text
from workflows.spec import Artifact


class CompiledArtifact:
    """One entry of a list of artifacts. `tree` is the whole of it, None of the texts a person left out."""

    __slots__ = ("from_", "from_expression", "name", "optional", "raw", "sub_path", "tree")

    def __init__(self, artifact: Artifact) -> None:
        self.name = artifact.name
        self.optional = artifact.optional
        self.raw: JsonObject = msgspec.to_builtins(artifact)
        self.tree = compile_tree(self.raw)
        self.from_ = parse_text(artifact.from_) if artifact.from_ else None
        self.from_expression = parse_text(artifact.from_expression) if artifact.from_expression else None
        self.sub_path = parse_text(artifact.sub_path) if artifact.sub_path else None

    @property
    def refers(self) -> bool:
        """Whether it stands for an artifact that is known under another name."""
        return self.from_ is not None or self.from_expression is not None


def compile_artifacts(artifacts: Sequence[Artifact]) -> list[CompiledArtifact]:
    return [CompiledArtifact(artifact) for artifact in artifacts] if artifacts else []
