"""Starts, watches and ends the processes of attempts. What an attempt does next is said by `course`.

A container is over when its first process ended AND every process it left behind is gone:

    runs ─► leftovers are killed ─► perhaps once more ─► over
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from . import course, processes
from .attempts import DEFAULT_GRACE_SECONDS, SIDECAR, Attempt, ContainerRun
from .commands import CannotStartError
from .endings import CANNOT_START, ERROR, RUNNING, Ending, container_state, kubernetes_exit_code
from .journal import Journal, Start, milliseconds_since_boot
from .news import News
from .probes import Prober
from .starting import Starter
from .timers import Timers
from .trash import Trash

_SWEEP_SECONDS: Final = 0.02
#: Leftovers that survive this many rounds of SIGKILL are left alone, their view is not used again.
_MAX_SWEEPS: Final = 500


class Conductor:
    """`over` is called with each attempt of which nothing goes on any more."""

    def __init__(
        self,
        starter: Starter,
        timers: Timers,
        trash: Trash,
        news: News,
        journal: Journal,
        over: Callable[[Attempt], None],
    ) -> None:
        self._starter = starter
        self._timers = timers
        self._trash = trash
        self._news = news
        self._journal = journal
        self._over = over
        self._prober = Prober(starter, timers, self._is_ready)
        self._by_process: dict[int, tuple[Attempt, ContainerRun]] = {}
        #: attempts with a container that ended and is not over
        self._settling: dict[str, Attempt] = {}

    def begin(self, attempt: Attempt) -> None:
        attempt.runs = [ContainerRun(container) for container in attempt.order.containers]
        self._go_on(attempt)

    def reap(self) -> None:
        """Take notice of every process that ended."""
        for process in _zombies():
            found = self._by_process.pop(process, None)
            if found is not None:
                # Before the zombie is reaped its number cannot be anybody else's.
                processes.signal_group(process, signal.SIGKILL)
            status = os.waitpid(process, 0)[1]
            self._trash.reaped(process)
            code = kubernetes_exit_code(os.waitstatus_to_exitcode(status))
            if found is not None:
                self._ended(*found, code)
            else:
                self._prober.reaped(process, code)
        self._settle()

    def stop(self, attempt: Attempt, grace_seconds: float) -> None:
        """SIGTERM to everything, after the grace period SIGKILL; nothing more is started."""
        attempt.is_stopping = True
        for run in attempt.runs:
            if run.is_pausing:
                self._is_over(attempt, run)
                self._timers.call_later(0, lambda: self._go_on(attempt))
        self._end(attempt, attempt.runs, grace_seconds)

    def kill_hard(self, attempt: Attempt) -> None:
        self._end(attempt, attempt.runs, None)

    # --- steps -------------------------------------------------------------------------------------

    def _go_on(self, attempt: Attempt) -> None:
        if attempt.has_ended:
            return
        while blocked := course.blocked(attempt):
            for run, reason in blocked:
                run.exit_code, run.detail, run.ended_at = CANNOT_START, reason, now()
                self._is_over(attempt, run)
        for run in course.startable(attempt):
            if attempt.fault is None:
                self._start(attempt, run)
        if not attempt.is_closing and course.mains_are_over(attempt):
            attempt.is_closing = True
            sidecars = [run for run in attempt.runs if run.container.role == SIDECAR]
            self._end(attempt, sidecars, DEFAULT_GRACE_SECONDS)
        if course.is_over(attempt):
            attempt.has_ended = True
            self._over(attempt)

    def _start(self, attempt: Attempt, run: ContainerRun) -> None:
        run.tries += 1
        run.is_pausing = False
        try:
            process = self._starter.start(attempt, run)
        except CannotStartError as error:
            self._ended(attempt, run, CANNOT_START, detail=str(error))
            self._timers.call_later(0, self._settle)
        except OSError as error:
            self._break_off(attempt, run, f"cannot start the process: {error}")
        else:
            self._has_started(attempt, run, process)

    def _has_started(self, attempt: Attempt, run: ContainerRun, process: int) -> None:
        run.process = process
        run.process_started = milliseconds_since_boot()
        run.sessions.add(process)
        self._by_process[process] = (attempt, run)
        with suppress(OSError):  # a full disk; the intent is written and the process is marked
            start = Start(attempt.name, attempt.order.key, process, run.process_started)
            self._journal.write(start, again=True)
        if attempt.order.is_watched:
            self._news.change(attempt, run.name, RUNNING, "", None, now())
            self._prober.watch(attempt, run)

    def _break_off(self, attempt: Attempt, run: ContainerRun, reason: str) -> None:
        """Something is wrong with the host: end the attempt as an Error."""
        attempt.fault = attempt.fault or Ending(ERROR, reason, course.exit_code_of(attempt))
        attempt.is_tainted = True
        run.process = 0
        run.exit_code = run.exit_code if run.exit_code is not None else CANNOT_START
        run.is_over = True
        self.kill_hard(attempt)
        self._settling[attempt.name] = attempt
        self._timers.call_later(0, self._settle)

    def _ended(self, attempt: Attempt, run: ContainerRun, code: int, *, detail: str = "") -> None:
        run.process = 0
        run.exit_code = code
        run.detail = detail
        run.ended_at = now()
        self._settling[attempt.name] = attempt

    def _settle(self) -> None:
        """Go on with every attempt one of whose containers ended and left nobody behind."""
        if not self._settling:
            return
        strangers = self._strangers()
        for attempt in list(self._settling.values()):
            ended = [run for run in attempt.runs if run.has_just_ended]
            clean = [run for run in ended if self._is_clean(attempt, run, strangers)]
            if len(clean) == len(ended):
                del self._settling[attempt.name]
            for run in clean:
                self._container_is_over(attempt, run)
            if clean or not ended:
                self._go_on(attempt)

    def _is_clean(self, attempt: Attempt, run: ContainerRun, strangers: list[int]) -> bool:
        leftovers = [process for process in strangers if self._left_by(process, attempt, run)]
        if leftovers and run.sweeps < _MAX_SWEEPS:
            run.sweeps += 1
            for process in leftovers:
                processes.kill(process)
            self._timers.call_later(_SWEEP_SECONDS, self._settle)
            return False
        attempt.is_tainted = attempt.is_tainted or bool(leftovers)
        return True

    def _container_is_over(self, attempt: Attempt, run: ContainerRun) -> None:
        is_again = bool(run.exit_code) and run.tries < run.container.tries
        if is_again and not (attempt.is_stopping or attempt.is_closing):
            run.is_pausing = True
            self._timers.call_later(run.container.pause_seconds, lambda: self._start_again(attempt, run))
            return
        try:
            self._starter.keep_outputs(attempt, run)
        except OSError as error:
            self._break_off(attempt, run, f"cannot keep the output: {error}")
        else:
            self._is_over(attempt, run)

    def _start_again(self, attempt: Attempt, run: ContainerRun) -> None:
        if run.is_pausing and not run.is_over:
            run.exit_code = None
            run.detail = ""
            self._start(attempt, run)

    def _is_over(self, attempt: Attempt, run: ContainerRun) -> None:
        run.is_over = True
        run.is_pausing = False
        if attempt.order.is_watched and run.exit_code is not None:
            phase, message = container_state(run.name, run.exit_code, detail=run.detail)
            self._news.change(attempt, run.name, phase, message, run.exit_code, run.ended_at)

    def _end(self, attempt: Attempt, runs: list[ContainerRun], grace_seconds: float | None) -> None:
        """SIGTERM first, unless there is no grace."""
        for run in course.living(runs):
            processes.signal_group(run.process, signal.SIGKILL if grace_seconds is None else signal.SIGTERM)
        if grace_seconds is not None and any(course.living(runs)):
            self._timers.call_later(grace_seconds, lambda: self._end(attempt, runs, None))

    def _is_ready(self, attempt: Attempt) -> None:
        if not attempt.ready_at and course.is_ready(attempt):
            attempt.ready_at = now()
            self._news.ready(attempt)

    # --- whose is a process ------------------------------------------------------------------------

    def _strangers(self) -> list[int]:
        """Children of the shepherd that it did not start: descendants of attempts whose parents ended."""
        known = {*self._by_process, *self._prober.processes, self._trash.remover}
        return [process for process in processes.living_children() if process not in known]

    def _left_by(self, process: int, attempt: Attempt, run: ContainerRun) -> bool:
        """While others of the attempt run, only what bears the container's own mark is taken for its."""
        return (
            processes.session_of(process) in run.sessions
            or processes.mark_of(process) == self._starter.mark_of(attempt, run)
            or (not any(course.living(attempt.runs)) and attempt.view.contains(process))
        )


def now() -> int:
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
