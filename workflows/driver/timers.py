"""When which run must be looked at although nothing happens to it. One pending time per run."""

from __future__ import annotations

import heapq

from workflows.engine.messages import Millis

#: entries that no longer count and may stay in the heap, besides as many as those that do
_SLACK = 1000


class Timers:
    """A heap with lazy removal: an entry counts only while it is the run's current one."""

    def __init__(self) -> None:
        self._heap: list[tuple[Millis, str]] = []
        self._current: dict[str, Millis] = {}

    def set(self, run_uid: str, at: Millis | None) -> None:
        """Replace the run's time; None means never."""
        if at is None:
            self._current.pop(run_uid, None)
        elif self._current.get(run_uid) != at:
            self._current[run_uid] = at
            heapq.heappush(self._heap, (at, run_uid))
            if len(self._heap) > 2 * len(self._current) + _SLACK:
                self._heap = [(due, uid) for uid, due in self._current.items()]
                heapq.heapify(self._heap)

    def pop_due(self, now: Millis) -> list[str]:
        """Runs whose time has come; each is returned once."""
        due: list[str] = []
        while self._heap and self._heap[0][0] <= now:
            at, run_uid = heapq.heappop(self._heap)
            if self._current.get(run_uid) == at:
                del self._current[run_uid]
                due.append(run_uid)
        return due

    def next(self) -> Millis | None:
        while self._heap and self._current.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None
