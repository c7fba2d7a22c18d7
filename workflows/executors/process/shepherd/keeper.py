"""Carries out orders: starts attempts, watches them, ends them, puts their ends on record.

Single-threaded; `serve` calls it whenever something happened. A container is over when its first process
ended AND every process it left behind is gone:

    queued ─► container runs ─► leftovers are killed ─► next container … ─► on record
"""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from . import processes
from .attempts import DEFAULT_GRACE_SECONDS, Attempt, Order
from .commands import CannotStartError
from .endings import (
    CANNOT_START,
    ERROR,
    FAILED,
    STOPPED_BEFORE_START,
    Ending,
    ending_of,
    kubernetes_exit_code,
    presentable,
)
from .folders import Layout
from .journal import Journal, Start, milliseconds_since_boot
from .ledger import Ledgers, Record
from .outputs import UnreadableOutputError, read_outputs
from .plan import CannotMountError
from .starting import Starter
from .timers import Timers
from .trash import Trash
from .views import ViewPool

_SWEEP_SECONDS: Final = 0.02
#: Leftovers that survive this many rounds of SIGKILL are left alone, their view is not used again.
_MAX_SWEEPS: Final = 500
_RECORD_AGAIN_SECONDS: Final = 1.0


class Keeper:
    """Call `pump`, `reap` and `run_timers` often; collect what happened with `take_news`."""

    def __init__(
        self,
        layout: Layout,
        pool: ViewPool,
        trash: Trash,
        ledgers: Ledgers,
        *,
        max_processes: int,
        default_path: str,
    ) -> None:
        self._pool = pool
        self._trash = trash
        self._ledgers = ledgers
        self._max_processes = max_processes
        self._starter = Starter(layout, pool, default_path=default_path)
        self._timers = Timers()
        self._queue: dict[str, Order] = {}
        self._attempts: dict[str, Attempt] = {}
        self._by_process: dict[int, Attempt] = {}
        self._deadlines: dict[str, float] = {}
        self._unrecorded: dict[str, Record] = {}
        self._started: dict[str, Attempt] = {}
        self._ended: deque[Record] = deque()
        self.journal = Journal(layout.journal, self._running)

    # --- what Sluice may ask for ---

    def launch(self, order: Order) -> None:
        """Queue an order, unless it was carried out, or is: then report it once more."""
        if order.name in self._attempts:
            self._started[order.name] = self._attempts[order.name]
        elif not (self._is_pending(order.name) or self._repeat_end(order.name)):
            self._queue[order.name] = order

    def refuse(self, name: str, key: list[Any], message: str) -> None:
        """Put an order on record that Sluice found impossible, unless it was carried out, or is."""
        if not (name in self._attempts or self._is_pending(name) or self._repeat_end(name)):
            self._put_on_record(_record(name, key, Ending(ERROR, message)))

    def kill(self, name: str, key: list[Any], grace_seconds: float) -> None:
        """End an attempt. One that was never heard of is put on record as ended: its order may come later."""
        if name in self._attempts:
            self._stop(self._attempts[name], grace_seconds)
        elif self._queue.pop(name, None) is not None or not (
            name in self._unrecorded or self._ledgers.find(name)
        ):
            self._put_on_record(_record(name, key, Ending(FAILED, STOPPED_BEFORE_START)))

    def forget(self, run: str) -> None:
        """End everything of a run without a word; `knows_run` tells when that is done."""
        prefix = f"{run}/"
        for waiting in (self._queue, self._unrecorded):
            for name in [name for name in waiting if name.startswith(prefix)]:
                del waiting[name]
        self._ended = deque(record for record in self._ended if not record["name"].startswith(prefix))
        for name, attempt in self._attempts.items():
            if name.startswith(prefix):
                self._abandon(attempt)

    def knows_run(self, run: str) -> bool:
        """False once nothing of the run goes on; its folder may be removed then."""
        if any(name.startswith(f"{run}/") for name in self._attempts):
            return True
        self._ledgers.close(run)
        return False

    def stop_all(self, grace_seconds: float) -> None:
        """The shepherd was asked to end: so is everything it keeps; what is queued stays unstarted."""
        self._queue.clear()
        for attempt in list(self._attempts.values()):
            self._stop(attempt, grace_seconds)

    def abandon_all(self) -> None:
        """The state folder is gone: end everything at once, nobody will ask."""
        self._queue.clear()
        self._unrecorded.clear()
        for attempt in self._attempts.values():
            self._abandon(attempt)

    def state_of(self, name: str) -> int | Record | None:
        """When it started (0: not yet), or how it ended; None when nothing is known."""
        if name in self._attempts:
            return self._attempts[name].started_at
        return 0 if self._is_pending(name) else self._ledgers.find(name)

    # --- what the loop calls ---

    @property
    def is_idle(self) -> bool:
        return not (self._attempts or self._queue or self._unrecorded)

    @property
    def has_startable(self) -> bool:
        return bool(self._queue) and len(self._attempts) < self._max_processes

    def pump(self, most: int) -> None:
        """Start up to `most` queued attempts."""
        for _ in range(most):
            if not self.has_startable:
                return
            self._begin(self._queue.pop(next(iter(self._queue))))

    def reap(self) -> None:
        """Take notice of every process that ended."""
        ended: list[tuple[Attempt, int]] = []
        for process in _zombies():
            attempt = self._by_process.pop(process, None)
            if attempt is not None:
                # Before the zombie is reaped its number cannot be anybody else's.
                processes.signal_group(process, signal.SIGKILL)
            status = os.waitpid(process, 0)[1]
            self._trash.reaped(process)
            if attempt is not None:
                ended.append((attempt, kubernetes_exit_code(os.waitstatus_to_exitcode(status))))
        for attempt, code in ended:
            self._container_ended(attempt, code)
        self._settle()

    def run_timers(self, now: float) -> None:
        self._timers.run_due(now)
        for name in [name for name, deadline in self._deadlines.items() if deadline <= now]:
            del self._deadlines[name]
            attempt = self._attempts[name]
            attempt.is_past_deadline = not (attempt.is_stopping or attempt.has_ended)
            self._stop(attempt, DEFAULT_GRACE_SECONDS)

    @property
    def next_timer(self) -> float:
        """On the monotonic clock; infinite when nothing is planned."""
        return min((self._timers.next_due, *self._deadlines.values()))

    def take_news(self) -> tuple[list[Any], list[Record]]:
        """Since the last call: ``[name, key, started at]`` of what runs, records of what ended."""
        started = [
            [attempt.name, attempt.order.key, attempt.started_at]
            for attempt in self._started.values()
            if not attempt.has_ended
        ]
        ended = list(self._ended)
        self._started.clear()
        self._ended.clear()
        return started, ended

    # --- steps of an attempt ---

    def _begin(self, order: Order) -> None:
        try:
            self._ledgers.prepare(order.name)
            self.journal.write(Start(order.name, order.key))
            view = self._pool.take(order.mounts, (*order.outputs.values(), *order.files))
        except (OSError, ValueError, CannotMountError) as error:
            fault = Ending(ERROR, f"cannot prepare the private file system: {error}")
            self._put_on_record(_record(order.name, order.key, fault))
            return
        attempt = Attempt(order, view, started_at=_now())
        self._attempts[order.name] = attempt
        self._started[order.name] = attempt
        try:
            self._starter.stage(attempt)
        except (OSError, ValueError) as error:
            self._finish(attempt, Ending(ERROR, f"cannot write the input files: {error}"))
            return
        if order.deadline_seconds is not None:
            self._deadlines[order.name] = time.monotonic() + order.deadline_seconds
        self._start_container(attempt)

    def _start_container(self, attempt: Attempt) -> None:
        try:
            process = self._starter.start(attempt)
        except CannotStartError as error:
            self._container_ended(attempt, CANNOT_START, detail=str(error))
            self._timers.call_later(0, self._settle)
        except OSError as error:
            self._finish(attempt, Ending(ERROR, f"cannot start the process: {error}"), trusted=False)
        else:
            attempt.process = process
            attempt.process_started = milliseconds_since_boot()
            attempt.sessions.add(process)
            self._by_process[process] = attempt
            with suppress(OSError):  # a full disk; the intent is written and the process is marked
                start = Start(attempt.name, attempt.order.key, process, attempt.process_started)
                self.journal.write(start, again=True)

    def _container_ended(self, attempt: Attempt, code: int, *, detail: str = "") -> None:
        attempt.process = 0
        attempt.exit_code = code
        attempt.detail = detail
        attempt.ended_at = _now()

    def _settle(self) -> None:
        """Go on with every attempt whose container ended and left nobody behind."""
        ended = [attempt for attempt in self._attempts.values() if attempt.has_ended]
        if not ended:
            return
        strangers = self._strangers()
        for attempt in ended:
            leftovers = [process for process in strangers if self._belongs(process, attempt)]
            if leftovers and attempt.sweeps < _MAX_SWEEPS:
                attempt.sweeps += 1
                for process in leftovers:
                    processes.kill(process)
                self._timers.call_later(_SWEEP_SECONDS, self._settle)
            else:
                self._container_is_over(attempt, trusted=not leftovers)

    def _container_is_over(self, attempt: Attempt, *, trusted: bool) -> None:
        code = attempt.exit_code or 0
        try:
            self._starter.keep_outputs(attempt)
        except OSError as error:
            self._finish(attempt, Ending(ERROR, f"cannot keep the output: {error}", code), trusted=False)
            return
        stopped = attempt.is_stopping or attempt.is_past_deadline
        if code == 0 and not stopped and attempt.container + 1 < len(attempt.order.containers):
            attempt.container += 1
            attempt.exit_code = None
            self._start_container(attempt)
            return
        ending = ending_of(
            attempt.current.name,
            code,
            detail=attempt.detail,
            stopped=attempt.is_stopping,
            deadline=attempt.is_past_deadline,
        )
        self._finish(attempt, ending, trusted=trusted)

    def _finish(self, attempt: Attempt, ending: Ending, *, trusted: bool = True) -> None:
        parameters: dict[str, str] = {}
        if attempt.order.outputs and ending.exit_code is not None and not attempt.is_forgotten:
            try:
                since = 0 if attempt.view.is_private else attempt.started_at
                with self._pool.inside(attempt.view):
                    parameters = read_outputs(attempt.order.outputs, since=since)
            except UnreadableOutputError as error:
                if not ending.message:
                    ending = Ending(ERROR, str(error), ending.exit_code)
        del self._attempts[attempt.name]
        self._deadlines.pop(attempt.name, None)
        self._started.pop(attempt.name, None)
        self._pool.give_back(attempt.view, trusted=trusted)
        if not attempt.is_forgotten:
            record = _record(attempt.name, attempt.order.key, ending)
            record |= {"started_at": attempt.started_at, "parameters": parameters}
            record["at"] = attempt.ended_at or record["at"]
            self._put_on_record(record)

    def _put_on_record(self, record: Record) -> None:
        """Try until it works, on a full disk for instance; nobody hears of the end before."""
        name = record["name"]
        self._unrecorded[name] = record
        try:
            self._ledgers.append(record)
        except OSError:
            self._timers.call_later(_RECORD_AGAIN_SECONDS, lambda: self._record_again(name))
        else:
            del self._unrecorded[name]
            self._ended.append(record)

    def _record_again(self, name: str) -> None:
        if name in self._unrecorded:
            self._put_on_record(self._unrecorded[name])

    # --- ending ---

    def _stop(self, attempt: Attempt, grace_seconds: float) -> None:
        attempt.is_stopping = True
        if attempt.process:
            processes.signal_group(attempt.process, signal.SIGTERM)
            self._timers.call_later(grace_seconds, lambda: self._kill_hard(attempt))

    def _abandon(self, attempt: Attempt) -> None:
        attempt.is_forgotten = True
        attempt.is_stopping = True
        self._kill_hard(attempt)

    def _kill_hard(self, attempt: Attempt) -> None:
        if attempt.process:
            processes.signal_group(attempt.process, signal.SIGKILL)

    # --- small things ---

    def _is_pending(self, name: str) -> bool:
        return name in self._queue or name in self._unrecorded

    def _repeat_end(self, name: str) -> bool:
        """Report an attempt that ended once more; False when it has not."""
        record = self._ledgers.find(name)
        if record is not None:
            self._ended.append(record)
        return record is not None

    def _strangers(self) -> list[int]:
        """Children of the shepherd that it did not start: descendants of attempts whose parents ended."""
        known = {*self._by_process, self._trash.remover}
        return [process for process in processes.living_children() if process not in known]

    def _belongs(self, process: int, attempt: Attempt) -> bool:
        return (
            attempt.view.contains(process)
            or processes.session_of(process) in attempt.sessions
            or processes.mark_of(process) == self._starter.mark_of(attempt)
        )

    def _running(self) -> list[Start]:
        return [
            Start(each.name, each.order.key, each.process, each.process_started)
            for each in self._attempts.values()
        ]


def _record(name: str, key: list[Any], ending: Ending) -> Record:
    return {
        "name": name,
        "key": key,
        "phase": ending.phase,
        "message": presentable(ending.message),
        "exit_code": ending.exit_code,
        "at": _now(),
        "started_at": None,
        "parameters": {},
    }


def _now() -> int:
    return time.time_ns() // 1_000_000


def _zombies() -> Iterator[int]:
    """Ended children; the caller reaps each before it asks for the next."""
    while True:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if found is None:
            return
        yield found.si_pid
