"""Artifacts in a folder of this machine: the default when everything runs in one process.

    ROOT/objects/<key>     what is stored; a key is a path
    ROOT/incoming/<id>     what is being written; left behind only by a killed process, see `sweep`

A file appears by rename, after its bytes are on the disk. A folder saved to a new key appears as a whole by
one rename; saved over an existing folder it is merged file by file, as object stores do. Not for sharing
between machines.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from workflows.artifacts import keys
from workflows.artifacts.driver import Stat, Stored
from workflows.artifacts.errors import (
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactUnsupported,
    StoreUnavailable,
)
from workflows.artifacts.limits import DEFAULT_LIMITS, Budget, Limits
from workflows.artifacts.placing import files_below, placing, remove, sync_folder, write_durably


class FolderDriver:
    """Stores below `root`, which is made on the first save. A key cannot be a file and a folder at once."""

    def __init__(self, root: Path, *, limits: Limits = DEFAULT_LIMITS) -> None:
        self._root = root
        self._objects = root / "objects"
        self._incoming = root / "incoming"
        self._limits = limits

    def save(self, source: Path, key: str) -> None:
        target = self._place(key)
        if not source.exists():
            raise ArtifactNotFound(f"{source} no such file or directory")
        self._objects.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        staged = self._incoming / uuid.uuid4().hex
        try:
            self._stage(source, staged)
            self._publish(staged, target, key)
        except OSError as fault:
            raise StoreUnavailable(f"the artifact folder cannot be written: {fault.strerror}") from fault
        finally:
            remove(staged)

    def load(self, key: str, target: Path) -> None:
        place = self._find(key)
        budget = Budget(self._limits)
        with placing(target) as temporary:
            if place.is_file():
                self._copy(place, temporary, budget)
                return
            temporary.mkdir()
            for relative, file in files_below(place):
                budget.take_member(tuple(relative.split("/")))
                self._copy(file, temporary / relative, budget)

    def open(self, key: str, start: int = 0) -> BinaryIO:
        place = self._find(key)
        if place.is_dir():
            raise ArtifactUnsupported(f"{key!r} is a folder and cannot be read as one stream")
        stream = os.fdopen(os.open(place, os.O_RDONLY | os.O_NOFOLLOW), "rb")
        stream.seek(start)
        return stream

    def list(self, key: str) -> list[Stored]:
        place = self._place(key) if key.strip("/") else self._objects
        if not place.is_dir():
            return []
        prefix = keys.folder_prefix(key.strip("/"))
        found = [Stored(prefix + relative, path.stat().st_size) for relative, path in files_below(place)]
        return sorted(found, key=lambda stored: stored.key)

    def delete(self, key: str) -> None:
        place = self._place(key)
        if not place.exists():
            return
        # Renamed first, so that nobody sees a folder that is half gone.
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        doomed = self._incoming / uuid.uuid4().hex
        os.rename(place, doomed)
        remove(doomed)
        self._prune(place.parent)

    def is_directory(self, key: str) -> bool:
        return bool(self.list(key))

    def stat(self, key: str) -> Stat:
        place = self._find(key)
        status = place.stat()
        if place.is_dir():
            return Stat(is_directory=True)
        # Files are replaced by others, never changed in place.
        return Stat(False, status.st_size, f"{status.st_ino}-{status.st_mtime_ns}")

    def aged(self) -> Sequence[tuple[Stored, int]]:
        """All files of the store, each with the time it was stored, in milliseconds since the Unix epoch."""
        if not self._objects.is_dir():
            return []
        return [
            (Stored(key, status.st_size), status.st_mtime_ns // 1_000_000)
            for key, path in files_below(self._objects)
            for status in [path.stat()]
        ]

    def sweep(self) -> int:
        """Remove what killed processes left behind; returns how many. Only while nobody saves."""
        if not self._incoming.is_dir():
            return 0
        leftovers = sorted(self._incoming.iterdir())
        for leftover in leftovers:
            remove(leftover)
        return len(leftovers)

    def _place(self, key: str) -> Path:
        place = self._objects.joinpath(*keys.segments(key))
        # No driver puts links here; who does so by other means must not lead a reader outside.
        if place.resolve() != self._objects.resolve().joinpath(*keys.segments(key)):
            raise ArtifactInvalid(f"the key {key!r} leads through a link")
        return place

    def _find(self, key: str) -> Path:
        place = self._place(key)
        missing = not place.exists() or (key.endswith("/") and not place.is_dir())
        if missing or (place.is_dir() and next(files_below(place), None) is None):
            raise ArtifactNotFound(f"no artifact {key!r} in the artifact folder")
        return place

    def _stage(self, source: Path, staged: Path) -> None:
        budget = Budget(self._limits)
        if source.is_file():
            with source.open("rb") as stream:
                write_durably(staged, stream, budget)
            return
        if not source.is_dir():
            raise ArtifactInvalid(f"{source} is not a regular file or directory")
        staged.mkdir()
        folders = {staged}
        for relative, file in files_below(source):
            budget.take_member(tuple(relative.split("/")))
            place = staged / relative
            place.parent.mkdir(parents=True, exist_ok=True)
            folders.update(parent for parent in place.parents if parent.is_relative_to(staged))
            with file.open("rb") as stream:
                write_durably(place, stream, budget)
        for folder in folders:
            sync_folder(folder)

    def _publish(self, staged: Path, target: Path, key: str) -> None:
        blocking = next((parent for parent in [target, *target.parents] if parent.is_file()), None)
        if blocking is not None and (blocking != target or staged.is_dir()):
            raise ArtifactInvalid(f"the key {key!r} meets a stored file; choose another key")
        if target.is_dir() and staged.is_file():
            raise ArtifactInvalid(f"the key {key!r} is a stored folder; choose another key")
        if target.is_dir():
            for relative, file in list(files_below(staged)):
                self._publish(file, target / relative, f"{key}/{relative}")
            return
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(staged, target)
        sync_folder(target.parent)

    def _prune(self, folder: Path) -> None:
        """Remove `folder` and its parents as far as empty; a save that loses its folder is tried again."""
        while folder != self._objects and next(folder.iterdir(), None) is None:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    @staticmethod
    def _copy(source: Path, target: Path, budget: Budget) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as stream, target.open("xb") as out:
            budget.copy(stream, out)
