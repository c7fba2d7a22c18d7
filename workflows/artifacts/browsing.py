"""Looking into stored archives without unpacking them to disk: what is inside, and one member's bytes.

A zip is read from its end by ranges, a tar from its beginning on. Members are found by name only: none
becomes a path. Not for bringing archives to a node, which is `extraction`'s.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO, Literal, cast

from workflows.artifacts import keys
from workflows.artifacts.driver import Stored
from workflows.artifacts.errors import (
    ArtifactNotFound,
    ArtifactTooLarge,
    ArtifactUnsupported,
)
from workflows.artifacts.extraction import archive_faults, open_tar
from workflows.artifacts.limits import BLOCK, Limits

Kind = Literal["tar", "tgz", "zip"]

#: what one look may cost: bytes of a tar to read through, members to name
BROWSING = Limits(max_bytes=4 * 1024**3, max_members=20_000)
#: a zip's table of contents is read into memory at once
_MAX_TABLE = 4 * 1024**2
_ENDINGS: dict[str, Kind] = {".tgz": "tgz", ".tar.gz": "tgz", ".tar": "tar", ".zip": "zip"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a store: `open` gives its bytes from a given one on. `size` is None where it is not told."""

    size: int | None
    open: Callable[[int], BinaryIO]


@dataclass(frozen=True, slots=True)
class Contents:
    """Members that are files, by cleaned name. `is_whole` is False when a limit ended the look."""

    files: list[Stored]
    is_whole: bool


def archive_kind(name: str) -> Kind | None:
    """What kind of archive a file is by its name, None for anything else."""
    return next((kind for ending, kind in _ENDINGS.items() if name.lower().endswith(ending)), None)


def list_members(file: StoredFile, kind: Kind, *, limits: Limits = BROWSING) -> Contents:
    """The files inside. Members that are no files, or whose names climb out, are left out."""
    found: dict[str, Stored] = {}
    try:
        with archive_faults(kind), _members(file, kind, limits) as members:
            for name, size in members:
                if len(found) >= limits.max_members:
                    return Contents(list(found.values()), is_whole=False)
                found[name] = Stored(name, size)
    except ArtifactTooLarge:
        return Contents(list(found.values()), is_whole=False)
    return Contents(list(found.values()), is_whole=True)


def open_member(
    file: StoredFile, kind: Kind, name: str, *, limits: Limits = BROWSING
) -> tuple[BinaryIO, int]:
    """One file inside, and its size in bytes; the caller closes. Raises ArtifactNotFound."""
    wanted = _clean(name)
    with archive_faults(kind), ExitStack() as opened:
        stream, size = (_zip_member if kind == "zip" else _tar_member)(file, kind, wanted, limits, opened)
        # From here on the stream closes what is under it.
        return cast(BinaryIO, io.BufferedReader(_Member(stream, kind, opened.pop_all()), BLOCK)), size


def _zip_member(
    file: StoredFile, kind: Kind, wanted: str | None, limits: Limits, opened: ExitStack
) -> tuple[IO[bytes], int]:
    packed = opened.enter_context(_open_zip(file))
    # Of two members with one name the later counts.
    for member in reversed(packed.infolist()):
        if not member.is_dir() and wanted is not None and _clean(member.filename) == wanted:
            return opened.enter_context(packed.open(member)), member.file_size
    raise ArtifactNotFound(f"the archive has no file {wanted!r}")


def _tar_member(
    file: StoredFile, kind: Kind, wanted: str | None, limits: Limits, opened: ExitStack
) -> tuple[IO[bytes], int]:
    tar = opened.enter_context(_open_tar(file, kind, limits))
    for member in tar:
        if member.isreg() and wanted is not None and _clean(member.name) == wanted:
            stream = tar.extractfile(member)
            if stream is not None:
                return opened.enter_context(stream), member.size
        tar.members.clear()  # type: ignore[attr-defined]
    raise ArtifactNotFound(f"the archive has no file {wanted!r}")


@contextmanager
def _members(file: StoredFile, kind: Kind, limits: Limits) -> Iterator[Iterator[tuple[str, int]]]:
    if kind == "zip":
        with _open_zip(file) as packed:
            files = ((info.filename, info.file_size) for info in packed.infolist() if not info.is_dir())
            yield _cleaned(files)
    else:
        with _open_tar(file, kind, limits) as tar:
            yield _cleaned(_tar_files(tar))


def _tar_files(tar: tarfile.TarFile) -> Iterator[tuple[str, int]]:
    for member in tar:
        if member.isreg():
            yield member.name, member.size
        # tarfile keeps every member it has seen.
        tar.members.clear()  # type: ignore[attr-defined]


def _cleaned(members: Iterator[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    for name, size in members:
        cleaned = _clean(name)
        if cleaned is not None:
            yield cleaned, size


def _clean(name: str) -> str | None:
    """The name as unpacking would use it; None for one that it would refuse."""
    cleaned = keys.clean("./" + name.lstrip("/"))
    return None if cleaned == "." or ".." in cleaned.split("/") or "\0" in cleaned else cleaned


@contextmanager
def _open_zip(file: StoredFile) -> Iterator[zipfile.ZipFile]:
    if file.size is None:
        raise ArtifactUnsupported("the store does not tell the size of the file, so a zip cannot be read")
    # Not buffered here: the buffer of `io` would take whatever size a hostile archive names.
    with zipfile.ZipFile(cast(IO[bytes], _Ranges(file, file.size))) as packed:
        yield packed


@contextmanager
def _open_tar(file: StoredFile, kind: Kind, limits: Limits) -> Iterator[tarfile.TarFile]:
    with ExitStack() as opened:
        stream: BinaryIO = opened.enter_context(file.open(0))
        if kind == "tgz":
            stream = cast(BinaryIO, opened.enter_context(gzip.open(stream)))
        yield opened.enter_context(open_tar(stream, limits))


class _Ranges(io.RawIOBase):
    """A stored file that can be read at any place: one request for each jump."""

    def __init__(self, file: StoredFile, size: int) -> None:
        self._file = file
        self._size = size
        self._position = 0
        self._stream: BinaryIO | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("the archive points before its beginning")
        if base + offset != self._position:
            self._drop()
            self._position = base + offset
        return self._position

    def read(self, size: int | None = -1, /) -> bytes | None:
        wanted = size if size is not None and size >= 0 else max(0, self._size - self._position)
        if wanted > _MAX_TABLE:
            raise ArtifactUnsupported("the archive has too many members to look into it; download it")
        return super().read(wanted)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._position >= self._size:
            return 0
        if self._stream is None:
            self._stream = self._file.open(self._position)
        block = self._stream.read(len(buffer))
        buffer[: len(block)] = block
        self._position += len(block)
        return len(block)

    def close(self) -> None:
        self._drop()
        super().close()

    def _drop(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None


class _Member(io.RawIOBase):
    """One member's bytes; broken archives are told in our words."""

    def __init__(self, stream: IO[bytes], kind: Kind, opened: ExitStack) -> None:
        self._stream = stream
        self._kind = kind
        self._opened = opened

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        with archive_faults(self._kind):
            block = self._stream.read(min(len(buffer), BLOCK))
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        if not self.closed:
            self._opened.close()
        super().close()
