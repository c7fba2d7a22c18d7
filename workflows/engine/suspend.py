"""Suspend nodes: they wait for a person, for time to pass, or for both.

Source: Argo's `executeSuspend`, `addRawOutputFields`, `resolveInputFieldsForSuspendNode`.
"""

from __future__ import annotations

import json
from typing import Any

from workflows.engine import phases
from workflows.engine.calls import Call, starts
from workflows.engine.errors import EngineError
from workflows.engine.messages import JsonObject
from workflows.engine.node import Node
from workflows.engine.texts import render_value
from workflows.spec import parse_duration


class Suspension:
    """The life of one suspend node."""

    __slots__ = ("call", "core")

    def __init__(self, call: Call) -> None:
        self.call = call
        self.core = call.core

    def begin(self) -> None:
        call, core = self.call, self.core
        rendered: JsonObject = render_value(call.template.body, call.scope, core.context)
        node = call.add(phases.SUSPEND, phases.PENDING)
        if node.inputs and "parameters" in node.inputs:
            choices = [_with_choices(entry) for entry in node.inputs["parameters"]]
            node.inputs = {**node.inputs, "parameters": choices}
        node.outputs = _supplied_outputs(rendered, call.template.raw_inputs)
        duration = rendered["suspend"].get("duration")
        if duration not in (None, ""):
            until = core.now + parse_duration(str(duration))
            node.memo = {"until": until}
            if until <= core.now:
                self._expire(node)
                return
        core.set_phase(node, phases.RUNNING)
        if core.stops(call):
            self.end(f"Stopped with strategy '{core.run.shutdown}'")
        elif core.deadline_passed() and not call.on_exit:
            self.end("Step exceeded its deadline")
        else:
            self.restore()

    def restore(self) -> None:
        node = self.call.made
        until = (node.memo or {}).get("until")
        if until is None:
            node.waiting = {"reason": "person"}
        else:
            node.waiting = {"reason": "time", "until": until}
            self.core.at(until, "suspend", node.id)

    def timer(self, kind: str) -> None:
        node = self.call.made
        if kind == "suspend" and node.phase == phases.RUNNING:
            try:
                self._expire(node)
            except EngineError as error:
                self.call.fail(error)

    def _expire(self, node: Node) -> None:
        """Go on because the time is over: outputs nobody supplied take their defaults. Raises EngineError."""
        apply_defaults(node)
        self.core.export(node.outputs)
        self.core.set_phase(node, phases.SUCCEEDED)

    def cut_off(self) -> None:
        """Nothing runs for a suspension."""

    def end(self, message: str) -> None:
        """Fail the node for `message`."""
        node = self.call.made
        self.core.set_phase(node, phases.FAILED, message)


def apply_defaults(node: Node) -> None:
    """Give outputs that wait for a person their default. Raises EngineError when one has none."""
    if node.outputs is None:
        return
    filled = []
    for entry in node.outputs["parameters"]:
        source = entry.get("valueFrom") or {}
        if "supplied" not in source:
            filled.append(entry)
            continue
        if source.get("default") is None:
            raise EngineError(
                f"raw output parameter '{entry['name']}' has not been set and does not have a default value"
            )
        filled.append({**{k: v for k, v in entry.items() if k != "valueFrom"}, "value": source["default"]})
    node.outputs = {**node.outputs, "parameters": filled}


def _supplied_outputs(template: JsonObject, inputs: list[JsonObject]) -> JsonObject | None:
    """The outputs that a person is to supply; the default of an input of the same name serves as theirs."""
    defaults = {entry["name"]: entry["default"] for entry in inputs if entry.get("default") is not None}
    entries = []
    for entry in (template.get("outputs") or {}).get("parameters") or []:
        source = entry.get("valueFrom") or {}
        if "supplied" not in source:
            continue
        if source.get("default") is None and entry["name"] in defaults:
            entry = {**entry, "valueFrom": {**source, "default": defaults[entry["name"]]}}
        entries.append(entry)
    return {"parameters": entries} if entries else None


def _with_choices(entry: JsonObject) -> JsonObject:
    """An input whose value is JSON text with an `enum` offers those choices, the first as default."""
    value: Any = entry.get("value")
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return entry
    try:
        parsed = json.loads(value)
    except ValueError:
        return entry
    choices = parsed.get("enum") if isinstance(parsed, dict) else None
    if not isinstance(choices, list) or not choices:
        return entry
    choices = [str(choice) for choice in choices]
    return {**entry, "enum": choices, "default": entry.get("default", choices[0])}


@starts("suspend")
def start_suspend(call: Call) -> None:
    suspension = Suspension(call)
    call.frame = suspension
    if call.node is None:
        suspension.begin()
    else:
        suspension.restore()
