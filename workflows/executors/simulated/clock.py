"""When simulated attempts end: on the wall clock, or when a test says so."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from typing import Protocol

from workflows.engine.messages import Millis

Action = Callable[[], None]


class Clock(Protocol):
    """Tells the time and calls back later."""

    def now(self) -> Millis: ...

    def call_later(self, delay_ms: int, action: Action) -> None: ...

    def close(self) -> None:
        """Forget every action not called yet."""


class ManualClock:
    """Stands still until `advance`; actions are called by whoever advances."""

    def __init__(self, start: Millis = 0) -> None:
        self._now = start
        self._planned: list[tuple[Millis, int, Action]] = []
        self._ticket = itertools.count()

    def now(self) -> Millis:
        return self._now

    def call_later(self, delay_ms: int, action: Action) -> None:
        heapq.heappush(self._planned, (self._now + delay_ms, next(self._ticket), action))

    def advance(self, milliseconds: int) -> None:
        """Go on, calling in order what falls due on the way."""
        end = self._now + milliseconds
        while self._planned and self._planned[0][0] <= end:
            self._now, _, action = heapq.heappop(self._planned)
            action()
        self._now = end

    def close(self) -> None:
        self._planned.clear()


class WallClock:
    """Calls back from a thread of its own, which starts with the first delayed action."""

    def __init__(self) -> None:
        self._planned: list[tuple[Millis, int, Action]] = []
        self._ticket = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def now(self) -> Millis:
        return time.time_ns() // 1_000_000

    def call_later(self, delay_ms: int, action: Action) -> None:
        with self._changed:
            self._is_closed = False
            heapq.heappush(self._planned, (self.now() + delay_ms, next(self._ticket), action))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="simulated-executor", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._planned.clear()
            self._is_closed = True
            thread, self._thread = self._thread, None
            self._changed.notify()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        while (action := self._wait_for_next()) is not None:
            action()

    def _wait_for_next(self) -> Action | None:
        with self._changed:
            while not self._is_closed:
                wait_ms = self._planned[0][0] - self.now() if self._planned else None
                if wait_ms is not None and wait_ms <= 0:
                    return heapq.heappop(self._planned)[2]
                self._changed.wait(None if wait_ms is None else wait_ms / 1000)
        return None
