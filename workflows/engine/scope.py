"""Variables: what a tag or an expression can see at each place, looked up lazily under Argo's dotted names.

Nothing here copies the outputs of a run: a `Scope` is a stack of small dictionaries over live nodes, so
making one costs the same in the first and in the 100,000th node. A key that is present with None is an
absent optional (an output of a skipped node without default).

Source: Argo's variables page; `setGlobalParameters`, `buildLocalScope`, `addSkippedNodeOutputsToScope`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workflows.engine.clock import SECOND, format_seconds, rfc3339, strftime
from workflows.engine.messages import JsonObject, Millis
from workflows.engine.phases import OMITTED, SKIPPED
from workflows.expr.gojson import marshal

if TYPE_CHECKING:
    from workflows.engine.compiled_templates import CompiledTemplate
    from workflows.engine.node import Node, Run
    from workflows.engine.program import Program

#: the letters for which ``workflow.creationTimestamp.X`` exists
_TIMESTAMP_LETTERS = "BbmAadHIMSYypZzL"


class RunVariables(dict[str, Any]):
    """The variables of the run as a whole: ``workflow.*``. Static ones are stored, the rest is kept up to
    date.
    """

    def __init__(self, program: Program, run: Run) -> None:
        super().__init__()
        spec = program.spec
        self["workflow.name"] = run.name
        self["workflow.namespace"] = run.namespace
        self["workflow.uid"] = run.uid
        self["workflow.mainEntrypoint"] = spec.entrypoint
        self["workflow.serviceAccountName"] = spec.service_account_name
        if spec.priority is not None:
            self["workflow.priority"] = str(spec.priority)
        self._set_creation(run.created_at)
        self.set_parameters(program.parameters_json(run))
        self.set_metadata(run)
        for parameter in (run.outputs or {}).get("parameters", []):
            self.set_output(parameter["name"], parameter["value"])

    def _set_creation(self, created_at: Millis) -> None:
        stamp = rfc3339(created_at)
        self["workflow.creationTimestamp"] = stamp
        self["workflow.creationTimestamp.RFC3339"] = stamp
        for letter in _TIMESTAMP_LETTERS:
            self[f"workflow.creationTimestamp.{letter}"] = strftime(letter, created_at)
        self["workflow.creationTimestamp.s"] = str(created_at // SECOND)

    def set_parameters(self, parameters: list[JsonObject]) -> None:
        """`parameters` are the run's arguments as Argo's JSON; those without a value are left to
        `set_parameter`.
        """
        text = marshal(parameters)
        self["workflow.parameters"] = text
        self["workflow.parameters.json"] = text
        for parameter in parameters:
            if parameter.get("value") is not None:
                self.set_parameter(parameter["name"], parameter["value"])

    def set_parameter(self, name: str, value: str) -> None:
        self[f"workflow.parameters.{name}"] = value

    def set_metadata(self, run: Run) -> None:
        for field, values in (("labels", run.labels), ("annotations", run.annotations)):
            text = marshal(values) if values else "null"
            self[f"workflow.{field}"] = text
            self[f"workflow.{field}.json"] = text
            for name, value in values.items():
                self[f"workflow.{field}.{name}"] = value
        scheduled = run.annotations.get("workflows.argoproj.io/scheduled-time")
        if scheduled is not None:
            self["workflow.scheduledTime"] = scheduled

    def set_output(self, name: str, value: Any) -> None:
        self[f"workflow.outputs.parameters.{name}"] = value

    def set_progress(self, status: str, started_at: Millis | None, now: Millis) -> None:
        """Status and elapsed time, which change while the run goes on."""
        self["workflow.status"] = status
        self["workflow.duration"] = format_seconds(now - started_at if started_at is not None else 0)

    def set_failures(self, failures: list[JsonObject]) -> None:
        """``workflow.failures``: a JSON list that is quoted once more, so that consumers decode it twice."""
        self["workflow.failures"] = json.dumps(marshal(failures or None), ensure_ascii=False)


class Scope(Mapping[str, Any]):
    """Local variables over outputs of other nodes over the run's variables."""

    __slots__ = ("local", "outer", "references")

    def __init__(
        self, local: dict[str, Any], outer: Mapping[str, Any], references: References | None = None
    ) -> None:
        self.local = local
        self.outer = outer
        self.references = references

    def with_local(self, variables: dict[str, Any]) -> Scope:
        """The same scope with further local variables in front."""
        return Scope(variables, self, None)

    def __getitem__(self, key: str) -> Any:
        local = self.local
        if key in local:
            return local[key]
        if self.references is not None:
            value = self.references.find(key)
            if value is not _MISSING:
                return value
        return self.outer[key]

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default

    def __contains__(self, key: object) -> bool:
        if key in self.local:
            return True
        if self.references is not None and isinstance(key, str) and self.references.find(key) is not _MISSING:
            return True
        return key in self.outer

    def has_children(self, key: str) -> bool:
        """Whether some variable's name begins with ``key.``, found without listing the outputs of a large
        run.
        """
        start = key + "."
        if any(name.startswith(start) for name in self.local):
            return True
        if self.references is not None and self.references.has_children(start):
            return True
        outer = self.outer
        return (
            outer.has_children(key) if isinstance(outer, Scope) else any(n.startswith(start) for n in outer)
        )

    def __iter__(self) -> Iterator[str]:
        seen: set[str] = set()
        for source in (self.local, self.references or (), self.outer):
            for key in source:
                if key not in seen:
                    seen.add(key)
                    yield key

    def __len__(self) -> int:
        return sum(1 for _ in self)


