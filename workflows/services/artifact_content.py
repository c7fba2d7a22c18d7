"""What is stored for an artifact: a file, a file inside a folder or an archive, a folder as an archive.

`path` is a place below a stored folder, `entry` one inside a stored tar or zip. Rights have been checked by
whoever found the artifact. Nothing here touches the disk of this machine, but for the folder store's own.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from workflows.artifacts import (
    ArtifactNotFound,
    ArtifactRefused,
    ArtifactUnsupported,
    Driver,
    Stat,
    below,
)
from workflows.artifacts.browsing import Kind, StoredFile, archive_kind, list_members, open_member
from workflows.artifacts.bundling import Bundled, Format, bundle
from workflows.artifacts.keys import folder_prefix
from workflows.artifacts.limits import BLOCK
from workflows.artifacts.preview import HEAD_LENGTH, Entry, content_type, list_folder
from workflows.errors import EnvironmentFault
from workflows.services.artifacts import Artifact, open_store

#: members of one list
MAX_ENTRIES = 10_000
_PATIENCE_S: float = 10
_looks = threading.BoundedSemaphore(3)


@dataclass(frozen=True, slots=True)
class Content:
    """One file. `size` is in bytes, None where it is not told; `etag` is "" where there is no version.

    `open` gives its bytes from a given one on, which must be 0 unless `has_ranges`.
    """

    name: str
    size: int | None
    etag: str
    has_ranges: bool
    open: Callable[[int], BinaryIO]


class Download:
    """The bytes of a content from `start` on, at most `length` of them, in blocks. Closed by whoever made it.

    `media_type` follows from the name, otherwise from the first bytes.
    """

    def __init__(self, content: Content, *, start: int = 0, length: int | None = None) -> None:
        self._stream = content.open(start)
        self._left = length
        self._head = b""
        self.media_type = content_type(content.name)
        if self.media_type == content_type("") and start == 0:
            self._head = self._stream.read(HEAD_LENGTH)
            self.media_type = content_type(content.name, self._head)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        block, self._head = self._head, b""
        block = block or self._stream.read(BLOCK)
        if self._left is not None:
            block = block[: self._left]
            self._left -= len(block)
        if not block:
            raise StopIteration
        return block

    def close(self) -> None:
        self._stream.close()


@dataclass(frozen=True, slots=True)
class Listing:
    """The members of a folder or of an archive's folder. `is_whole` is False when the look was cut short."""

    entries: Sequence[Entry]
    is_archive: bool
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class _Place:
    driver: Driver
    key: str
    stat: Stat


def open_content(artifact: Artifact, *, path: str = "", entry: str = "") -> Content:
    """Raises ArtifactNotFound when nothing is there, ArtifactUnsupported for a folder."""
    place = _find_place(artifact, path)
    if place.stat.is_directory:
        raise ArtifactUnsupported(
            "this is a folder: ask for its entries, for one of its files, or for it as an archive"
        )
    etag = _etag(artifact, place, entry)
    name = place.key.rstrip("/").rpartition("/")[2] or artifact.name
    if not entry:
        return Content(name, place.stat.size, etag, True, partial(place.driver.open, place.key))
    file, kind = _archive(place)

    def opening(start: int) -> BinaryIO:
        with _looking():
            return open_member(file, kind, entry)[0]

    return Content(entry.rstrip("/").rpartition("/")[2], None, etag, False, opening)


def open_bundle(artifact: Artifact, form: Format, *, path: str = "") -> tuple[str, Iterator[bytes]]:
    """A folder as one archive: its file name and its bytes. Raises ArtifactUnsupported for a file."""
    place = _find_place(artifact, path)
    if not place.stat.is_directory:
        raise ArtifactUnsupported("this is a file, it is sent as it is")
    name = place.key.rstrip("/").rpartition("/")[2] or artifact.name
    prefix = folder_prefix(place.key)
    files = [
        Bundled(
            f"{name}/{stored.key.removeprefix(prefix)}", stored.size, partial(place.driver.open, stored.key)
        )
        for stored in place.driver.list(place.key)
    ]
    return f"{name}.{form}", bundle(files, form)


def list_entries(artifact: Artifact, *, path: str = "", entry: str = "") -> Listing:
    """What is in a folder, or in the folder `entry` of an archive; ArtifactUnsupported for other files."""
    place = _find_place(artifact, path)
    if place.stat.is_directory:
        return _listing(list_folder(place.driver.list(place.key), place.key), is_archive=False)
    with _looking():
        found = list_members(*_archive(place))
    folder = entry.strip("/")
    entries = list_folder(found.files, folder)
    if folder and not entries and found.is_whole:
        raise ArtifactNotFound(f"the archive has no folder {entry!r}")
    return _listing(entries, is_archive=True, is_whole=found.is_whole)


def _listing(entries: Sequence[Entry], *, is_archive: bool, is_whole: bool = True) -> Listing:
    return Listing(entries[:MAX_ENTRIES], is_archive, is_whole and len(entries) <= MAX_ENTRIES)


@contextmanager
def _looking() -> Iterator[None]:
    """Looking through archives takes whole processors: a few at once, others wait their turn."""
    if not _looks.acquire(timeout=_PATIENCE_S):
        raise EnvironmentFault(
            "too many archives are being looked into; try again later", code="too-many-looks"
        )
    try:
        yield
    finally:
        _looks.release()


def _find_place(artifact: Artifact, path: str) -> _Place:
    driver, location = open_store(artifact)
    stat = _stat(driver, location.key)
    if not path:
        return _Place(driver, location.key, stat)
    if not stat.is_directory:
        # Otherwise a path could reach what lies beside a file, at addresses nobody gave to the run.
        raise ArtifactNotFound(f"artifact {artifact.name!r} is one file, there is no {path!r} in it")
    key = below(location.key, path)
    return _Place(driver, key, _stat(driver, key))


def _stat(driver: Driver, key: str) -> Stat:
    try:
        return driver.stat(key)
    except ArtifactRefused:
        # Servers that answer GET may refuse HEAD; if they refuse both, opening tells.
        return Stat(is_directory=False)


def _archive(place: _Place) -> tuple[StoredFile, Kind]:
    kind = archive_kind(place.key)
    if kind is None:
        raise ArtifactUnsupported("this file is no archive that can be looked into (tar, tgz, zip)")
    return StoredFile(place.stat.size, partial(place.driver.open, place.key)), kind


def _etag(artifact: Artifact, place: _Place, entry: str) -> str:
    if not place.stat.version:
        return ""
    parts = (artifact.run.uid, str(artifact.location), place.key, entry, place.stat.version)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
