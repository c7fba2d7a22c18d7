"""Templates of a manifest, compiled when first used: texts that may hold tags are parsed once.

Not for finding a template by its name: see `program`.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from workflows.engine import phases
from workflows.engine.compiled_artifacts import CompiledArtifact, compile_artifacts
from workflows.engine.compiled_calls import CompiledCall, CompiledDag, CompiledRetry
from workflows.engine.compiled_metrics import compile_metrics
from workflows.engine.messages import JsonObject
from workflows.engine.parameters import CompiledParameter
from workflows.engine.resources import Asked, asked_by
from workflows.expr import Tree, compile_tree, parse_text
from workflows.spec import Template

if TYPE_CHECKING:
    from workflows.engine.program import TemplateBase

_NODE_TYPES = {
    "steps": phases.STEPS,
    "dag": phases.DAG,
    "suspend": phases.SUSPEND,
    "http": phases.HTTP,
    "plugin": phases.PLUGIN,
}
#: templates that make a pod of their own
_POD_KINDS = frozenset({"container", "container_set", "script", "resource", "data"})
_PATHS = re.compile(r"outputs\.(?:parameters|artifacts)\.[\w-]+\.path")
_ALL_INPUTS = re.compile(r"inputs\.parameters(?![.\w\[?])")


class CompiledTemplate:
    """One template. Texts that may hold tags are parsed; `body` is everything that becomes a launch order."""

    def __init__(self, raw: JsonObject, base: TemplateBase) -> None:
        self.raw = raw
        self.base = base
        self.spec: Template = msgspec.convert(raw, Template)
        self.name = self.spec.name
        self.kind = self.spec.kind
        self.is_pod = self.kind in _POD_KINDS
        self.inputs = [CompiledParameter(parameter) for parameter in self.spec.inputs.parameters]
        self.input_artifacts = compile_artifacts(self.spec.inputs.artifacts)
        self.raw_inputs: list[JsonObject] = (raw.get("inputs") or {}).get("parameters") or []
        own_retry = raw.get("retryStrategy")
        self.retry = CompiledRetry(own_retry) if own_retry is not None else base.program.retry
        self.locks = compile_tree(raw["synchronization"]) if raw.get("synchronization") else None
        self.timeout = parse_text(self.spec.timeout) if self.spec.timeout else None
        self.pending_timeout = parse_text(self.spec.pending_timeout) if self.spec.pending_timeout else None
        self.memoize = _memoize(raw["memoize"]) if raw.get("memoize") is not None else None
        self.metrics = compile_metrics(self.spec.metrics)
        display = self.spec.annotations.get("workflows.argoproj.io/display-name")
        self.display_name = parse_text(display) if display else None

    @property
    def node_type(self) -> str:
        """The type of a node of this template: Retry where it is retried. Argo's `GetNodeType`."""
        return phases.RETRY if self.retry is not None else _NODE_TYPES.get(self.kind, phases.POD)

    @cached_property
    def mentions_all_inputs(self) -> bool:
        """Whether the variable ``inputs.parameters``, the list of all inputs as JSON, is worth computing."""
        return _ALL_INPUTS.search(self._text) is not None

    @cached_property
    def body(self) -> Tree:
        """The template without its inputs, whose values are known when it is rendered."""
        return compile_tree(
            {key: value for key, value in self.raw.items() if key not in ("inputs", "retryStrategy")}
        )

    @cached_property
    def paths(self) -> Tree | None:
        """The variables ``outputs.parameters.NAME.path`` and ``outputs.artifacts.NAME.path``, None when no
        text of the template mentions one.
        """
        if _PATHS.search(self._text) is None:
            return None
        outputs = self.spec.outputs
        parameters = {
            f"outputs.parameters.{parameter.name}.path": parameter.value_from.path
            for parameter in outputs.parameters
            if parameter.value_from is not None and parameter.value_from.path
        }
        artifacts = {
            f"outputs.artifacts.{item.name}.path": item.path for item in outputs.artifacts if item.path
        }
        return compile_tree({**parameters, **artifacts})

    @cached_property
    def resources(self) -> list[Asked]:
        return asked_by(self.raw)

    @cached_property
    def output_defaults(self) -> dict[str, str | None]:
        """Declared output parameters of a template that did not run: their default, None when there is
        none.
        """
        return {
            parameter.name: parameter.value_from.default if parameter.value_from is not None else None
            for parameter in self.spec.outputs.parameters
        }

    @cached_property
    def outputs(self) -> list[CompiledParameter]:
        return [CompiledParameter(parameter) for parameter in self.spec.outputs.parameters]

    @cached_property
    def output_artifacts(self) -> list[CompiledArtifact]:
        return compile_artifacts(self.spec.outputs.artifacts)

    @cached_property
    def moves_artifacts(self) -> bool:
        """Whether launch orders of this template have anything to say about artifacts, logs apart."""
        own = self.raw.get("archiveLocation") is not None
        listed = "artifactPaths" in ((self.raw.get("data") or {}).get("source") or {})
        return own or listed or bool(self.input_artifacts or self.spec.outputs.artifacts)

    @cached_property
    def steps(self) -> list[list[CompiledCall]]:
        raw_groups = self.raw.get("steps") or []
        return [
            [
                CompiledCall(step, self.base, raw.get("inline"))
                for step, raw in zip(group, raw_group, strict=True)
            ]
            for group, raw_group in zip(self.spec.steps or [], raw_groups, strict=True)
        ]

    @cached_property
    def dag(self) -> CompiledDag:
        return CompiledDag(self)

    @cached_property
    def _text(self) -> str:
        return json.dumps(self.raw, ensure_ascii=False)

    @cached_property
    def result_references(self) -> frozenset[str]:
        """Names of steps or tasks whose `outputs.result` this steps or dag template mentions."""
        word = "tasks" if self.kind == "dag" else "steps"
        found = re.findall(
            rf"{word}(?:\.([-\w]+)\.outputs\.result|\[\\?['\"]([-\w]+)\\?['\"]\]\.outputs.result)", self._text
        )
        return frozenset(dotted or quoted for dotted, quoted in found)


def _memoize(raw: JsonObject) -> Tree:
    """A template's `memoize`: key, maxAge ("" for none) and the name of the cache."""
    config_map = (raw.get("cache") or {}).get("configMap") or {}
    fields = {"key": raw.get("key") or "", "maxAge": raw.get("maxAge") or ""}
    return compile_tree({**fields, "cache": config_map.get("name") or ""})
