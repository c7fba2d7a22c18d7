"""Asks containers whether they are ready, as their readinessProbe says; one without a probe is once it runs.

A probe is a process of its own, so that the shepherd never waits: the given command in the view of the
attempt, or a small program that connects to the given address.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from . import processes
from .attempts import Attempt, ContainerRun, Probe
from .commands import CannotStartError
from .starting import Starter
from .timers import Timers

_SHORTEST_PERIOD_SECONDS: Final = 0.1


@dataclass
class _Watch:
    """One container being asked. `process` is 0 between probes."""

    attempt: Attempt
    run: ContainerRun
    probe: Probe
    leader: int
    process: int = 0
    successes: int = 0


class Prober:
    """`ready` is called when a container of the attempt became ready."""

    def __init__(self, starter: Starter, timers: Timers, ready: Callable[[Attempt], None]) -> None:
        self._starter = starter
        self._timers = timers
        self._ready = ready
        self._by_process: dict[int, _Watch] = {}

    @property
    def processes(self) -> list[int]:
        return list(self._by_process)

    def watch(self, attempt: Attempt, run: ContainerRun) -> None:
        probe = run.container.probe
        if probe is None:
            self._is_ready(attempt, run)
            return
        watch = _Watch(attempt, run, probe, run.process)
        self._timers.call_later(probe.delay, lambda: self._ask(watch))

    def reaped(self, process: int, code: int) -> None:
        watch = self._by_process.pop(process, None)
        if watch is None:
            return
        watch.process = 0
        watch.successes = watch.successes + 1 if code == 0 else 0
        if watch.successes >= watch.probe.successes and self._is_wanted(watch):
            self._is_ready(watch.attempt, watch.run)
        else:
            self._ask_later(watch)

    def _ask(self, watch: _Watch) -> None:
        if not self._is_wanted(watch):
            return
        try:
            watch.process = self._starter.start_probe(watch.attempt, watch.run, watch.probe)
        except (CannotStartError, OSError):
            self._ask_later(watch)
            return
        self._by_process[watch.process] = watch
        process = watch.process
        self._timers.call_later(watch.probe.timeout, lambda: self._give_up(process))

    def _ask_later(self, watch: _Watch) -> None:
        period = max(watch.probe.period, _SHORTEST_PERIOD_SECONDS)
        self._timers.call_later(period, lambda: self._ask(watch))

    def _give_up(self, process: int) -> None:
        if process in self._by_process:
            processes.signal_group(process, signal.SIGKILL)

    def _is_wanted(self, watch: _Watch) -> bool:
        return watch.run.process == watch.leader and not watch.attempt.is_stopping

    def _is_ready(self, attempt: Attempt, run: ContainerRun) -> None:
        run.is_ready = True
        self._ready(attempt)
