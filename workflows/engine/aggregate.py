"""What a loop leaves behind: the outputs of its iterations as JSON lists.

Source: Argo's `processAggregateNodeOutputs`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from workflows.engine import phases
from workflows.engine.errors import EngineError
from workflows.engine.jsontexts import check, compact, escaped, written
from workflows.engine.node import Node
from workflows.expr.errors import Fault
from workflows.expr.gojson import marshal
from workflows.expr.jsonscan import explain

if TYPE_CHECKING:
    from workflows.engine.compiled_calls import CompiledCall


class Aggregate(Mapping[str, str]):
    """The variables of a loop, without prefix; each is put together when it is first asked for.

    ``outputs.result``, ``outputs.parameters``, and ``outputs.parameters.P`` for each parameter.
    """

    def __init__(self, makers: dict[str, Callable[[], str]]) -> None:
        self._makers = makers
        self._texts: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        text = self._texts.get(name)
        if text is None:
            text = self._texts[name] = self._makers[name]()
        return text

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def aggregate_outputs(iterations: Iterable[Node]) -> Aggregate:
    """The variables of a loop; none when it had no iterations at all.

    `iterations` come in the order of their index; only those that succeeded count. Raises EngineError when a
    result is not JSON.
    """
    seen = False
    results: list[str] = []
    parameters: list[dict[str, str]] = []
    by_name: dict[str, list[str]] = {}
    for node in iterations:
        seen = True
        outputs = node.outputs
        if outputs is None or node.phase != phases.SUCCEEDED:
            continue
        values = {entry["name"]: entry.get("value", "") for entry in outputs.get("parameters", ())}
        if values:
            parameters.append(dict(sorted(values.items())))
            for name, value in values.items():
                by_name.setdefault(name, []).append(value)
        if "result" in outputs:
            results.append(_checked(outputs["result"]))
    if not seen:
        return Aggregate({})
    makers: dict[str, Callable[[], str]] = {
        "outputs.result": lambda: f"[{','.join(escaped(compact(result)) for result in results)}]",
        "outputs.parameters": lambda: written(parameters),
    }
    for name, texts in by_name.items():
        makers[f"outputs.parameters.{name}"] = lambda texts=texts: _joined(texts)  # type: ignore[misc]
    return Aggregate(makers)


def refuse_inline_loop(call: CompiledCall) -> None:
    """Raise EngineError when later steps or tasks look back at a loop over an inline template.

    Argo resolves the template of the iterations once more by its name, and an inline one has none.
    """
    if call.inline is not None:
        raise EngineError("failed to get a template")


def _checked(result: str) -> str:
    try:
        check(result)
    except (ValueError, RecursionError):
        raise EngineError(explain(result)) from None
    return result


def _joined(texts: list[str]) -> str:
    """The values as JSON when every one of them is a JSON list or map, else as texts. Raises EngineError."""
    values: list[Any] = []
    for text in texts:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return written(texts)
        if not isinstance(value, dict | list):
            return written(texts)
        values.append(value)
    try:
        return marshal(values)
    except Fault as fault:
        raise EngineError(fault.message) from None
