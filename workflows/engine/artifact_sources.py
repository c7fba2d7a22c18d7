"""Artifacts by the names under which texts and expressions know them.

Not for what such a name is used for: see `artifacts`.
Source: Argo's `createScope` and `addNodeOutputsToLocalScope`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workflows.engine.messages import JsonObject
from workflows.engine.scope import References, Referent, Scope

if TYPE_CHECKING:
    from workflows.engine.core import Core

INPUTS = "inputs.artifacts."
_RUN_OUTPUTS = "workflow.outputs.artifacts."
_NODE_OUTPUTS = "outputs.artifacts."


class ArtifactValue(dict[str, Any]):
    """An artifact as expressions see it; its type tells it from any other object they may give."""


class ArtifactSources:
    """The artifacts that the texts of one template, or of the run, may name."""

    def __init__(
        self, core: Core, inputs: Sequence[JsonObject] = (), references: References | None = None
    ) -> None:
        self.core = core
        self.inputs = inputs
        self.referents: list[tuple[str, Mapping[str, Referent]]] = []
        if references is not None:
            self.referents.append((references.prefix, references.names))

    def with_referent(self, word: str, name: str, referent: Referent) -> ArtifactSources:
        """The same sources and, before them, one more node."""
        more = ArtifactSources(self.core, self.inputs)
        more.referents = [(f"{word}.", {name: referent}), *self.referents]
        return more

    def find(self, key: str) -> ArtifactValue | None:
        """The artifact that goes by the dotted name `key`."""
        if key.startswith(INPUTS):
            return _named(self.inputs, key[len(INPUTS) :])
        if key.startswith(_RUN_OUTPUTS):
            return _named(self._run_outputs, key[len(_RUN_OUTPUTS) :])
        for prefix, referents in self.referents:
            if key.startswith(prefix):
                name, _, field = key[len(prefix) :].partition(".")
                referent = referents.get(name)
                if referent is not None and field.startswith(_NODE_OUTPUTS):
                    found = _named(_outputs_of(referent, prefix), field[len(_NODE_OUTPUTS) :])
                    if found is not None:
                        return found
        return None

    def names(self) -> Iterator[str]:
        for artifact in self.inputs:
            yield INPUTS + artifact["name"]
        for artifact in self._run_outputs:
            yield _RUN_OUTPUTS + artifact["name"]
        for prefix, referents in self.referents:
            for name, referent in referents.items():
                for artifact in _outputs_of(referent, prefix):
                    yield f"{prefix}{name}.{_NODE_OUTPUTS}{artifact['name']}"

    def has_children(self, start: str) -> bool:
        """Whether some artifact's name begins with `start`, found without listing those of a large run."""
        if any((INPUTS + artifact["name"]).startswith(start) for artifact in self.inputs):
            return True
        if any((_RUN_OUTPUTS + artifact["name"]).startswith(start) for artifact in self._run_outputs):
            return True
        return any(_has_children(prefix, referents, start) for prefix, referents in self.referents)

    @property
    def _run_outputs(self) -> Sequence[JsonObject]:
        artifacts: Sequence[JsonObject] = (self.core.run.outputs or {}).get("artifacts", ())
        return artifacts


def _has_children(prefix: str, referents: Mapping[str, Referent], start: str) -> bool:
    if prefix.startswith(start):
        return bool(referents)
    if not start.startswith(prefix):
        return False
    name, _, rest = start[len(prefix) :].partition(".")
    referent = referents.get(name)
    return referent is not None and any(
        (_NODE_OUTPUTS + artifact["name"]).startswith(rest) for artifact in _outputs_of(referent, prefix)
    )


def _outputs_of(referent: Referent, prefix: str) -> Iterable[JsonObject]:
    """The output artifacts of a node. In steps those of a skipped one are there, without a location."""
    outputs = referent.artifacts()
    return outputs if outputs is not None else referent.declared_artifacts() if prefix == "steps." else ()


def _named(artifacts: Iterable[JsonObject], name: str) -> ArtifactValue | None:
    return next((ArtifactValue(artifact) for artifact in artifacts if artifact.get("name") == name), None)


class ArtifactScope(Mapping[str, Any]):
    """A scope in which artifacts are variables too."""

    def __init__(self, scope: Mapping[str, Any], sources: ArtifactSources) -> None:
        self._scope = scope
        self._sources = sources

    def __getitem__(self, key: str) -> Any:
        found = self._sources.find(key)
        return self._scope[key] if found is None else found

    def __contains__(self, key: object) -> bool:
        return (isinstance(key, str) and self._sources.find(key) is not None) or key in self._scope

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys([*self._sources.names(), *self._scope])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def has_children(self, key: str) -> bool:
        start = key + "."
        if self._sources.has_children(start):
            return True
        scope = self._scope
        return (
            scope.has_children(key) if isinstance(scope, Scope) else any(n.startswith(start) for n in scope)
        )
