"""From the bus, which any thread may use, to the consumers on the event loop. Hints only, never payloads.

The consumers of this process share one subscription to the bus. Channel layers are not used: theirs drop
what does not fit without a word.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from workflows.store import bus
from workflows.store.bus import Change
from workflows.wire.topics import Topic, run_topic, runs_topic

#: Called on the listener's own event loop.
OnChange = Callable[[Change], None]


@dataclass(eq=False, slots=True)
class _Listener:
    loop: asyncio.AbstractEventLoop
    on_change: OnChange

    def tell(self, change: Change) -> None:
        try:
            self.loop.call_soon_threadsafe(self.on_change, change)
        except RuntimeError:
            # The loop was closed between the look-up and this call: nobody is left to tell.
            return


@dataclass(slots=True)
class Hub:
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _listeners: dict[Topic, set[_Listener]] = field(default_factory=dict)

    def listen(self, topic: Topic, on_change: OnChange) -> Callable[[], None]:
        """Call from the event loop that `on_change` belongs to; the returned function ends it."""
        listener = _Listener(asyncio.get_running_loop(), on_change)
        with self._lock:
            self._listeners.setdefault(topic, set()).add(listener)

        def end() -> None:
            with self._lock:
                left = self._listeners.get(topic, set())
                left.discard(listener)
                if not left:
                    self._listeners.pop(topic, None)

        return end

    def take(self, changes: Sequence[Change]) -> None:
        """The bus's callback."""
        for change in changes:
            for topic in (run_topic(change.uid), runs_topic(change.namespace)):
                with self._lock:
                    listeners = tuple(self._listeners.get(topic, ()))
                for listener in listeners:
                    listener.tell(change)


@cache
def current() -> Hub:
    """The hub of this process, subscribed to the bus on first use and never taken off again."""
    hub = Hub()
    bus.current().on_changes(hub.take)
    return hub
