"""What a loop leaves behind: the outputs of its iterations as JSON lists.

Source: Argo's `processAggregateNodeOutputs`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from workflows.engine import phases
from workflows.engine.errors import EngineError
from workflows.engine.node import Node
from workflows.expr.gojson import marshal
from workflows.expr.jsonscan import explain

if TYPE_CHECKING:
    from workflows.engine.program import CompiledCall


def aggregate_outputs(iterations: Iterable[Node]) -> dict[str, str]:
    """The variables of a loop, without prefix: ``outputs.result``, ``outputs.parameters``,
    ``outputs.parameters.P``.

    `iterations` come in the order of their index; only those that succeeded count. Empty when there are
    none at all. Raises EngineError when a result is not JSON.
    """
    seen = False
    results: list[Any] = []
    parameters: list[dict[str, str]] = []
    by_name: dict[str, list[str]] = {}
    for node in iterations:
        seen = True
        outputs = node.outputs
        if outputs is None or node.phase != phases.SUCCEEDED:
            continue
        values = {entry["name"]: entry.get("value", "") for entry in outputs.get("parameters", ())}
        if values:
            parameters.append(values)
            for name, value in values.items():
                by_name.setdefault(name, []).append(value)
        if "result" in outputs:
            results.append(_parse_result(outputs["result"]))
    if not seen:
        return {}
    variables = {"outputs.result": marshal(results), "outputs.parameters": marshal(parameters)}
    for name, texts in by_name.items():
        variables[f"outputs.parameters.{name}"] = marshal(_embedded(texts))
    return variables


def refuse_inline_loop(call: CompiledCall) -> None:
    """Raise EngineError when later steps or tasks look back at a loop over an inline template.

    Argo resolves the template of the iterations once more by its name, and an inline one has none.
    """
    if call.inline is not None:
        raise EngineError("failed to get a template")


def _parse_result(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise EngineError(explain(text)) from None


def _embedded(texts: list[str]) -> list[Any]:
    """The values as JSON when every one of them is a JSON list or map, else as texts."""
    values = []
    for text in texts:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return list(texts)
        if not isinstance(value, dict | list):
            return list(texts)
        values.append(value)
    return values
