"""What is to be done later. Monotonic seconds; nothing is called by itself, see `run_due`."""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections.abc import Callable

Action = Callable[[], None]


class Timers:
    """Actions cannot be taken back: an action must find out for itself whether it is still wanted."""

    def __init__(self) -> None:
        self._planned: list[tuple[float, int, Action]] = []
        self._ticket = itertools.count()

    def call_later(self, seconds: float, action: Action) -> None:
        heapq.heappush(self._planned, (time.monotonic() + max(seconds, 0), next(self._ticket), action))

    def run_due(self, now: float) -> None:
        while self._planned and self._planned[0][0] <= now:
            heapq.heappop(self._planned)[2]()

    @property
    def next_due(self) -> float:
        """Infinite when nothing is planned."""
        return self._planned[0][0] if self._planned else math.inf
