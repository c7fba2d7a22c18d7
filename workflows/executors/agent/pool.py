"""Threads that carry out jobs, now or later, and never more than a number of them.

Threads start with the first jobs and end with `close`; they do not keep the program from ending.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable

logger = logging.getLogger(__name__)

Job = Callable[[], None]

#: cancelled alarms that are worth a clearing
_MANY = 1_000


class Pool:
    """Jobs start in the order they were put; a job that raises is logged."""

    def __init__(self, name: str, threads: int) -> None:
        self._name = name
        self._limit = threads
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._idle = 0
        self._threads: list[threading.Thread] = []
        self._closed = False

    def put(self, job: Job) -> None:
        with self._changed:
            if self._closed:
                return
            self._jobs.append(job)
            if self._idle >= len(self._jobs):
                self._changed.notify()
            elif len(self._threads) < self._limit:
                name = f"{self._name}-{len(self._threads)}"
                thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()

    def close(self, seconds: float) -> None:
        """Forget jobs that have not begun and wait for the others at most so long."""
        with self._changed:
            self._closed = True
            self._jobs.clear()
            threads = tuple(self._threads)
            self._changed.notify_all()
        end = time.monotonic() + seconds
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, end - time.monotonic()))

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Exception:
                logger.exception("a job of the agent failed")

    def _next(self) -> Job | None:
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._closed or bool(self._jobs))
            self._idle -= 1
            return self._jobs.popleft() if self._jobs else None


class Alarm:
    """A job planned for later. `cancel` may come too late and is harmless then."""

    __slots__ = ("_owner", "job")

    def __init__(self, job: Job, owner: Alarms) -> None:
        self.job: Job | None = job
        self._owner = owner

    def cancel(self) -> None:
        if self.job is not None:
            self.job = None
            self._owner.note_cancelled()


class Alarms:
    """Calls quick jobs at given times (`time.monotonic`) from one thread of its own."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._planned: list[tuple[float, int, Alarm]] = []
        self._cancelled = 0
        self._ticket = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def after(self, seconds: float, job: Job) -> Alarm:
        alarm = Alarm(job, self)
        with self._changed:
            if self._closed:
                return alarm
            heapq.heappush(self._planned, (time.monotonic() + seconds, next(self._ticket), alarm))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            if self._planned[0][2] is alarm:
                self._changed.notify()
        return alarm

    def note_cancelled(self) -> None:
        """Most alarms are cancelled long before their time: what they hold must not stay so long."""
        with self._changed:
            self._cancelled += 1
            if self._cancelled > _MANY and self._cancelled * 2 > len(self._planned):
                self._planned = [entry for entry in self._planned if entry[2].job is not None]
                heapq.heapify(self._planned)
                self._cancelled = 0

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._planned.clear()
            self._changed.notify()

    def _run(self) -> None:
        while (alarm := self._next()) is not None:
            job, alarm.job = alarm.job, None
            try:
                if job is not None:
                    job()
            except Exception:
                logger.exception("an alarm of the agent failed")

    def _next(self) -> Alarm | None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                if self._planned and self._planned[0][0] <= now:
                    return heapq.heappop(self._planned)[2]
                self._changed.wait(self._planned[0][0] - now if self._planned else None)
        return None
