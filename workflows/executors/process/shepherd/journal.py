"""What was started and may still run, so that the next shepherd can end what a killed one left behind.

One line before each start, one after it: name, process, time and, the first time, key. A line is one `write`,
so whole or absent. Whether an attempt ended is not written here: see `ledger`.
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

_COMPACT_AFTER_LINES = 20_000


@dataclass(frozen=True)
class Start:
    """`process` is 0 when the shepherd was killed before it knew; `at` is milliseconds since boot."""

    name: str
    key: list[Any]
    process: int = 0
    at: int = 0


def milliseconds_since_boot() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def boot_id() -> str:
    with open("/proc/sys/kernel/random/boot_id") as file:
        return file.read().strip()


def read_journal(path: str) -> list[Start] | None:
    """The last start of each attempt; None when there is no journal, that is after a clean end.

    After a reboot the attempts are there without their processes.
    """
    try:
        with open(path) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    same_boot = bool(lines) and lines[0] == f"boot {boot_id()}"
    starts: dict[str, Start] = {}
    for line in lines[1:]:
        name, process, at, key = line.split(" ", 3)
        known = starts[name].key if not key else json.loads(key)
        starts[name] = Start(name, known, int(process) if same_boot else 0, int(at))
    return list(starts.values())


class Journal:
    """The journal of the serving shepherd. `running` tells what a shortened journal must keep."""

    def __init__(self, path: str, running: Callable[[], Iterable[Start]]) -> None:
        self._path = path
        self._running = running
        self._descriptor = -1
        self._size = 0
        self._lines = 0
        self._rewrite(())

    def write(self, start: Start, *, again: bool = False) -> None:
        """Whole or not at all; `again`: the key was written before. Raises OSError."""
        if self._lines >= _COMPACT_AFTER_LINES and not again:
            self._rewrite(self._running())
        line = _line(start, with_key=not again)
        if os.write(self._descriptor, line) < len(line):
            os.ftruncate(self._descriptor, self._size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._size += len(line)
        self._lines += 1

    def remove(self) -> None:
        """Nothing runs any more."""
        os.close(self._descriptor)
        os.unlink(self._path)

    def _rewrite(self, starts: Iterable[Start]) -> None:
        draft = f"{self._path}.draft"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(draft, flags, 0o600)
        content = f"boot {boot_id()}\n".encode() + b"".join(_line(start) for start in starts)
        os.write(descriptor, content)
        os.rename(draft, self._path)
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = descriptor
        self._size = len(content)
        self._lines = 0


def _line(start: Start, *, with_key: bool = True) -> bytes:
    key = json.dumps(start.key, separators=(",", ":")) if with_key else ""
    return f"{start.name} {start.process} {start.at} {key}\n".encode()
