"""Where everything lies below the state folder, and how the end of an attempt is put on record.

ROOT/             private to the user
  lock socket shepherd.log
  isolation.json  whether commands get private file systems, and why not
  journal         what was started; exists only while a shepherd serves or after one was killed
  bin/            stand-ins, first in PATH of every command
  runs/RUN/ATTEMPT/
    main.stdout main.stderr    and the same for each init container
    exit.json                  present when the attempt ended, never changed afterwards
  slots/N/        private file systems in use
  trash/          being removed
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]

_EXIT_FILE = "exit.json"


@dataclass(frozen=True)
class Layout:
    root: str

    @property
    def lock(self) -> str:
        return f"{self.root}/lock"

    @property
    def socket(self) -> str:
        return f"{self.root}/socket"

    @property
    def log(self) -> str:
        return f"{self.root}/shepherd.log"

    @property
    def isolation(self) -> str:
        return f"{self.root}/isolation.json"

    @property
    def journal(self) -> str:
        return f"{self.root}/journal"

    @property
    def bin(self) -> str:
        return f"{self.root}/bin"

    @property
    def runs(self) -> str:
        return f"{self.root}/runs"

    @property
    def slots(self) -> str:
        return f"{self.root}/slots"

    @property
    def trash(self) -> str:
        return f"{self.root}/trash"

    def attempt(self, name: str) -> str:
        """`name` is ``RUN/ATTEMPT``, both already fit for a file name."""
        return f"{self.runs}/{name}"

    def prepare(self) -> None:
        """Make what is missing. Raises OSError."""
        os.makedirs(self.root, mode=0o700, exist_ok=True)
        os.chmod(self.root, 0o700)
        for folder in (self.bin, self.runs, self.slots, self.trash):
            os.makedirs(folder, mode=0o700, exist_ok=True)

    def identity(self) -> str:
        """Marks the processes of this folder; stays the same when the folder is moved."""
        status = os.stat(self.root)
        return f"{status.st_dev:x}-{status.st_ino:x}"


def output_file(folder: str, container: str, stream: str) -> str:
    """`stream` is ``stdout`` or ``stderr``."""
    return f"{folder}/{container}.{stream}"


def write_record(folder: str, record: Record) -> None:
    """Put the end of an attempt on record, at once or not at all. Raises OSError.

    Survives the death of any process; not written through to the disk, so not that of the machine.
    """
    write_whole(f"{folder}/{_EXIT_FILE}", json.dumps(record, separators=(",", ":")).encode())


def write_whole(path: str, content: bytes) -> None:
    """Readers find the old file or the whole new one. Raises OSError."""
    draft = f"{path}.draft"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        data = memoryview(content)
        while data:
            data = data[os.write(descriptor, data) :]
    finally:
        os.close(descriptor)
    os.rename(draft, path)


def find_record(folder: str) -> Record | None:
    """The record of an ended attempt, None when it has not ended (or is unknown)."""
    try:
        with open(f"{folder}/{_EXIT_FILE}", "rb") as file:
            record = json.loads(file.read())
    except (FileNotFoundError, NotADirectoryError):
        return None
    return record if isinstance(record, dict) else None
