"""How the attempts of a run ended: one line of JSON each, appended, never changed.

One file for a run instead of one for each attempt: making a file costs more than starting a process on
some file systems, and runs have up to 100,000 nodes. A line counts when its newline is there. It survives
the death of any process; it is not forced to the disk, so not that of the machine.
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Final

from .folders import Layout, run_of

Record = dict[str, Any]

_FILE: Final = "ends"
_MAX_OPEN: Final = 64
_SCAN_BYTES: Final = 1 << 20
_RECORD_BYTES: Final = 1 << 12


def make_record(
    name: str, key: list[Any], phase: str, message: str, *, exit_code: int | None, at: int
) -> Record:
    """How the attempt `name` ended, as far as it is always told. `exit_code` None: no process ever ran.

    `containers` are added for attempts that are watched, `artifacts` where some were saved.
    """
    return {
        "name": name,
        "key": key,
        "phase": phase,
        "message": message,
        "exit_code": exit_code,
        "at": at,
        "started_at": None,
        "parameters": {},
    }


class Ledger:
    """The ends of one run, for the one process that may write them."""

    def __init__(self, folder: str) -> None:
        """Makes what is missing. Raises OSError."""
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        try:
            self._descriptor = os.open(f"{folder}/{_FILE}", flags, 0o600)
        except FileNotFoundError:
            os.makedirs(folder, 0o700, exist_ok=True)
            self._descriptor = os.open(f"{folder}/{_FILE}", flags, 0o600)
        self._size = 0
        self._places: dict[str, int] = {}
        for line in _lines(self._descriptor, 0):
            self._places[json.loads(line)["name"]] = self._size
            self._size += len(line)
        # A writer killed in the middle of a line leaves one that never counted.
        os.ftruncate(self._descriptor, self._size)

    def append(self, record: Record) -> None:
        """Whole or not at all. Raises OSError."""
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            os.ftruncate(self._descriptor, self._size)
            raise
        self._places[record["name"]] = self._size
        self._size += len(line)

    def find(self, name: str) -> Record | None:
        place = self._places.get(name)
        if place is None:
            return None
        record: Record = json.loads(next(_lines(self._descriptor, place, at_once=_RECORD_BYTES)))
        return record

    def close(self) -> None:
        os.close(self._descriptor)


class Ledgers:
    """The ledgers of all runs; those not used for long are closed and read again when needed."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._open: OrderedDict[str, Ledger] = OrderedDict()

    def find(self, name: str) -> Record | None:
        """None for an attempt that has not ended, or is unknown. Raises OSError."""
        run = run_of(name)
        if run not in self._open and not os.path.exists(f"{self._layout.run(run)}/{_FILE}"):
            return None
        return self._of(run).find(name)

    def append(self, record: Record) -> None:
        """Raises OSError."""
        self._of(run_of(record["name"])).append(record)

    def prepare(self, name: str) -> None:
        """Make the folder of an attempt's run. Raises OSError."""
        self._of(run_of(name))

    def close(self, run: str) -> None:
        ledger = self._open.pop(run, None)
        if ledger is not None:
            ledger.close()

    def _of(self, run: str) -> Ledger:
        if run in self._open:
            self._open.move_to_end(run)
            return self._open[run]
        ledger = self._open[run] = Ledger(self._layout.run(run))
        if len(self._open) > _MAX_OPEN:
            self._open.popitem(last=False)[1].close()
        return ledger


class LedgerReader:
    """Looks on while another process writes: has one attempt ended yet?"""

    def __init__(self, layout: Layout, name: str) -> None:
        self._path = f"{layout.run(run_of(name))}/{_FILE}"
        self._needle = json.dumps(name).encode()
        self._name = name
        self._position = 0

    def has_ended(self) -> bool:
        """Also True when the run is gone. Reads only what was added since the last call."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return True
        try:
            for line in _lines(descriptor, self._position):
                if self._needle in line and json.loads(line)["name"] == self._name:
                    return True
                self._position += len(line)
        finally:
            os.close(descriptor)
        return False


def _lines(descriptor: int, position: int, *, at_once: int = _SCAN_BYTES) -> Iterator[bytes]:
    """Complete lines from byte `position` on, with their newlines."""
    rest = b""
    while data := os.pread(descriptor, at_once, position + len(rest)):
        lines = (rest + data).splitlines(keepends=True)
        rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
        for line in lines:
            position += len(line)
            yield line
