"""What people ask of a run while it goes on: stop, terminate, suspend, resume, set.

A signal that no longer fits the state (resume of a node that went on meanwhile) changes nothing.
Source: Argo's `ResumeWorkflow`, `StopWorkflow`, `updateSuspendedNode`, `failNodesWithoutCreatedPods…`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from workflows.engine import phases
from workflows.engine.errors import EngineError
from workflows.engine.frame import Frame
from workflows.engine.locks import LockGate
from workflows.engine.messages import ResumeRun, SetNode, Signal, Stop, SuspendRun, Terminate
from workflows.engine.pod import Pod
from workflows.engine.suspend import Suspension, apply_defaults

if TYPE_CHECKING:
    from workflows.engine.core import Core
    from workflows.engine.node import Node

LABEL = "workflows.argoproj.io/"
_TERM = re.compile(r"\s*([^=!\s]+)\s*(!=|==|=)\s*(.*?)\s*")

Matcher = Callable[["Node"], bool]


def apply_signal(core: Core, signal: Signal) -> None:
    """Carry out one signal on a run that is not finished."""
    match signal:
        case Stop(selector=""):
            _shut_down(core, "Stop", signal.actor)
        case Stop():
            message = signal.message or "Stopped"
            _set_nodes(core, signal.selector, phases.FAILED, message, {})
            note_action(core, "Stop", signal.actor)
        case Terminate():
            _shut_down(core, "Terminate", signal.actor)
        case SuspendRun():
            core.run.suspended = True
            note_action(core, "Suspend", signal.actor)
        case ResumeRun():
            _resume(core, signal)
        case SetNode():
            _set_nodes(core, signal.selector, signal.phase, signal.message, signal.values)
            note_action(core, "Set", signal.actor)


def stop_active(core: Core) -> None:
    """End what a shutdown does not let go on."""
    if not core.run.shutdown:
        return
    for call in list(core.calls.values()):
        if not core.stops(call):
            continue
        if isinstance(call.frame, Pod):
            call.frame.end(call.frame.stopped())
        elif isinstance(call.frame, Suspension):
            call.frame.end(f"Stopped with strategy '{core.run.shutdown}'")
        elif isinstance(call.frame, LockGate):
            call.frame.end_with_run()
    _nudge(core)


def end_overdue(core: Core) -> None:
    """The run's deadline has passed: fail what is active, exit handlers apart."""
    for call in list(core.calls.values()):
        if not call.on_exit and isinstance(call.frame, Pod | Suspension | LockGate):
            call.frame.end("Step exceeded its deadline")
    _nudge(core)


def release_held(core: Core) -> None:
    """Let a suspended run go on."""
    core.run.suspended = False
    held, core.held = core.held, []
    for call in held:
        call.enter_late()


def _nudge(core: Core) -> None:
    """Composites and waiting retries must look again, inner ones first: the rules have changed under them."""
    for call in reversed(list(core.calls.values())):
        if isinstance(call.frame, Frame):
            core.enqueue(call.frame)


def _shut_down(core: Core, strategy: str, actor: str) -> None:
    run = core.run
    if run.shutdown == "Terminate":
        return
    run.shutdown = strategy
    # those let in end at once, those that wait for a place follow them, only then composites look at it all
    release_held(core)
    note_action(core, strategy, actor)
    stop_active(core)


def _resume(core: Core, signal: ResumeRun) -> None:
    message = signal.message or (f"Resumed by: map[User:{signal.actor}]" if signal.actor else "")
    if signal.selector:
        _set_nodes(core, signal.selector, phases.SUCCEEDED, message, signal.values)
    else:
        release_held(core)
        _nudge(core)
        for suspension, node in list(_waiting(core, "")):
            _supply(node, signal.values)
            try:
                apply_defaults(node)
            except EngineError as error:
                suspension.call.fail(error)
                continue
            core.export(node.outputs)
            core.set_phase(node, phases.SUCCEEDED, message)
    note_action(core, "Resume", signal.actor)


def _set_nodes(core: Core, selector: str, phase: str, message: str, values: dict[str, str]) -> None:
    for _, node in list(_waiting(core, selector)):
        if values and not _supply(node, values):
            continue
        core.export(node.outputs)
        core.set_phase(node, phase or node.phase, message or None)


def _waiting(core: Core, selector: str) -> Iterable[tuple[Suspension, Node]]:
    """Suspend nodes that wait, as far as they match."""
    matches = parse_selector(selector)
    for call in core.calls.values():
        node = call.node
        if (
            isinstance(call.frame, Suspension)
            and node is not None
            and node.phase == phases.RUNNING
            and matches(node)
        ):
            yield call.frame, node


def _supply(node: Node, values: dict[str, str]) -> bool:
    """Fill in outputs that wait to be supplied; False, nothing changed, when a name is not among them."""
    entries = (node.outputs or {}).get("parameters", [])
    open_names = {entry["name"] for entry in entries if "supplied" in (entry.get("valueFrom") or {})}
    if not set(values) <= open_names:
        return not values
    if values:
        node.outputs = {
            **(node.outputs or {}),
            "parameters": [
                {**{k: v for k, v in entry.items() if k != "valueFrom"}, "value": values[entry["name"]]}
                if entry["name"] in values
                else entry
                for entry in entries
            ],
        }
    return True


def note_action(core: Core, action: str, actor: str) -> None:
    core.run.labels[f"{LABEL}action"] = action
    if actor:
        core.run.labels[f"{LABEL}actor"] = re.sub(r"[^A-Za-z0-9._-]", "-", actor.replace("@", ".at."))[:63]
    core.touch_run()


def parse_selector(selector: str) -> Matcher:
    """A node field selector such as ``displayName=approve,phase!=Failed``. Raises EngineError.

    Fields: displayName, name, id, templateName, phase, templateRef.name, templateRef.template,
    inputs.parameters.NAME.value.
    """
    terms = []
    for part in filter(None, (part.strip() for part in selector.split(","))):
        match = _TERM.fullmatch(part)
        if match is None:
            raise EngineError(f"invalid node field selector {part!r}")
        terms.append((match[1], match[2] != "!=", match[3]))
    return lambda node: all((_field(node, name) == value) is wanted for name, wanted, value in terms)


def _field(node: Node, name: str) -> str | None:
    match name:
        case "displayName":
            return node.display_name
        case "templateName":
            return node.template_name
        case "name" | "id" | "phase" | "type":
            return str(getattr(node, name))
        case "templateRef.name" | "templateRef.template":
            return str((node.template_ref or {}).get(name.partition(".")[2], ""))
    if name.startswith("inputs.parameters.") and name.endswith(".value"):
        wanted = name.removeprefix("inputs.parameters.").removesuffix(".value")
        for entry in (node.inputs or {}).get("parameters", ()):
            if entry["name"] == wanted:
                return str(entry.get("value", ""))
    return None
