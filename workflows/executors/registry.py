"""The one executor of this process, made when first needed, and whom it reports to.

Every role asks here: the engine opens it, workers carry out orders with it, the web reads logs from it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, cast

from workflows.engine.messages import Fact
from workflows.errors import EnvironmentFault
from workflows.executors.agent import AgentExecutor
from workflows.executors.base import ClaimStore, Executor, KeepsClaims, Report
from workflows.executors.routing import RoutingExecutor

_CLASSES = {
    "elsewhere": ("workflows.executors.elsewhere", "ElsewhereExecutor"),
    "process": ("workflows.executors.process", "ProcessExecutor"),
    "simulated": ("workflows.executors.simulated", "SimulatedExecutor"),
}


MakeAgent = Callable[[], AgentExecutor]

#: these leave templates that need no process to the agent
_WITH_AGENT = frozenset({"process"})


@dataclass(slots=True)
class _Slot:
    name: str = "simulated"
    options: Mapping[str, Any] = field(default_factory=dict)
    agent: MakeAgent | None = None
    executor: Executor | None = None
    report: Report | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)


_slot = _Slot()


def configure(name: str, options: Mapping[str, Any], *, agent: MakeAgent | None = None) -> None:
    """Choose the executor that `current` makes; nothing is made or opened yet.

    `agent` makes the one that carries out http, plugin, resource and data templates beside an executor of
    processes.
    """
    if name not in _CLASSES:
        raise EnvironmentFault(f"there is no executor {name!r}, there are {', '.join(_CLASSES)}")
    with _slot.lock:
        close()
        _slot.name, _slot.options, _slot.agent, _slot.executor = name, options, agent, None


def install(executor: Executor) -> None:
    """Use a ready-made executor instead of the configured one."""
    with _slot.lock:
        close()
        _slot.executor = executor


def current() -> Executor:
    with _slot.lock:
        if _slot.executor is None:
            _slot.executor = _make()
        return _slot.executor


def _make() -> Executor:
    module, name = _CLASSES[_slot.name]
    executor = cast(Executor, getattr(import_module(module), name)(**_slot.options))
    if _slot.agent is not None and _slot.name in _WITH_AGENT:
        return RoutingExecutor(executor, _slot.agent())
    return executor


def claims() -> ClaimStore | None:
    """Where volume claims are kept; None when the executor keeps none, as those do that have a cluster."""
    # Without the lock when it can be: threads that `close` waits for ask, too.
    executor = _slot.executor or current()
    if isinstance(executor, RoutingExecutor):
        executor = executor.default
    return executor.claims if isinstance(executor, KeepsClaims) else None


def open_once(report: Report) -> Executor:
    """Open the executor with `report` unless this process has opened it before."""
    with _slot.lock:
        executor = current()
        if _slot.report is None:
            _slot.report = report
            executor.open(report)
        return executor


def report(run_uid: str, facts: Sequence[Fact]) -> None:
    """Report on the executor's behalf, for orders that it could not even be given."""
    if _slot.report is not None:
        _slot.report(run_uid, facts)


def close() -> None:
    """Close the executor if it is open."""
    with _slot.lock:
        if _slot.report is not None and _slot.executor is not None:
            _slot.executor.close()
        _slot.report = None
