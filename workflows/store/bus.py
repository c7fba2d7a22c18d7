"""Hints between processes: "look at this run" to engines, "this run is at seq N" to those who watch.

Hints may be lost or repeated; whoever gets one reads the database. In one process they are plain calls,
between processes PostgreSQL's NOTIFY carries them. Not for payloads.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol, TypeVar

from django.conf import settings
from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """A run reached `seq`."""

    namespace: str
    uid: str
    seq: int


#: Called with a run's uid, or with "" for "look for runs that nobody holds". From any thread; must be quick.
OnWake = Callable[[str], None]
#: Called with changes, from any thread; must be quick.
OnChanges = Callable[[Sequence[Change]], None]


class Bus(Protocol):
    def wake(self, run_uid: str) -> None:
        """Hint to engines. Call it after the transaction that gave the reason."""

    def announce(self, changes: Sequence[Change]) -> None:
        """Hint to watchers; the caller coalesces."""

    def on_wake(self, callback: OnWake) -> Callable[[], None]:
        """Subscribe; the returned function ends the subscription."""

    def on_changes(self, callback: OnChanges) -> Callable[[], None]: ...

    def close(self) -> None:
        """Hear nothing more."""


class LocalBus:
    """Everything is in this process."""

    def __init__(self) -> None:
        self._wakers: list[OnWake] = []
        self._watchers: list[OnChanges] = []

    def wake(self, run_uid: str) -> None:
        for callback in tuple(self._wakers):
            callback(run_uid)

    def announce(self, changes: Sequence[Change]) -> None:
        for callback in tuple(self._watchers):
            callback(changes)

    def on_wake(self, callback: OnWake) -> Callable[[], None]:
        return _added(self._wakers, callback)

    def on_changes(self, callback: OnChanges) -> Callable[[], None]:
        return _added(self._watchers, callback)

    def close(self) -> None:
        self._wakers.clear()
        self._watchers.clear()


def _added(callbacks: list[T], callback: T) -> Callable[[], None]:
    """Add, and return what takes off again; taking off twice is once."""

    def end() -> None:
        with contextlib.suppress(ValueError):
            callbacks.remove(callback)

    callbacks.append(callback)
    return end


_WAKE, _CHANGES = "sluice_wake", "sluice_changes"
_RECONNECT_S = 2.0
#: how long the listener takes to notice that it is closed
_LISTEN_S = 0.5


class PostgresBus:
    """Hints travel by NOTIFY; one thread with a connection of its own listens once somebody subscribed."""

    def __init__(self) -> None:
        self._local = LocalBus()
        self._starting = threading.Lock()
        self._closed = threading.Event()
        self._listener: threading.Thread | None = None

    def wake(self, run_uid: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [_WAKE, run_uid])

    def announce(self, changes: Sequence[Change]) -> None:
        payloads = [f"{change.namespace} {change.uid} {change.seq}" for change in changes]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, p) FROM unnest(%s::text[]) AS p", [_CHANGES, payloads])

    def on_wake(self, callback: OnWake) -> Callable[[], None]:
        self._listen()
        return self._local.on_wake(callback)

    def on_changes(self, callback: OnChanges) -> Callable[[], None]:
        self._listen()
        return self._local.on_changes(callback)

    def _listen(self) -> None:
        with self._starting:
            if self._listener is None:
                self._listener = threading.Thread(target=self._run, name="sluice-listen", daemon=True)
                self._listener.start()

    def close(self) -> None:
        self._closed.set()
        if self._listener is not None:
            self._listener.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                self._receive()
            except DatabaseError:
                logger.warning("lost the connection that hints come by, trying again", exc_info=True)
            finally:
                connection.close()
            self._closed.wait(_RECONNECT_S)

    def _receive(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {_WAKE}")
            cursor.execute(f"LISTEN {_CHANGES}")
        # Whatever was said while nobody listened is made good by one look.
        self._local.wake("")
        with connection.wrap_database_errors:
            while not self._closed.is_set():
                for notice in connection.connection.notifies(timeout=_LISTEN_S):
                    self._deliver(notice.channel, notice.payload)
        with connection.cursor() as cursor:
            cursor.execute("UNLISTEN *")

    def _deliver(self, channel: str, payload: str) -> None:
        if channel == _WAKE:
            self._local.wake(payload)
            return
        namespace, uid, seq = payload.split(" ")
        self._local.announce([Change(namespace, uid, int(seq))])


@cache
def current() -> Bus:
    """The bus of this process, chosen by the setting SLUICE_BUS: "local" or "postgresql"."""
    return PostgresBus() if settings.SLUICE_BUS == "postgresql" else LocalBus()
