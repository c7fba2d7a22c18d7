"""What object stores (S3, GCS, Azure) have in common: folders are keys with a common beginning.

A store adds the primitives; each translates its client's errors. Object stores show an upload only when it is
whole, so a single key needs no more; of a folder a reader may see some files before others.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from workflows.artifacts import keys
from workflows.artifacts.driver import Stat, Stored
from workflows.artifacts.errors import (
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactTooLarge,
    ArtifactUnsupported,
)
from workflows.artifacts.limits import DEFAULT_LIMITS, Budget, Limits
from workflows.artifacts.placing import files_below, placing, relative_target
from workflows.artifacts.streams import client_stream
from workflows.spec.locations import join_keys


class ObjectStoreDriver(ABC):
    """Behaviour as Argo's drivers: a key is tried as a file first, then as a folder."""

    def __init__(self, *, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits

    @abstractmethod
    def _put(self, file: Path, key: str) -> None: ...

    @abstractmethod
    def _open(self, key: str, start: int) -> Any:
        """Something of the client with `read(size)` for one object from byte `start` on.

        Raises ArtifactNotFound when there is none.
        """

    @abstractmethod
    def _look(self, key: str) -> Stat:
        """Size and version of one object; ArtifactNotFound when there is none."""

    @abstractmethod
    def _scan(self, prefix: str) -> Iterator[Stored]:
        """All objects whose keys start with `prefix`."""

    @abstractmethod
    def _remove(self, object_keys: list[str]) -> None:
        """Remove objects; those not there are no fault."""

    @abstractmethod
    def _translating(self, key: str) -> AbstractContextManager[None]:
        """Inside, errors of the client become this package's."""

    def _prepare_save(self) -> None:
        """Called once before each save."""
        return None

    def save(self, source: Path, key: str) -> None:
        if not key:
            raise ArtifactInvalid("the key is empty")
        if not source.exists():
            raise ArtifactNotFound(f"{source} no such file or directory")
        self._prepare_save()
        if source.is_file():
            self._put(source, key)
            return
        if not source.is_dir():
            raise ArtifactInvalid(f"{source} is not a regular file or directory")
        budget = Budget(self._limits)
        for relative, file in files_below(source):
            budget.take_member(tuple(relative.split("/")))
            self._put(file, join_keys(key, relative))

    def load(self, key: str, target: Path) -> None:
        budget = Budget(self._limits)
        with placing(target) as temporary:
            try:
                self._fetch(key, temporary, budget)
            except ArtifactNotFound:
                temporary.unlink(missing_ok=True)
                self._fetch_folder(key, temporary, budget)

    def open(self, key: str, start: int = 0) -> BinaryIO:
        try:
            return self._open_file(key, start)
        except ArtifactNotFound:
            if self.is_directory(key):
                raise ArtifactUnsupported(f"{key!r} is a folder and cannot be read as one stream") from None
            raise

    def list(self, key: str) -> list[Stored]:
        # An object whose key ends with a slash is how consoles draw an empty folder: it is no file.
        found = (stored for stored in self._scan(keys.folder_prefix(key)) if not stored.key.endswith("/"))
        files = list(islice(found, self._limits.max_members + 1))
        if len(files) > self._limits.max_members:
            raise ArtifactTooLarge(f"{key!r} holds more than {self._limits.max_members} files")
        return sorted(files, key=lambda stored: stored.key)

    def delete(self, key: str) -> None:
        if not key.strip("/"):
            raise ArtifactInvalid("the key is empty")
        found = [stored.key for stored in self._scan(keys.folder_prefix(key))]
        if self._is_file(key):
            found.append(key)
        if found:
            self._remove(found)

    def is_directory(self, key: str) -> bool:
        return next(self._scan(keys.folder_prefix(key)), None) is not None

    def stat(self, key: str) -> Stat:
        try:
            _check_file_key(key)
            return self._look(key)
        except ArtifactNotFound:
            if self.is_directory(key):
                return Stat(is_directory=True)
            raise

    def _is_file(self, key: str) -> bool:
        try:
            _check_file_key(key)
            self._look(key)
        except ArtifactNotFound:
            return False
        return True

    def _open_file(self, key: str, start: int = 0) -> BinaryIO:
        _check_file_key(key)
        return client_stream(self._open(key, start), lambda: self._translating(key))

    def _fetch(self, key: str, target: Path, budget: Budget) -> None:
        with self._open_file(key) as source:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                budget.copy(source, out)

    def _fetch_folder(self, key: str, target: Path, budget: Budget) -> None:
        files = self.list(key)
        if not files:
            raise ArtifactNotFound(f"nothing is stored under {key!r}")
        prefix = keys.folder_prefix(key)
        for stored in files:
            relative = stored.key.removeprefix(prefix)
            budget.take_member(tuple(relative.split("/")))
            self._fetch(stored.key, relative_target(target, relative), budget)


def _check_file_key(key: str) -> None:
    """A key that ends with a slash names a folder, which is no object to ask for."""
    if not key or key.endswith("/"):
        raise ArtifactNotFound(f"{key!r} is not the key of a file")
