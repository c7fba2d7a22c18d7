"""What is new since Sluice was told last. Entries of lists begin with an attempt's name and key.

started   [name, key, at]
changed   [name, key, container, phase, message, exit code, at]    containers of watched attempts
ready     [name, key, at]
progress  [name, key, "N/M", at]
ended     records, see `ledger`
"""

from __future__ import annotations

from typing import Any, Final

from .attempts import Attempt
from .ledger import Record

ENTRIES_PER_MESSAGE: Final = 200

Entry = list[Any]


class News:
    """Collects until it is taken."""

    def __init__(self) -> None:
        self._started: dict[str, Attempt] = {}
        self._changed: list[Entry] = []
        self._ready: list[Entry] = []
        self._progress: list[Entry] = []
        self._ended: list[Record] = []

    def start(self, attempt: Attempt) -> None:
        self._started[attempt.name] = attempt

    def change(
        self, attempt: Attempt, container: str, phase: str, message: str, exit_code: int | None, at: int
    ) -> None:
        self._changed.append([attempt.name, attempt.order.key, container, phase, message, exit_code, at])

    def ready(self, attempt: Attempt) -> None:
        self._ready.append([attempt.name, attempt.order.key, attempt.ready_at])

    def progress(self, attempt: Attempt, at: int) -> None:
        self._progress.append([attempt.name, attempt.order.key, attempt.progress, at])

    def end(self, record: Record) -> None:
        self._started.pop(record["name"], None)
        self._ended.append(record)

    def forget(self, prefix: str) -> None:
        """Nobody wants to hear of attempts whose names begin like this."""
        for name in [name for name in self._started if name.startswith(prefix)]:
            del self._started[name]
        for entries in (self._changed, self._ready, self._progress):
            entries[:] = [entry for entry in entries if not entry[0].startswith(prefix)]
        self._ended[:] = [record for record in self._ended if not record["name"].startswith(prefix)]

    def take(self) -> list[dict[str, Any]]:
        """Messages that together tell everything, in an order that makes sense one after the other."""
        if not (self._started or self._ended or self._changed or self._ready or self._progress):
            return []
        started = [[each.name, each.order.key, each.started_at] for each in self._started.values()]
        kinds: dict[str, list[Any]] = {
            "started": started,
            "changed": self._changed,
            "ready": self._ready,
            "progress": self._progress,
            "ended": self._ended,
        }
        messages = []
        for place in range(0, max(map(len, kinds.values())), ENTRIES_PER_MESSAGE):
            part = slice(place, place + ENTRIES_PER_MESSAGE)
            told = {kind: entries[part] for kind, entries in kinds.items() if entries}
            messages.append({"op": "news", **told})
        self.__init__()  # type: ignore[misc]
        return messages
