"""What every store offers. One driver is one store (bucket, folder, repository, address) with credentials.

The contract, checked for each driver by tests/contract/:

* a file that is being saved is not visible until it is whole, whatever happens to the process;
* what was saved is loaded byte for byte; a folder is saved as one key per file, symbolic links and empty
  folders left out, as Argo does;
* `load` leaves the target either complete or absent;
* `delete` of what is not there succeeds; `load`, `open` and `stat` of it raise ArtifactNotFound;
* what a kind of store cannot do raises ArtifactUnsupported.

Drivers do not retry: the caller does, on EnvironmentFault, with a fresh source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored file: its key and size in bytes."""

    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Stat:
    """What is under a key. `size` is in bytes, None for folders and where the store does not tell.

    `version` differs whenever the bytes of a file do, "" where the store does not tell; no two stores agree
    on it, so it does not take part in comparison.
    """

    is_directory: bool
    size: int | None = None
    version: str = field(default="", compare=False)


class Driver(Protocol):
    """See the module text for the contract. Keys are the `key` of a `location.Location`."""

    def save(self, source: Path, key: str) -> None:
        """Store the file or folder `source` under `key`; files already there are replaced."""

    def load(self, key: str, target: Path) -> None:
        """Bring the file or folder under `key` to `target`, which must not exist; parents are made."""

    def open(self, key: str, start: int = 0) -> BinaryIO:
        """The bytes of the file under `key` from byte `start` on, which is less than its size or 0.

        The caller closes. A folder raises ArtifactUnsupported.
        """

    def list(self, key: str) -> list[Stored]:
        """All files below the folder `key`, at any depth, by key. Empty when there are none."""

    def delete(self, key: str) -> None:
        """Remove the file under `key` and everything below the folder `key`."""

    def is_directory(self, key: str) -> bool:
        """Whether files are stored below `key`."""

    def stat(self, key: str) -> Stat: ...
