"""Sluice's end of the connection to the shepherd: orders go out, news come in, and neither is lost.

Whatever was ordered and not yet heard of is ordered again when the shepherd had to be started anew.
Not for building orders or understanding news: see `executor`.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

from workflows.engine.messages import JsonObject
from workflows.errors import EnvironmentFault, InternalError
from workflows.executors.process.launcher import connect
from workflows.executors.process.settings import ProcessSettings
from workflows.executors.process.shepherd.folders import Layout
from workflows.executors.process.shepherd.frames import Decoder, encode

#: called with the client and its ``news`` and ``unsaved`` messages, see the shepherd's `serve`
News = Callable[["Client", JsonObject], None]

_REPLY_SECONDS: Final = 30.0
_RECEIVE_BYTES: Final = 1 << 18
_SHORTEST_PAUSE_SECONDS: Final = 0.02
_LONGEST_PAUSE_SECONDS: Final = 5.0

log = logging.getLogger(__name__)


class Client:
    """Thread-safe, except that `query` and `forget` must not be called from within `news`."""

    def __init__(self, layout: Layout, settings: ProcessSettings, news: News) -> None:
        self._layout = layout
        self._settings = settings
        self._news = news
        self._lock = threading.Lock()
        self._orders: dict[str, JsonObject] = {}
        self._refusals: dict[str, list[Any]] = {}
        self._kills: dict[str, list[Any]] = {}
        self._requests: dict[int, _Request] = {}
        self._ids = itertools.count(1)
        self._closing = threading.Event()
        self._peer = connect(layout, settings)
        self._send({"op": "listen"})
        self._reader = threading.Thread(target=self._read, name="process-executor", daemon=True)
        self._reader.start()

    def close(self) -> None:
        """What was not heard of yet is forgotten here, not by the shepherd."""
        self._closing.set()
        with self._lock:
            _hang_up(self._peer)
        if threading.current_thread() is not self._reader:
            self._reader.join()

    def launch(self, orders: Sequence[JsonObject]) -> None:
        with self._lock:
            self._orders.update((order["name"], order) for order in orders)
            self._send({"op": "launch", "orders": orders})

    def refuse(self, refusals: Sequence[list[Any]]) -> None:
        """``[name, key, message]`` of orders that cannot be carried out: they end as Error."""
        with self._lock:
            self._refusals.update((refusal[0], refusal) for refusal in refusals)
            self._send({"op": "refuse", "refusals": refusals})

    def kill(self, kills: Sequence[list[Any]]) -> None:
        """``[name, key, grace seconds]`` each."""
        with self._lock:
            self._kills.update((kill[0], kill) for kill in kills)
            self._send({"op": "kill", "kills": kills})

    def acknowledge(self, names: Sequence[str]) -> None:
        with self._lock:
            self._send({"op": "ack", "names": names})

    def saved(self, name: str, artifacts: Sequence[JsonObject], fault: str) -> None:
        """The outputs of an unsaved attempt are where `artifacts` say; `fault` tells what is missing."""
        with self._lock:
            self._send({"op": "saved", "name": name, "artifacts": artifacts, "fault": fault})

    def query(self, names: Sequence[str]) -> list[int | JsonObject | None]:
        """For each name 0 (not started), what is known while it runs, its record, None when it is unknown.

        Raises EnvironmentFault.
        """
        states: list[int | JsonObject | None] = self._ask({"op": "query", "names": names})
        return states

    def forget(self, run: str) -> None:
        """Returns when nothing of the run goes on any more. Raises EnvironmentFault."""
        with self._lock:
            for waiting in (self._orders, self._refusals, self._kills):
                for name in [name for name in waiting if name.startswith(f"{run}/")]:
                    del waiting[name]
        self._ask({"op": "forget", "run": run})

    def _ask(self, question: JsonObject) -> Any:
        if threading.current_thread() is self._reader:
            raise InternalError("a question from within the callback could never be answered")
        while not self._closing.is_set():
            request = _Request()
            number = next(self._ids)
            with self._lock:
                self._requests[number] = request
                self._send({**question, "id": number})
            answered = request.done.wait(_REPLY_SECONDS)
            with self._lock:
                self._requests.pop(number, None)
            if request.has_answer:
                return request.answer
            if not answered:
                break
        raise EnvironmentFault(f"the shepherd of {self._layout.root} does not answer")

    def _send(self, message: JsonObject) -> None:
        """With the lock held. A failure is noticed by the reader, which connects and orders again."""
        with contextlib.suppress(OSError):
            self._peer.sendall(encode(message))

    # --- the reader's thread ---

    def _read(self) -> None:
        while not self._closing.is_set():
            self._read_until_lost()
            if not self._closing.is_set():
                log.warning("lost the shepherd of %s, connecting again", self._layout.root)
                self._connect_again()

    def _read_until_lost(self) -> None:
        decoder = Decoder()
        with contextlib.suppress(OSError):
            while data := self._peer.recv(_RECEIVE_BYTES):
                for message in decoder.feed(data):
                    self._take(message)

    def _take(self, message: JsonObject) -> None:
        if message["op"] == "reply":
            with self._lock:
                request = self._requests.get(message["id"])
            if request is not None:
                request.answer, request.has_answer = message["states"], True
                request.done.set()
            return
        with self._lock:
            for name, *_ in message.get("started", ()):
                self._orders.pop(name, None)
            for record in message.get("ended", ()):
                for waiting in (self._orders, self._refusals, self._kills):
                    waiting.pop(record["name"], None)
        try:
            self._news(self, message)
        except Exception:
            # Not acknowledged, so told again to the next connection; observed again by whoever asks.
            log.exception("news could not be passed on")

    def _connect_again(self) -> None:
        pause = _SHORTEST_PAUSE_SECONDS
        while not self._closing.wait(pause):
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            try:
                peer = connect(self._layout, self._settings)
            except (EnvironmentFault, OSError) as error:
                log.error("no shepherd: %s", error)
                continue
            self._resume(peer)
            return

    def _resume(self, peer: socket.socket) -> None:
        with self._lock:
            self._peer.close()
            self._peer = peer
            self._send({"op": "listen"})
            self._send({"op": "launch", "orders": list(self._orders.values())})
            self._send({"op": "refuse", "refusals": list(self._refusals.values())})
            self._send({"op": "kill", "kills": list(self._kills.values())})
            for request in self._requests.values():
                request.done.set()
            if self._closing.is_set():
                _hang_up(peer)


class _Request:
    """A question under way; done without an answer when the connection was lost."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.has_answer = False
        self.answer: Any = None


def _hang_up(peer: socket.socket) -> None:
    with contextlib.suppress(OSError):
        peer.shutdown(socket.SHUT_RDWR)
    peer.close()
