"""After a shepherd was killed: end the processes it left behind and put their attempts on record.

Nobody could learn their exit codes any more, so they are not adopted. Runs before anything new is started.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Iterable
from typing import Final

from . import processes
from .endings import ERROR, LOST
from .folders import Layout, run_of
from .journal import Start, read_journal
from .ledger import Ledgers, Record, make_record

_PATIENCE_SECONDS: Final = 5.0
#: The journal is written just after the start, and the kernel counts in hundredths of a second.
_CLOCK_TOLERANCE_MS: Final = 1000
_MAX_ROUNDS: Final = 20


def recover(layout: Layout, ledgers: Ledgers) -> list[str]:
    """Names of the attempts that were lost. Raises OSError."""
    starts = read_journal(layout.journal)
    if starts is None:
        return []
    lost = [start for start in starts if ledgers.find(start.name) is None]
    _end_processes(layout, lost)
    lost = [start for start in lost if os.path.isdir(layout.run(run_of(start.name)))]
    for start in lost:
        ledgers.append(_loss(start))
    return [start.name for start in lost]


def _end_processes(layout: Layout, starts: Iterable[Start]) -> None:
    """Until a look at all processes finds none of ours: a dying one may just have made another."""
    sessions = {start.process for start in starts if start.process and _is_same_process(start)}
    prefix = f"{layout.identity()}/"
    for _ in range(_MAX_ROUNDS):
        found = [
            process
            for process in processes.all_processes()
            if processes.session_of(process) in sessions or processes.mark_of(process).startswith(prefix)
        ]
        if not found:
            return
        _kill_and_wait(found)


def _is_same_process(start: Start) -> bool:
    """The leader may be gone while its session lives on; its number is not given anew before that ends."""
    started = processes.started_after_boot(start.process)
    return started is None or abs(started - start.at) <= _CLOCK_TOLERANCE_MS


def _kill_and_wait(found: Iterable[int]) -> None:
    poller = select.poll()
    waiting: set[int] = set()
    for process in found:
        with contextlib.suppress(OSError):
            descriptor = os.pidfd_open(process)
            waiting.add(descriptor)
            poller.register(descriptor, select.POLLIN)
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while waiting and time.monotonic() < deadline:
        for descriptor, _ in poller.poll(100):
            poller.unregister(descriptor)
            waiting.discard(descriptor)
            os.close(descriptor)
    for descriptor in waiting:
        os.close(descriptor)


def _loss(start: Start) -> Record:
    at = time.time_ns() // 1_000_000
    return make_record(start.name, start.key, ERROR, LOST, exit_code=None, at=at)
