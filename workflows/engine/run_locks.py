"""Locks of a run as a whole: it is Pending until it holds those of its `synchronization`, and holds them to
its end, exit handler included.

Source: Argo's `operate`. Beyond Argo, a run that is stopped while it waits ends at once, not only one that is
terminated. Not for locks of templates, see `locks`.
"""

from __future__ import annotations

from collections.abc import Callable

from workflows.engine import phases
from workflows.engine.core import Core
from workflows.engine.errors import EngineError
from workflows.engine.locks import lock_refs, waiting_message
from workflows.engine.messages import AcquireLocks, LockFact, LocksGranted, LocksRefused, LocksWaiting
from workflows.engine.node import Run
from workflows.engine.scope import Scope
from workflows.engine.texts import render_value
from workflows.expr import ExprError

#: in `Run.memo`: the run waits for its locks, or holds them
_MEMO = "locks"
_WAITING, _HELD = "waiting", "held"

#: ends the run: phase and message
Finish = Callable[[str, str], None]


def waits_for_locks(run: Run) -> bool:
    """Whether the run had begun as far as asking for its locks."""
    return run.memo.get(_MEMO) == _WAITING


class RunGate:
    """What stands between a run and its entry template. `finish` ends the run."""

    def __init__(self, core: Core, finish: Finish) -> None:
        self._core = core
        self._finish = finish
        self._asked = False

    @property
    def _state(self) -> str:
        return str(self._core.run.memo.get(_MEMO, ""))

    def is_open(self) -> bool:
        """Whether the run may begin or go on; else its locks have been asked for, or it has ended."""
        core = self._core
        if core.program.locks is None or self._state == _HELD:
            return True
        if self.ends_stopped():
            return False
        try:
            rendered = render_value(core.program.locks, Scope({}, core.variables), core.context)
            refs = lock_refs(rendered, core.run.namespace)
        except (EngineError, ExprError) as error:
            self._refuse(error.message)
            return False
        if not refs:
            return True
        self._asked = True
        core.record(AcquireLocks(node_id="", locks=refs, priority=core.program.spec.priority or 0))
        return False

    def ends_stopped(self) -> bool:
        """End a run that was stopped before it could begin; True when that was so."""
        run = self._core.run
        if not run.shutdown or self._state == _HELD or self._core.program.locks is None:
            return False
        self._finish(phases.FAILED, f"Stopped with strategy '{run.shutdown}'")
        return True

    def take(self, fact: LockFact) -> bool:
        """Take in an answer; True when the run may begin now."""
        if not self._asked or self._state == _HELD:
            return False
        match fact:
            case LocksGranted():
                self._core.run.memo[_MEMO] = _HELD
                return True
            case LocksWaiting():
                self._wait(waiting_message(fact))
            case LocksRefused():
                self._refuse(fact.message)
        return False

    def forget(self) -> None:
        """The run has ended: its locks are given back by whoever writes its end."""
        self._core.run.memo.pop(_MEMO, None)

    def _wait(self, message: str) -> None:
        run = self._core.run
        if (run.phase, run.message, self._state) == (phases.PENDING, message, _WAITING):
            return
        run.phase, run.message = phases.PENDING, message
        run.labels["workflows.argoproj.io/phase"] = phases.PENDING
        run.memo[_MEMO] = _WAITING
        self._core.touch_run()

    def _refuse(self, message: str) -> None:
        self._finish(phases.FAILED, f"Failed to acquire the synchronization lock. {message}")
