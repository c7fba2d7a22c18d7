"""Unpacking archives that may be hostile: nothing outside the target, nothing beyond the limits.

Everything goes to a temporary folder first. Links come last, so that nothing can be written through them, and
each must end inside what was unpacked. Source of the results: Argo's untar, unzip and unpack.
"""

from __future__ import annotations

import gzip
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from workflows.artifacts import keys
from workflows.artifacts.errors import ArtifactInvalid, ArtifactTooLarge
from workflows.artifacts.limits import BLOCK, DEFAULT_LIMITS, Budget, Limits
from workflows.artifacts.placing import placing, remove

#: the longest header a tar member may have; real ones are below 100 KB
_MAX_HEADER = 1024**2


def is_tarball(file: Path) -> bool:
    """Whether a file is a gzipped tar archive, as far as its first member. Source: Argo's `isTarball`."""
    if not file.is_file():
        return False
    try:
        with gzip.open(file) as packed, open_tar(cast(BinaryIO, packed), Limits()) as tar:
            return tar.next() is not None or tar.offset > 0
    except (tarfile.TarError, OSError, EOFError, zlib.error, ArtifactTooLarge):
        return False


def untar(archive: Path, target: Path, *, limits: Limits = DEFAULT_LIMITS) -> list[str]:
    """Unpack a gzipped tar archive to `target`; returns members left out (devices, pipes).

    A single file or folder at the top becomes `target` itself, otherwise `target` is a folder of them all.
    """
    with (
        placing(target) as result,
        archive_faults("tar"),
        gzip.open(archive) as packed,
        _unpacking(result, limits) as unpacking,
        open_tar(cast(BinaryIO, packed), limits) as tar,
    ):
        for member in tar:
            _unpack_member(tar, member, unpacking)
        return unpacking.finish()


def unzip(archive: Path, target: Path, *, limits: Limits = DEFAULT_LIMITS) -> list[str]:
    """Unpack a zip archive to `target`, as `untar`."""
    with (
        placing(target) as result,
        archive_faults("zip"),
        zipfile.ZipFile(archive) as packed,
        _unpacking(result, limits) as unpacking,
    ):
        for member in packed.infolist():
            if member.is_dir():
                unpacking.folder(member.filename)
                continue
            mode = (member.external_attr >> 16) & 0o777
            with packed.open(member) as source:
                unpacking.file(member.filename, cast(BinaryIO, source), mode or 0o644)
        return unpacking.finish()


def set_mode(path: Path, mode: int, *, recurse: bool = False) -> None:
    """Give `path` the permission bits `mode`, 0 to 0o777; with `recurse` all below as well, but for links."""
    if not 0 <= mode <= 0o777:
        raise ArtifactInvalid(f"mode must be from 0 to 0777 (511), not {mode}")
    inner = sorted(path.rglob("*"), reverse=True) if recurse and path.is_dir() else []
    for member in [*inner, path]:
        if not member.is_symlink():
            member.chmod(mode)


def _unpack_member(tar: tarfile.TarFile, member: tarfile.TarInfo, unpacking: _Unpacking) -> None:
    if member.isdir():
        unpacking.folder(member.name)
    elif member.issym():
        unpacking.link(member.name, member.linkname)
    elif member.islnk():
        unpacking.repeat(member.name, member.linkname)
    elif member.isreg():
        source = tar.extractfile(member)
        if source is None:
            raise ArtifactInvalid(f"the archive has no content for {member.name!r}")
        with source:
            unpacking.file(member.name, cast(BinaryIO, source), member.mode & 0o777)
    else:
        unpacking.left_out.append(member.name)


@contextmanager
def _unpacking(result: Path, limits: Limits) -> Iterator[_Unpacking]:
    folder = result.with_name(f"{result.name}.d")
    folder.mkdir()
    try:
        yield _Unpacking(folder, result, limits)
    finally:
        remove(folder)


