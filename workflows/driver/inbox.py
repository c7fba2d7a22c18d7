"""Where other threads leave facts and hints for the loop. Writers never wait."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from workflows.engine.messages import Fact


@dataclass(slots=True)
class Taken:
    """Everything that had arrived: facts by run uid in order of arrival, and runs to look at ("" for any)."""

    facts: dict[str, list[Fact]] = field(default_factory=dict)
    wakes: set[str] = field(default_factory=set)


class Inbox:
    """Many writers, one reader."""

    def __init__(self) -> None:
        self._facts: deque[tuple[str, Sequence[Fact]]] = deque()
        self._wakes: deque[str] = deque()
        self._filled = threading.Event()

    def report(self, run_uid: str, facts: Sequence[Fact]) -> None:
        """Facts about nodes of one run; the callback that executors are opened with."""
        self._facts.append((run_uid, facts))
        self._filled.set()

    def wake(self, run_uid: str = "") -> None:
        """A hint that the database holds something for the run, or some run that nobody holds."""
        self._wakes.append(run_uid)
        self._filled.set()

    def __len__(self) -> int:
        """How many reports wait."""
        return len(self._facts)

    @property
    def empty(self) -> bool:
        return not (self._facts or self._wakes)

    def wait(self, seconds: float) -> None:
        """Until something arrives or the time is over."""
        if self.empty and seconds > 0:
            self._filled.wait(seconds)
        self._filled.clear()

    def take(self, most: int) -> Taken:
        """Up to about `most` facts and all hints; what arrives meanwhile stays for the next call."""
        taken = Taken()
        count = 0
        while self._facts and count < most:
            run_uid, facts = self._facts.popleft()
            taken.facts.setdefault(run_uid, []).extend(facts)
            count += len(facts)
        while self._wakes:
            taken.wakes.add(self._wakes.popleft())
        return taken
