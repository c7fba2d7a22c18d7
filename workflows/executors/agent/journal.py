"""What the agent has taken on and how it ended, on disk: one file a run, a line for each event.

A line is written before anybody is told, so whatever was reported can be told again after a crash, and what
has no end yet is begun again. A line that a crash tore off counts as not written. Processes that share a root
have a folder of their own each, the slot, and read those of the others.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Union

import msgspec

from workflows.engine.messages import Launch, Millis, NodeFinished
from workflows.errors import EnvironmentFault, UserError
from workflows.executors.base import Attempt

logger = logging.getLogger(__name__)

_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_SUFFIX = ".jsonl"
_SLOTS = 64
#: files whose index is remembered
_KNOWN_FILES = 2_000

Key = tuple[str, int]
Event = Union["Begun", "Ended", "Told"]


class Begun(msgspec.Struct, frozen=True, tag=True):
    """An order was taken on `at` this time."""

    order: Launch
    at: Millis


class Ended(msgspec.Struct, frozen=True, tag=True):
    """`log` is what people may read about it."""

    fact: NodeFinished
    log: str = ""


class Told(msgspec.Struct, frozen=True, tag=True):
    """The end of an attempt has reached whoever is to know it."""

    node_id: str
    attempt: int


@dataclass(slots=True)
class _Index:
    """Where in a file the line with the state of each attempt begins, and how much of the file is read."""

    places: dict[Key, int] = field(default_factory=dict)
    size: int = 0


_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Begun | Ended | Told)


class Journal:
    """Any number of threads may use it. Writing needs `open`, reading does not."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._indexes: dict[Path, _Index] = {}
        self._slot: Path | None = None
        self._held: BinaryIO | None = None

    def open(self) -> None:
        """Take the first free slot, and with it what a process that died left there. Raises OSError."""
        for number in range(_SLOTS):
            slot = self._root / str(number)
            slot.mkdir(mode=0o700, parents=True, exist_ok=True)
            held = (slot / "lock").open("ab")
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held.close()
                continue
            self._slot, self._held = slot, held
            return
        raise EnvironmentFault(f"{_SLOTS} processes already use {self._root}")

    def close(self) -> None:
        held, self._held, self._slot = self._held, None, None
        if held is not None:
            held.close()

    def begin(self, order: Launch, at: Millis) -> None:
        self._append(order.run_uid, (order.node_id, order.attempt), Begun(order, at))

    def note_told(self, run_uid: str, fact: NodeFinished) -> None:
        self._append(run_uid, (fact.node_id, fact.attempt), Told(fact.node_id, fact.attempt))

    def end(self, run_uid: str, fact: NodeFinished, log: str) -> None:
        self._append(run_uid, (fact.node_id, fact.attempt), Ended(fact, log))

    def has(self, run_uid: str) -> bool:
        """Whether anything is known of a run, in any slot."""
        return any(self._root.glob(f"*/{_name(run_uid)}"))

    def find(self, attempt: Attempt) -> Begun | Ended | None:
        """What is known of an attempt, in any slot; its end, if there is one."""
        found: Begun | Ended | None = None
        for path in self._root.glob(f"*/{_name(attempt.run_uid)}"):
            event = self._state(path, (attempt.node_id, attempt.attempt))
            if isinstance(event, Ended):
                return event
            found = event or found
        return found

    def unsettled(self) -> Iterator[tuple[str, Begun | Ended]]:
        """The run, and what has begun in this process' slot and not ended, or ended and not been told."""
        for path in sorted(self._own.glob(f"*{_SUFFIX}")):
            open_ones: dict[Key, Begun | Ended] = {}
            for _, key, event in _events(path):
                if isinstance(event, Told):
                    open_ones.pop(key, None)
                else:
                    open_ones[key] = event
            for left in open_ones.values():
                yield path.stem, left

    def forget(self, run_uid: str) -> None:
        for path in self._root.glob(f"*/{_name(run_uid)}"):
            path.unlink(missing_ok=True)

    @property
    def _own(self) -> Path:
        if self._slot is None:
            raise EnvironmentFault("the agent is not open")
        return self._slot

    def _append(self, run_uid: str, key: Key, event: Event) -> None:
        line = _ENCODER.encode(event) + b"\n"
        path = self._own / _name(run_uid)
        with self._lock:
            index = self._index(path)
            with open(path, "ab", opener=_private) as file:
                place = _close_torn_line(file, path)
                file.write(line)
            if not isinstance(event, Told):
                index.places[key] = place
            index.size = place + len(line)

    def _state(self, path: Path, key: Key) -> Begun | Ended | None:
        with self._lock:
            place = self._index(path).places.get(key)
        if place is None:
            return None
        try:
            with path.open("rb") as file:
                file.seek(place)
                event = _DECODER.decode(file.readline())
                return None if isinstance(event, Told) else event
        except FileNotFoundError:
            return None

    def _index(self, path: Path) -> _Index:
        """The index of a file, with what was added to the file since."""
        size = path.stat().st_size if path.exists() else 0
        index = self._indexes.get(path)
        if index is None or index.size > size:
            if len(self._indexes) >= _KNOWN_FILES:
                self._indexes.pop(next(iter(self._indexes)))
            index = self._indexes[path] = _Index()
        if index.size < size:
            for place, key, event in _events(path, index.size):
                if not isinstance(event, Told):
                    index.places[key] = place
            index.size = size
        return index


def _key(event: Event) -> Key:
    match event:
        case Begun():
            return event.order.node_id, event.order.attempt
        case Ended():
            return event.fact.node_id, event.fact.attempt
    return event.node_id, event.attempt


def _name(run_uid: str) -> str:
    if not _RUN.fullmatch(run_uid):
        raise UserError(f"{run_uid[:80]!r} is no id of a run")
    return f"{run_uid}{_SUFFIX}"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _close_torn_line(file: BinaryIO, path: Path) -> int:
    """Where the next line begins; what a crash left of one is closed off first."""
    size = file.seek(0, os.SEEK_END)
    if size:
        with path.open("rb") as reader:
            reader.seek(size - 1)
            if reader.read(1) != b"\n":
                file.write(b"\n")
                return size + 1
    return size


def _events(path: Path, start: int = 0) -> Iterator[tuple[int, Key, Event]]:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        file.seek(start)
        place = start
        for line in file:
            try:
                event = _DECODER.decode(line)
            except msgspec.DecodeError:
                logger.warning("%s: a line of %d bytes cannot be read and is left out", path.name, len(line))
            else:
                yield place, _key(event), event
            place += len(line)
