"""Making calls out of a step or task: its condition, its loop, its arguments.

The plan of a step is computed once its predecessors are done; it is what the composites then start.
Everything is rendered in one pass over parsed texts, with results equal to Argo's several passes over
JSON.

Source: Argo's `resolveReferences`, `expandStep`, `processItem`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflows.engine import names
from workflows.engine.artifact_sources import ArtifactSources
from workflows.engine.artifacts import Artifacts, artifact_arguments
from workflows.engine.conditions import should_execute
from workflows.engine.errors import EngineError
from workflows.engine.inputs import Arguments, render_arguments
from workflows.engine.items import (
    Item,
    item_label,
    item_variables,
    listed_items,
    parse_param_items,
    sequence_items,
)
from workflows.engine.scope import Scope
from workflows.engine.texts import LENIENT, REFERENCES, STRICT, Strictness, render, render_value

if TYPE_CHECKING:
    from workflows.engine.compiled_calls import CompiledCall
    from workflows.engine.core import Core

#: variables that a condition may need before the loop gives them a value
_SKIPPED_FORMAT = "when '{}' evaluated false"


@dataclass(slots=True)
class Planned:
    """One node to come: a call with `arguments`, or a node that is skipped or in error for `message`.

    `variables` are the loop variables with which dynamic names of the call are rendered.
    """

    name: str
    arguments: Arguments
    skipped: str = ""
    error: EngineError | None = None
    variables: Mapping[str, Any] | None = None
    artifacts: Artifacts | None = None


@dataclass(slots=True)
class Plan:
    """`loop` is None for a plain call; otherwise the items, which may be none."""

    nodes: list[Planned]
    loop: list[Item] | None = None


class Expander:
    """Plans the calls of one composite in its scope. All methods raise EngineError or ExprError."""

    def __init__(self, core: Core, scope: Scope, sources: ArtifactSources) -> None:
        self.core = core
        self.scope = scope
        self.sources = sources

    def plan(self, call: CompiledCall) -> Plan:
        """Decide what becomes of a step or task whose predecessors are done."""
        when, proceeds = self._condition(call)
        if not call.expands:
            return Plan([self._single(call, when, proceeds)])
        items = self.items(call, when, proceeds)
        return Plan(self.iterations(call, items, proceeds=proceeds), items)

    def iterations(self, call: CompiledCall, items: list[Item], *, proceeds: bool = True) -> list[Planned]:
        return [self._iteration(call, index, item, proceeds) for index, item in enumerate(items)]

    def restored(self, call: CompiledCall, items: list[Item], prefix: str) -> list[Planned]:
        """The iterations of a loop begun before a restart; those that have a node are not evaluated again."""
        plans = []
        for index, item in enumerate(items):
            name = names.item_name(call.name, index, item_label(item))
            if self.core.node_id(prefix + name) in self.core.nodes:
                plans.append(Planned(name, {}, variables=self.scope.with_local(item_variables(item))))
            else:
                plans.append(self._iteration(call, index, item, True))
        return plans

    def _condition(self, call: CompiledCall) -> tuple[str, bool]:
        """The condition as far as it can be rendered before the loop, and whether it allows going on."""
        if call.when is None:
            return "", True
        when = render(call.when, self.scope, self.core.context, REFERENCES)
        try:
            return when, should_execute(when)
        except EngineError:
            if not call.expands:
                raise
            return when, True

    def _single(self, call: CompiledCall, when: str, proceeds: bool) -> Planned:
        if not proceeds:
            return Planned(call.name, {}, skipped=_SKIPPED_FORMAT.format(when))
        arguments = render_arguments(self.core, call.arguments, self.scope, REFERENCES)
        artifacts = artifact_arguments(call, self.scope, self.sources, REFERENCES) if call.artifacts else None
        return Planned(call.name, arguments, variables=self.scope, artifacts=artifacts)

    def items(self, call: CompiledCall, when: str, proceeds: bool) -> list[Item]:
        """The items of a loop; a list that cannot be made counts as empty when the condition is false
        anyway.
        """
        strictness: Strictness = REFERENCES if proceeds else LENIENT
        try:
            return self._items(call, strictness)
        except EngineError:
            if proceeds:
                raise
            return []

    def _items(self, call: CompiledCall, strictness: Strictness) -> list[Item]:
        context = self.core.context
        if call.with_items is not None:
            return listed_items(render_value(call.with_items, self.scope, context, strictness))
        if call.with_param is not None:
            return parse_param_items(render(call.with_param, self.scope, context, strictness))
        if call.with_sequence is None:
            return []
        if call.with_sequence is None:
            return []
        sequence = render_value(call.with_sequence, self.scope, context, strictness)
        return list(sequence_items(sequence["start"], sequence["end"], sequence["count"], sequence["format"]))

    def _iteration(self, call: CompiledCall, index: int, item: Item, proceeds: bool) -> Planned:
        name = names.item_name(call.name, index, item_label(item))
        scope = self.scope.with_local(item_variables(item))
        when = ""
        if call.when is not None:
            when = render(call.when, scope, self.core.context, STRICT if proceeds else LENIENT)
            try:
                if not should_execute(when):
                    return Planned(name, {}, skipped=_SKIPPED_FORMAT.format(when))
            except EngineError as error:
                return Planned(name, {}, error=error)
        arguments = render_arguments(self.core, call.arguments, scope, STRICT)
        artifacts = artifact_arguments(call, scope, self.sources, STRICT) if call.artifacts else None
        return Planned(name, arguments, variables=scope, artifacts=artifacts)
