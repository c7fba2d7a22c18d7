"""Locks of templates: a call whose template has `synchronization` begins only when it holds all of them.

The locks are kept outside: the engine records `AcquireLocks` and hears `LocksGranted`, `LocksWaiting` or
`LocksRefused`. Meanwhile the call has a node, Pending, that counts for no limit. `Core.leave` gives the locks
back. What was asked before a restart is asked again: the answer is the same.

Source: Argo's `executeTemplate`, `TryAcquire`, `markNodeWaitingForLock`. Not for locks of runs as a whole,
see `run_locks`; nor for who gets which lock, see `store.locks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows.engine import phases
from workflows.engine.errors import EngineError, TimedOut
from workflows.engine.messages import (
    AcquireLocks,
    JsonObject,
    LockFact,
    LockRef,
    LocksGranted,
    LocksRefused,
    LocksWaiting,
)
from workflows.engine.node import AT_LOCK, SYNCHRONIZATION
from workflows.engine.texts import render, render_value
from workflows.expr import ExprError
from workflows.spec import parse_duration

if TYPE_CHECKING:
    from workflows.engine.calls import Call
    from workflows.engine.core import Core

_LONGEST = 512
_INVALID = "requested configuration is invalid: "


def may_pass(call: Call) -> bool:
    """Whether the call holds the locks of its template, or needs none; else it waits, or has failed."""
    gate = call.frame if isinstance(call.frame, LockGate) else None
    if gate is not None and gate.granted:
        return True
    core = call.core
    if core.stops(call) or (core.deadline_passed() and not call.on_exit):
        if call.node is None:
            # it fails by itself, and needs no lock for that
            return True
        LockGate(call).end_with_run()
        return False
    try:
        refs = lock_refs(_rendered(call), core.run.namespace)
        if refs:
            gate = call.frame = LockGate(call)
            gate.ask(refs)
    except (EngineError, ExprError) as error:
        call.fail(EngineError(error.message))
        return False
    return not refs


def _rendered(call: Call) -> JsonObject:
    tree = call.template.locks
    rendered: JsonObject = {} if tree is None else render_value(tree, call.scope, call.core.context)
    return rendered


def wait_again(call: Call) -> None:
    """Take up a call that waited before a restart."""
    gate = call.frame = LockGate(call)
    gate.set_timers()
    call.enter()


def give_back(call: Call) -> None:
    """The call cannot use its locks now: whoever can may have them. It will ask again."""
    if call.id not in call.core.locked or call.node is None or not call.node.at_lock:
        return
    if isinstance(call.frame, LockGate):
        call.frame.granted = False
    call.core.unlock(call.id)


def take(core: Core, fact: LockFact) -> None:
    """An answer for a node; what nobody waits for any more changes nothing."""
    call = core.calls.get(fact.node_id)
    if call is None or not isinstance(call.frame, LockGate) or call.id not in core.locked:
        return
    match fact:
        case LocksGranted():
            call.frame.grant()
        case LocksWaiting():
            call.frame.wait(fact)
        case LocksRefused():
            call.frame.refuse(fact.message)


class LockGate:
    """Stands in for what carries the node on until the locks are there."""

    __slots__ = ("call", "core", "granted")

    def __init__(self, call: Call) -> None:
        self.call = call
        self.core = call.core
        self.granted = False

    def ask(self, refs: list[LockRef]) -> None:
        core, call = self.core, self.call
        if call.node is None:
            call.add(call.template.node_type, phases.PENDING, waiting={"reason": AT_LOCK})
            self.set_timers()
        core.locked.add(call.id)
        core.record(
            AcquireLocks(
                node_id=call.id,
                node_idx=call.made.idx,
                locks=refs,
                priority=core.program.spec.priority or 0,
            )
        )

    def set_timers(self) -> None:
        """Time spent waiting for a lock counts for the timeouts of the template."""
        template, node = self.call.template, self.call.made
        for text in (template.timeout, template.pending_timeout):
            if text is not None and not template.retry:
                duration = parse_duration(render(text, self.call.scope, self.core.context))
                self.core.at((node.started_at or self.core.now) + duration, "pending", node.id)

    def grant(self) -> None:
        self.granted = True
        self.call.enter_late()

    def wait(self, fact: LocksWaiting) -> None:
        node = self.call.made
        waiting = waiting_json(fact)
        status = {"waiting": fact.lock.name}
        message = waiting_message(fact)
        extra = {**(node.extra or {}), SYNCHRONIZATION: status}
        if (node.waiting, node.message, node.extra) == (waiting, message, extra):
            return
        node.waiting, node.message, node.extra = waiting, message, extra
        self.core.touch(node)

    def refuse(self, message: str) -> None:
        node = self.call.made
        node.type, node.inputs = phases.SKIPPED_NODE, None
        self.call.fail(EngineError(message))

    def timer(self, kind: str) -> None:
        if kind == "pending":
            self.call.fail(TimedOut(), phases.FAILED)

    def end_with_run(self) -> None:
        """The run is being stopped, or its time is over."""
        core = self.core
        if core.stops(self.call):
            self.end(f"Stopped with strategy '{core.run.shutdown}'")
        else:
            self.end("Step exceeded its deadline")

    def end(self, message: str) -> None:
        self.core.set_phase(self.call.made, phases.FAILED, message)

    def cut_off(self) -> None:
        """Nothing runs for it, and its locks have been given back."""


def waiting_message(fact: LocksWaiting) -> str:
    """Argo's words for a node or run that waits."""
    name = fact.lock.name
    if fact.limit <= 0:
        return f"Failed to get semaphore limit for {name}"
    namespace, kind, key = name.split("/", 2)
    if kind == "Database":
        table = "mtx" if fact.lock.mutex else "sem"
        return f"Waiting for {name} lock ({table}/{namespace}/{key}). Lock status: {fact.used}/{fact.limit}"
    return f"Waiting for {name} lock. Lock status: {fact.limit - fact.used}/{fact.limit}"


