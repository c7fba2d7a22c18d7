"""Where everything lies below the state folder.

ROOT/             private to the user
  lock socket shepherd.log
  isolation.json  whether commands get private file systems, and why not
  journal         what was started; exists only while a shepherd serves or after one was killed
  void/           empty, laid over ROOT in private file systems
  bin/            stand-ins, first in PATH of every command
  runs/RUN/
    ends                         how attempts ended, see `ledger`
    ATTEMPT~CONTAINER.stdout     what a container wrote; absent when it wrote nothing
    ATTEMPT~CONTAINER.stderr
  runs/RUN/claims/KEY          volume claims of a run
  claims/NAMESPACE/NAME/       volume claims of a namespace
  slots/N/        private file systems in use
  staging/ID/     input files of one server process, until the attempt they are for starts
  trash/          being removed
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

STREAMS: Final = ("stdout", "stderr")


@dataclass(frozen=True)
class Layout:
    """Paths. An attempt's `name` is ``RUN/ATTEMPT``, both already fit for a file name."""

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
    def void(self) -> str:
        return f"{self.root}/void"

    @property
    def bin(self) -> str:
        return f"{self.root}/bin"

    @property
    def runs(self) -> str:
        return f"{self.root}/runs"

    @property
    def claims(self) -> str:
        return f"{self.root}/claims"

    @property
    def slots(self) -> str:
        return f"{self.root}/slots"

    @property
    def staging(self) -> str:
        return f"{self.root}/staging"

    @property
    def trash(self) -> str:
        return f"{self.root}/trash"

    def run(self, run: str) -> str:
        return f"{self.runs}/{run}"

    def output(self, name: str, container: str, stream: str) -> str:
        """What a container wrote to one of STREAMS."""
        return f"{self.runs}/{name}~{container}.{stream}"

    def prepare(self) -> None:
        """Make what is missing. Raises OSError."""
        os.makedirs(self.root, mode=0o700, exist_ok=True)
        os.chmod(self.root, 0o700)
        for folder in (self.bin, self.void, self.runs, self.claims, self.slots, self.staging, self.trash):
            os.makedirs(folder, mode=0o700, exist_ok=True)

    def identity(self) -> str:
        """Marks the processes of this folder; stays the same when the folder is moved."""
        status = os.stat(self.root)
        return f"{status.st_dev:x}-{status.st_ino:x}"


def run_of(name: str) -> str:
    return name.partition("/")[0]
