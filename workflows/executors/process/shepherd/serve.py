"""The shepherd's loop: sockets, signals, timers. What to do with attempts is the keeper's business.

Messages in:  listen {}, launch {orders}, refuse {refusals}, kill {kills}, ack {names},
              query {id, names}, forget {id, run}, open {name, artifacts}, saved {name, artifacts, fault}
Messages out: news {…, see `news`}, unsaved {records}, reply {id, states},
              opened {faults} with a descriptor for each artifact that has none

It goes on when Sluice dies, and ends by itself when nobody is connected and nothing is left to keep.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import resource
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterable
from typing import Any, Final

from .attempts import Order
from .commands import DEFAULT_PATH
from .connection import Connection
from .daemon import acquire_lock, become_daemon, redirect_output
from .folders import Layout
from .frames import BrokenFrameError, Message
from .keeper import Keeper
from .ledger import Ledgers
from .news import ENTRIES_PER_MESSAGE
from .recovery import recover
from .surroundings import explore
from .syscalls import become_subreaper
from .trash import Trash
from .views import ViewPool

_STARTS_PER_ROUND: Final = 8
_HOUSEKEEPING_SECONDS: Final = 1.0
_OTHER_OPEN_FILES: Final = 200
_GRACE_ON_TERMINATION: Final = 10
_FIRST_LINGER_SECONDS: Final = 10


class Shepherd:
    """Serves one state folder."""

    def __init__(
        self,
        layout: Layout,
        keeper: Keeper,
        pool: ViewPool,
        trash: Trash,
        ledgers: Ledgers,
        *,
        lost: Iterable[str],
        linger_seconds: float,
    ) -> None:
        self._layout = layout
        self._keeper = keeper
        self._pool = pool
        self._trash = trash
        self._ledgers = ledgers
        self._linger_seconds = linger_seconds
        self._folder = os.stat(layout.root).st_ino
        self._connections: dict[int, Connection] = {}
        self._unheard: dict[str, None] = dict.fromkeys(lost)
        self._forgetting: list[tuple[Connection, Message]] = []
        #: attempts whose outputs are being saved, and by whom
        self._savers: dict[str, Connection] = {}
        #: whoever started this shepherd is still to connect
        self._may_end_at = time.monotonic() + max(linger_seconds, _FIRST_LINGER_SECONDS)
        self._next_housekeeping = 0.0
        self._is_asked_to_end = False
        self._epoll = select.epoll()
        self._listener = _listen(layout)
        self._wakeup = _receive_signals()
        self._epoll.register(self._listener, select.EPOLLIN)
        self._epoll.register(self._wakeup, select.EPOLLIN)
        self._handlers = {
            "listen": self._listen,
            "launch": self._launch,
            "refuse": self._refuse,
            "kill": self._kill,
            "ack": self._acknowledge,
            "query": self._query,
            "forget": self._forget,
            "open": self._open,
            "saved": self._saved,
        }

    def run(self) -> None:
        while not self._may_end():
            for descriptor, events in self._epoll.poll(self._timeout()):
                self._handle(descriptor, events)
            self._keeper.reap()
            now = time.monotonic()
            self._keeper.run_timers(now)
            if not self._is_asked_to_end:
                self._keeper.pump(_STARTS_PER_ROUND)
            self._tell_news()
            self._have_saved()
            self._reply_to_forgetters()
            if now >= self._next_housekeeping:
                self._keep_house(now)
        self._pool.close()
        with contextlib.suppress(OSError):
            self._trash.empty()
            self._keeper.journal.remove()
        with contextlib.suppress(OSError):
            os.unlink(self._layout.socket)

    def _may_end(self) -> bool:
        if not self._keeper.is_idle:
            return False
        return self._is_asked_to_end or (not self._connections and time.monotonic() >= self._may_end_at)

    def _timeout(self) -> float:
        if self._keeper.has_startable and not self._is_asked_to_end:
            return 0
        due = min(self._keeper.next_timer, self._next_housekeeping if self._has_housework else math.inf)
        if not self._connections and self._keeper.is_idle:
            due = min(due, self._may_end_at)
        return -1 if due == math.inf else max(0.0, due - time.monotonic())

    @property
    def _has_housework(self) -> bool:
        return self._pool.has_idle or self._trash.is_full or not self._keeper.is_idle

    # --- sockets ---

    def _handle(self, descriptor: int, events: int) -> None:
        if descriptor == self._listener.fileno():
            self._accept()
        elif descriptor == self._wakeup.fileno():
            self._take_signals()
        elif descriptor in self._connections:
            self._serve(self._connections[descriptor], events)

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            peer, _ = self._listener.accept()
            connection = Connection(peer, self._epoll)
            self._connections[connection.descriptor] = connection

    def _serve(self, connection: Connection, events: int) -> None:
        try:
            if events & select.EPOLLOUT:
                connection.flush()
            if events & ~select.EPOLLOUT:
                for message in connection.receive():
                    # Also what came before the peer went: those are orders.
                    self._handlers[message["op"]](connection, message)
        except (BrokenFrameError, KeyError, TypeError, ValueError):
            print("a peer sent nonsense:", traceback.format_exc(), file=sys.stderr)  # noqa: T201
            self._drop(connection)
        except ConnectionError:
            self._drop(connection)

    def _send(self, connection: Connection, message: Message) -> None:
        try:
            connection.send(message)
        except (ConnectionError, BrokenFrameError):
            self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        if not connection.is_closed:
            del self._connections[connection.descriptor]
            connection.close()
            self._may_end_at = time.monotonic() + self._linger_seconds

    # --- messages in ---

    def _listen(self, connection: Connection, _: Message) -> None:
        connection.listens = True
        self._tell_unheard(connection)

    def _launch(self, _: Connection, message: Message) -> None:
        for order in message["orders"]:
            self._keeper.launch(Order.from_message(order))

    def _refuse(self, _: Connection, message: Message) -> None:
        for name, key, text in message["refusals"]:
            self._keeper.refuse(name, key, text)

    def _kill(self, _: Connection, message: Message) -> None:
        for name, key, grace_seconds in message["kills"]:
            self._keeper.kill(name, key, grace_seconds)

    def _acknowledge(self, _: Connection, message: Message) -> None:
        for name in message["names"]:
            self._unheard.pop(name, None)

    def _query(self, connection: Connection, message: Message) -> None:
        states = [self._keeper.state_of(name) for name in message["names"]]
        self._send(connection, {"op": "reply", "id": message["id"], "states": states})

    def _forget(self, connection: Connection, message: Message) -> None:
        run = message["run"]
        self._keeper.forget(run)
        for name in [name for name in self._unheard if name.startswith(f"{run}/")]:
            del self._unheard[name]
        self._forgetting.append((connection, message))

    def _open(self, connection: Connection, message: Message) -> None:
        found = self._keeper.open_artifacts(message["name"], message["artifacts"])
        descriptors = [each for each in found if isinstance(each, int)]
        faults = ["" if isinstance(each, int) else each for each in found]
        try:
            connection.send_with_descriptors({"op": "opened", "faults": faults}, descriptors)
        except (ConnectionError, BrokenFrameError):
            self._drop(connection)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _saved(self, _: Connection, message: Message) -> None:
        self._keeper.saved(message["name"], message["artifacts"], message["fault"])

    # --- messages out ---

    def _tell_news(self) -> None:
        for message in self._keeper.news.take():
            self._unheard.update((record["name"], None) for record in message.get("ended", ()))
            for connection in self._listeners():
                self._send(connection, message)

    def _have_saved(self) -> None:
        """Hand each attempt with unsaved outputs to one listener; when that one leaves, to another."""
        records = self._keeper.unsaved()
        if not records and not self._savers:
            return
        names = {record["name"] for record in records}
        self._savers = {
            name: saver for name, saver in self._savers.items() if name in names and not saver.is_closed
        }
        listeners = self._listeners()
        new = [record for record in records if record["name"] not in self._savers]
        if new and listeners:
            self._savers.update((record["name"], listeners[-1]) for record in new)
            self._send(listeners[-1], {"op": "unsaved", "records": new})

    def _listeners(self) -> list[Connection]:
        return [connection for connection in self._connections.values() if connection.listens]

    def _tell_unheard(self, connection: Connection) -> None:
        names = list(self._unheard)
        for start in range(0, len(names), ENTRIES_PER_MESSAGE):
            part = names[start : start + ENTRIES_PER_MESSAGE]
            ended = [record for name in part if (record := self._ledgers.find(name)) is not None]
            self._send(connection, {"op": "news", "ended": ended})

    def _reply_to_forgetters(self) -> None:
        for connection, message in list(self._forgetting):
            if not self._keeper.knows_run(message["run"]):
                self._forgetting.remove((connection, message))
                if not connection.is_closed:
                    self._send(connection, {"op": "reply", "id": message["id"], "states": []})

    # --- signals and time ---

    def _take_signals(self) -> None:
        with contextlib.suppress(BlockingIOError):
            numbers = self._wakeup.recv(4096)
            if signal.SIGTERM in numbers and not self._is_asked_to_end:
                self._is_asked_to_end = True
                self._keeper.stop_all(_GRACE_ON_TERMINATION)

    def _keep_house(self, now: float) -> None:
        self._next_housekeeping = now + _HOUSEKEEPING_SECONDS
        self._pool.trim()
        self._trash.empty()
        self._keeper.look_at_progress()
        if not self._folder_is_there():
            self._is_asked_to_end = True
            self._keeper.abandon_all()

    def _folder_is_there(self) -> bool:
        try:
            return os.stat(self._layout.root).st_ino == self._folder
        except OSError:
            return False


def main(root: str, options: str, ready: int) -> None:
    """Become the shepherd of `root`, or leave when it has one. Closes `ready` as soon as it serves."""
    layout = Layout(os.path.realpath(root))
    chosen: dict[str, Any] = json.loads(options)
    layout.prepare()
    become_daemon()
    if not acquire_lock(layout.lock):
        return
    redirect_output(layout.log)
    become_subreaper()
    _allow_open_files(chosen["max_processes"])
    ledgers = Ledgers(layout)
    lost = recover(layout, ledgers)
    trash = Trash(layout.trash)
    for name in os.listdir(layout.slots):
        trash.add(f"{layout.slots}/{name}")
    found = explore(layout, trash, shared=chosen["shared_folders"], wanted=chosen["private"])
    keeper = Keeper(
        layout,
        found.pool,
        trash,
        ledgers,
        max_processes=chosen["max_processes"],
        default_path=chosen.get("path") or DEFAULT_PATH,
    )
    shepherd = Shepherd(
        layout, keeper, found.pool, trash, ledgers, lost=lost, linger_seconds=chosen["linger_seconds"]
    )
    isolation = {"private": found.pool.is_private, "reason": found.reason}
    _write_whole(layout.isolation, json.dumps(isolation))
    os.close(ready)
    shepherd.run()


def _allow_open_files(max_processes: int) -> None:
    """Each attempt needs one. Commands inherit the limit, so it is raised only when it must be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = max_processes + _OTHER_OPEN_FILES
    if soft not in (resource.RLIM_INFINITY, hard) and soft < needed:
        allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def _write_whole(path: str, content: str) -> None:
    """Readers find the old file or the whole new one."""
    with open(f"{path}.draft", "w") as file:
        file.write(content)
    os.rename(f"{path}.draft", path)


def _listen(layout: Layout) -> socket.socket:
    """The address is given relative to the folder: an absolute one may be longer than the kernel takes."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    os.chdir(os.path.dirname(layout.socket))
    name = os.path.basename(layout.socket)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name)
    listener.bind(name)
    listener.listen(16)
    os.chdir("/")
    return listener


def _receive_signals() -> socket.socket:
    """A socket on which the numbers of arriving signals can be read."""
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    return reader