def waiting_json(fact: LocksWaiting) -> JsonObject:
    """`Node.waiting` of a node that waits for a lock; `position` is missing far back in a long queue."""
    waiting: JsonObject = {"reason": AT_LOCK, "lock": fact.lock.name, "holders": fact.holders}
    if fact.position is not None:
        waiting["position"] = fact.position
    return waiting


def lock_refs(synchronization: JsonObject, namespace: str) -> list[LockRef]:
    """The locks of a rendered `synchronization`, semaphores first, each once. Raises EngineError."""
    semaphores = synchronization.get("semaphores") or []
    mutexes = synchronization.get("mutexes") or []
    for items in (semaphores, mutexes):
        if any(item in items[:place] for place, item in enumerate(items)):
            raise EngineError(f"{_INVALID}duplicate synchronization item found")
    refs = [_semaphore(item, namespace) for item in semaphores] + [
        _mutex(item, namespace) for item in mutexes
    ]
    return list(dict.fromkeys(refs))


def _semaphore(item: JsonObject, namespace: str) -> LockRef:
    config_map, database = item.get("configMapKeyRef"), item.get("database")
    if config_map is not None and database is not None:
        raise EngineError(f"{_INVALID}invalid semaphore with both ConfigMapKeyRef and Database")
    home = item.get("namespace") or namespace
    if config_map is not None:
        return _ref(home, "ConfigMap", config_map.get("name"), config_map.get("key"))
    if database is not None:
        return _ref(home, "Database", database.get("key"))
    raise EngineError(f"{_INVALID}cannot get LockName for a Semaphore without a ConfigMapRef or Database")


def _mutex(item: JsonObject, namespace: str) -> LockRef:
    kind = "Database" if item.get("database") else "Mutex"
    return _ref(item.get("namespace") or namespace, kind, item.get("name"), mutex=True)


def _ref(namespace: str, kind: str, *parts: Any, mutex: bool = False) -> LockRef:
    if not all(parts):
        part = "Key" if len(parts) > 1 and parts[0] else "ResourceName"
        raise EngineError(f"Invalid lock key: {part} is missing")
    if "/" in namespace or (kind == "ConfigMap" and any("/" in part for part in parts)):
        raise EngineError(f"Invalid {kind} lock key: unknown format")
    name = "/".join((namespace, kind, *parts))
    if len(name) > _LONGEST:
        raise EngineError(f"Invalid lock key: it is longer than {_LONGEST} characters")
    return LockRef(name=name, mutex=mutex)