_MISSING: Any = object()
Finder = Callable[[str], Any]


class References:
    """The ``steps.NAME.…`` or ``tasks.NAME.…`` of one composite: names to the nodes behind them."""

    __slots__ = ("names", "prefix")

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix + "."
        self.names: dict[str, Referent] = {}

    def find(self, key: str) -> Any:
        if not key.startswith(self.prefix):
            return _MISSING
        name, _, field = key[len(self.prefix) :].partition(".")
        referent = self.names.get(name)
        return _MISSING if referent is None else referent.find(field)

    def has_children(self, start: str) -> bool:
        """Whether a variable here begins with `start`, which ends in a dot."""
        if self.prefix.startswith(start):
            return bool(self.names)
        if not start.startswith(self.prefix):
            return False
        name, _, rest = start[len(self.prefix) :].partition(".")
        referent = self.names.get(name)
        return referent is not None and any(field.startswith(rest) for field in referent.fields())

    def __iter__(self) -> Iterator[str]:
        for name, referent in self.names.items():
            for field in referent.fields():
                yield f"{self.prefix}{name}.{field}"


class Referent:
    """One referable node: its live values, the aggregate of a loop, or the declared outputs of a skipped
    node.

    `node` is read through a function because a retried node stands for its last attempt.
    """

    __slots__ = ("_aggregate", "_node", "_template")

    def __init__(
        self,
        node: Callable[[], Node | None],
        *,
        aggregate: Mapping[str, str] | None = None,
        template: Callable[[], CompiledTemplate | None] | None = None,
    ) -> None:
        self._node = node
        self._aggregate = aggregate or {}
        self._template = template

    def find(self, field: str) -> Any:
        if field in self._aggregate:
            return self._aggregate[field]
        node = self._node()
        if node is None:
            return _MISSING
        value = node_field(node, field)
        if value is _MISSING and node.phase in (SKIPPED, OMITTED) and node.outputs is None:
            return self._skipped(field)
        return value

    def artifacts(self) -> Sequence[JsonObject] | None:
        """The output artifacts of the node, None when it was skipped or there is none."""
        node = self._node()
        if node is None or (node.outputs is None and node.phase in (SKIPPED, OMITTED)):
            return None
        artifacts: Sequence[JsonObject] = (node.outputs or {}).get("artifacts", ())
        return artifacts

    def declared_artifacts(self) -> Sequence[JsonObject]:
        """The output artifacts a skipped node would have had: names without locations."""
        if self._node() is None:
            return ()
        template = self._template() if self._template is not None else None
        return [{"name": artifact.name} for artifact in template.output_artifacts] if template else ()

    def _skipped(self, field: str) -> Any:
        template = self._template() if self._template is not None else None
        if template is None or not field.startswith("outputs.parameters."):
            return _MISSING
        return template.output_defaults.get(field[len("outputs.parameters.") :], _MISSING)

    def fields(self) -> list[str]:
        node = self._node()
        fields = list(self._aggregate)
        if node is None:
            return fields
        names = [*_NODE_FIELDS, "outputs.result", "exitCode"]
        names += [f"outputs.parameters.{p['name']}" for p in (node.outputs or {}).get("parameters", [])]
        if node.outputs is None and node.phase in (SKIPPED, OMITTED) and self._template is not None:
            template = self._template()
            names += [f"outputs.parameters.{name}" for name in template.output_defaults] if template else []
        return fields + [
            name for name in names if name not in self._aggregate and self.find(name) is not _MISSING
        ]


_NODE_FIELDS: dict[str, Callable[[Node], Any]] = {
    "id": lambda node: node.id,
    "status": lambda node: node.phase,
    "startedAt": lambda node: rfc3339(node.started_at) if node.started_at is not None else None,
    "finishedAt": lambda node: rfc3339(node.finished_at) if node.finished_at is not None else None,
    "hostNodeName": lambda node: node.host or None,
    "ip": lambda node: (node.extra or {}).get("podIP"),
}


def node_field(node: Node, field: str) -> Any:
    """A field of ``steps.NAME.FIELD`` for one node, or the marker for "no such variable"."""
    getter = _NODE_FIELDS.get(field)
    if getter is not None:
        value = getter(node)
        return _MISSING if value is None else value
    outputs = node.outputs
    if outputs is None:
        return _MISSING
    if field.startswith("outputs.parameters."):
        name = field[len("outputs.parameters.") :]
        for parameter in outputs.get("parameters", ()):
            if parameter["name"] == name and parameter.get("value") is not None:
                return parameter["value"]
        return _MISSING
    if field == "outputs.result":
        return outputs.get("result", _MISSING)
    if field == "exitCode":
        return outputs.get("exitCode", _MISSING)
    return _MISSING
