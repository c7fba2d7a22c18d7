"""A cache of things made from texts, bounded by how much text they came from."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class TextCache(Generic[T]):
    """Keeps what `make` gave for a text; drops the oldest entries beyond `characters` of text in all.

    A text longer than a quarter of that is never kept. Safe for threads; two threads may make the same
    thing once each.
    """

    def __init__(self, make: Callable[[str], T], characters: int) -> None:
        self._make = make
        self._limit = characters
        self._size = 0
        self._entries: dict[str, T] = {}
        self._lock = Lock()

    def get(self, text: str) -> T:
        """The kept thing or a new one; what `make` raises is passed on and not kept."""
        found = self._entries.get(text)
        if found is not None:
            return found
        made = self._make(text)
        if len(text) * 4 <= self._limit:
            self._keep(text, made)
        return made

    def _keep(self, text: str, made: T) -> None:
        with self._lock:
            if text not in self._entries:
                self._entries[text] = made
                self._size += len(text) + 1
            while self._size > self._limit:
                oldest = next(iter(self._entries))
                del self._entries[oldest]
                self._size -= len(oldest) + 1

    def __len__(self) -> int:
        return len(self._entries)
