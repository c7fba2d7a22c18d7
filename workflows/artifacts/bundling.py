"""A stored folder as one archive, made while it is sent: nothing on disk, a block at a time in memory.

Not for outputs of nodes, which `archive` packs from the disk with their modes.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO, Literal, cast

from workflows.artifacts.errors import StoreUnavailable
from workflows.artifacts.limits import BLOCK

Format = Literal["zip", "tar.gz"]

_LEVEL = 1  # while somebody waits, speed counts for more than size
_MODE = 0o644
_TAR_RECORD = 512


@dataclass(frozen=True, slots=True)
class Bundled:
    """One file of the archive. `size` is in bytes; `open` is called when its turn has come."""

    name: str
    size: int
    open: Callable[[], BinaryIO]


def bundle(files: Iterable[Bundled], form: Format) -> Iterator[bytes]:
    """The bytes of the archive. A file that is not as long as told ends it with StoreUnavailable."""
    return _zip(files) if form == "zip" else _tar(files)


class _Outlet(io.RawIOBase):
    """Takes what an archive writer writes and hands it on."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, block: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]
        self._blocks.append(bytes(block))
        return len(block)

    def take(self) -> bytes:
        written, self._blocks = b"".join(self._blocks), []
        return written


def _zip(files: Iterable[Bundled]) -> Iterator[bytes]:
    outlet = _Outlet()
    with zipfile.ZipFile(cast(IO[bytes], outlet), "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for file in files:
            header = zipfile.ZipInfo(file.name)
            header.compress_type = zipfile.ZIP_DEFLATED
            header.external_attr = _MODE << 16
            with archive.open(header, "w", force_zip64=True) as entry:
                for block in _blocks(file):
                    entry.write(block)
                    yield outlet.take()
    yield outlet.take()


def _tar(files: Iterable[Bundled]) -> Iterator[bytes]:
    outlet = _Outlet()
    with gzip.GzipFile(
        filename="", mode="wb", compresslevel=_LEVEL, fileobj=cast(IO[bytes], outlet), mtime=0
    ) as out:
        for file in files:
            header = tarfile.TarInfo(file.name)
            header.size, header.mode = file.size, _MODE
            out.write(header.tobuf(tarfile.PAX_FORMAT))
            for block in _blocks(file):
                out.write(block)
                yield outlet.take()
            out.write(bytes(-file.size % _TAR_RECORD))
        out.write(bytes(2 * _TAR_RECORD))
    yield outlet.take()


def _blocks(file: Bundled) -> Iterator[bytes]:
    left = file.size
    with file.open() as stream:
        while block := stream.read(BLOCK):
            left -= len(block)
            if left < 0:
                break
            yield block
    if left:
        raise StoreUnavailable(f"{file.name!r} changed while it was read")