class _Unpacking:
    """One archive on its way through `folder` to `result`."""

    def __init__(self, folder: Path, result: Path, limits: Limits) -> None:
        self._folder = folder
        self._result = result
        self._budget = Budget(limits)
        self._links: dict[Path, tuple[str, str]] = {}
        self.left_out: list[str] = []

    def folder(self, name: str) -> None:
        parts = self._parts(name)
        if parts:
            self._make_folder(self._folder.joinpath(*parts), name)

    def file(self, name: str, source: BinaryIO, mode: int) -> None:
        place = self._free_place(name)
        with place.open("xb") as out:
            self._budget.copy(source, out)
        place.chmod(mode)

    def link(self, name: str, target: str) -> None:
        self._links[self._free_place(name)] = (name, target)

    def repeat(self, name: str, first: str) -> None:
        """A hard link: the same content as a member before it."""
        origin = self._folder.joinpath(*self._parts(first))
        if not origin.is_file():
            raise ArtifactInvalid(f"the archive links {name!r} to {first!r}, which it does not hold")
        mode = stat.S_IMODE(origin.stat().st_mode)
        with origin.open("rb") as source:
            self.file(name, source, mode)

    def finish(self) -> list[str]:
        """Lay the links and bring the content to the result's place."""
        tops = {path.relative_to(self._folder).parts[0] for path in self._links}
        tops.update(os.listdir(self._folder))
        top = self._folder / tops.pop() if len(tops) == 1 else self._folder
        for place, (name, target) in self._links.items():
            os.symlink(target, place)
            if os.path.isabs(target) or place == top:
                raise ArtifactInvalid(f"illegal symlink target: {name} -> {target}")
        # Only after all are there: a later link can change where an earlier one leads.
        root = Path(os.path.realpath(top))
        for place, (name, target) in self._links.items():
            if not Path(os.path.realpath(place)).is_relative_to(root):
                raise ArtifactInvalid(f"illegal symlink target: {name} -> {target}")
        os.rename(top, self._result)
        return self.left_out

    def _parts(self, name: str) -> tuple[str, ...]:
        """The place of a member; a name from the root counts from the target, as with Argo."""
        cleaned = keys.clean("./" + name.lstrip("/"))
        parts = tuple(part for part in cleaned.split("/") if part != ".")
        if ".." in parts or "\0" in name:
            raise ArtifactInvalid(f"illegal file path: {name}")
        self._budget.take_member(parts)
        return parts

    def _free_place(self, name: str) -> Path:
        parts = self._parts(name)
        if not parts:
            raise ArtifactInvalid(f"illegal file path: {name!r}")
        place = self._folder.joinpath(*parts)
        self._make_folder(place.parent, name)
        # Of two members with one name the later counts, as when archives are appended to.
        self._links.pop(place, None)
        if place.is_dir():
            raise ArtifactInvalid(f"the archive holds {name!r} as a file and as a folder")
        place.unlink(missing_ok=True)
        return place

    def _make_folder(self, folder: Path, name: str) -> None:
        for parent in [folder, *folder.parents]:
            if parent == self._folder:
                break
            if parent in self._links:
                raise ArtifactInvalid(f"illegal file path after symlink resolution: {name}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as fault:
            raise ArtifactInvalid(f"the archive holds {name!r} below a file") from fault


class _Forward:
    """A decompressed stream tarfile can read: forward only, bounded in all and per header."""

    def __init__(self, source: BinaryIO, limits: Limits) -> None:
        self._source = source
        self._position = 0
        # Headers and padding count here; the content itself is counted by the budget.
        self._most = limits.max_bytes + limits.max_members * 4096 + _MAX_HEADER

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > _MAX_HEADER:
            raise ArtifactTooLarge("the archive has a header of more than 1 MiB")
        block = self._source.read(size)
        self._position += len(block)
        if self._position > self._most:
            raise ArtifactTooLarge("the archive is larger unpacked than the limits allow")
        return block

    def tell(self) -> int:
        return self._position

    def seek(self, position: int, whence: int = 0) -> int:
        if whence != 0 or position < self._position:
            raise tarfile.ReadError("the archive asks to be read backwards")
        while self._position < position and self.read(min(BLOCK, position - self._position)):
            pass
        return self._position


@contextmanager
def open_tar(packed: BinaryIO, limits: Limits) -> Iterator[tarfile.TarFile]:
    """A tar archive, read forward only from an unpacked stream; ArtifactTooLarge beyond `limits`."""
    with tarfile.TarFile(fileobj=cast(BinaryIO, _Forward(packed, limits)), mode="r") as tar:
        yield tar


@contextmanager
def archive_faults(kind: str) -> Iterator[None]:
    """What the libraries say of a broken archive, in our words; writing errors pass."""
    try:
        yield
    except (tarfile.TarError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, EOFError) as fault:
        raise ArtifactInvalid(f"not a complete {kind} archive: {fault}") from fault
    except (NotImplementedError, RuntimeError) as fault:
        raise ArtifactInvalid(
            f"the {kind} archive is encrypted or packed in an unknown way: {fault}"
        ) from fault
    except (UnicodeEncodeError, ValueError) as fault:
        raise ArtifactInvalid(f"the {kind} archive has a name that cannot be: {fault}") from fault
