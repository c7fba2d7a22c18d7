"""Tells watchers which runs moved, at most ten times a second per run however fast they move."""

from __future__ import annotations

from workflows.engine.messages import Millis
from workflows.store.bus import Bus, Change

INTERVAL_MS = 100


class Announcer:
    """Collects the newest seq of each run and sends all together, no sooner than INTERVAL_MS again."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._pending: dict[str, Change] = {}
        self._sent_at: Millis = 0

    def moved(self, namespace: str, uid: str, seq: int) -> None:
        self._pending[uid] = Change(namespace, uid, seq)

    def flush(self, now: Millis) -> None:
        if self._pending and now >= self._sent_at + INTERVAL_MS:
            changes = list(self._pending.values())
            self._pending.clear()
            self._sent_at = now
            self._bus.announce(changes)

    def next(self) -> Millis | None:
        return self._sent_at + INTERVAL_MS if self._pending else None
