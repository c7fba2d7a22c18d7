"""Packing outputs: the archive strategies none, tar (gzip) and zip. Unpacking is `extraction`'s.

Source: Argo's `ArchiveStrategy` and util/archive. Differences: special files are left out and named in the
result instead of stored empty; zip members carry the base name only.
"""

from __future__ import annotations

import gzip
import os
import stat
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from workflows.artifacts import keys
from workflows.artifacts.errors import ArtifactInvalid, ArtifactNotFound
from workflows.artifacts.limits import BLOCK, DEFAULT_LIMITS, Budget, Limits
from workflows.artifacts.placing import placing

Format = Literal["none", "tar", "zip"]

_DEFAULT_LEVEL = 6  # what gzip itself takes for -1


@dataclass(frozen=True, slots=True)
class Archive:
    """An `archive` field. `explicit` is False where the manifest says nothing: then inputs are looked at."""

    format: Format = "tar"
    level: int = _DEFAULT_LEVEL
    explicit: bool = False


#: the manifest says nothing
UNSAID = Archive()


def read_archive(fields: object) -> Archive:
    """The `archive` of an artifact; None and {} mean tar on saving and a look at the content on loading."""
    if fields is None:
        return UNSAID
    if not isinstance(fields, Mapping):
        raise ArtifactInvalid("archive must be an object")
    named = [name for name in ("none", "tar", "zip") if fields.get(name) is not None]
    unknown = sorted(set(fields) - {"none", "tar", "zip"})
    if unknown or len(named) > 1:
        raise ArtifactInvalid(f"archive must be one of none, tar and zip, not {', '.join(map(str, fields))}")
    match named:
        case ["none"]:
            return Archive("none", explicit=True)
        case ["zip"]:
            return Archive("zip", explicit=True)
        case ["tar"]:
            return Archive("tar", _read_level(fields["tar"]), explicit=True)
    return UNSAID


def _read_level(fields: object) -> int:
    level = fields.get("compressionLevel") if isinstance(fields, Mapping) else None
    if level is None or level == -1:
        return _DEFAULT_LEVEL
    if not isinstance(level, int) or isinstance(level, bool) or not 0 <= level <= 9:
        raise ArtifactInvalid(f"compressionLevel must be from -1 to 9, not {level!r}")
    return level


def file_name(archive: Archive, name: str, path: str) -> str:
    """What an output artifact's key ends with. `path` is the artifact's path in the container."""
    match archive.format:
        case "none":
            return keys.clean(path).rpartition("/")[2]
        case "zip":
            return f"{name}.zip"
        case "tar":
            return f"{name}.tgz"


def pack(source: Path, target: Path, archive: Archive, *, limits: Limits = DEFAULT_LIMITS) -> list[str]:
    """Write `source`, a file or folder, as a tar or zip archive to `target`; returns what was left out.

    Members begin with the base name of `source`, so that unpacking gives the same file or folder.
    """
    if not source.exists():
        raise ArtifactNotFound(f"{source} no such file or directory")
    if not source.is_file() and not source.is_dir():
        raise ArtifactInvalid(f"{source} is not a regular file or directory")
    with placing(target) as temporary, temporary.open("xb") as out:
        if archive.format == "zip":
            return _pack_zip(source, out, Budget(limits))
        return _pack_tar(source, out, archive.level, Budget(limits))


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    path: Path
    status: os.stat_result


def _members(source: Path) -> Iterator[_Member]:
    """`source` itself (a link is followed) and all below it (links are not), sorted."""
    yield _Member(source.name, source, source.stat())
    if source.is_dir():
        yield from _members_below(source, source.name)


def _members_below(folder: Path, prefix: str) -> Iterator[_Member]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        member = _Member(f"{prefix}/{entry.name}", Path(entry.path), entry.stat(follow_symlinks=False))
        yield member
        if stat.S_ISDIR(member.status.st_mode):
            yield from _members_below(member.path, member.name)


def _pack_tar(source: Path, out: BinaryIO, level: int, budget: Budget) -> list[str]:
    left_out = []
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=level, fileobj=out, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for member in _members(source):
            budget.take_member(tuple(member.name.split("/")))
            header = _tar_header(member)
            if header is None:
                left_out.append(member.name)
            elif header.isreg():
                budget.take_bytes(header.size)
                with member.path.open("rb") as stream:
                    tar.addfile(header, stream)
            else:
                tar.addfile(header)
    return left_out


def _tar_header(member: _Member) -> tarfile.TarInfo | None:
    mode = member.status.st_mode
    header = tarfile.TarInfo(member.name)
    header.mode = stat.S_IMODE(mode)
    header.mtime = int(member.status.st_mtime)
    if stat.S_ISREG(mode):
        header.size = member.status.st_size
        return header
    if stat.S_ISDIR(mode):
        header.type = tarfile.DIRTYPE
        return header
    if stat.S_ISLNK(mode):
        header.type = tarfile.SYMTYPE
        header.linkname = os.readlink(member.path)
        return header
    return None


def _pack_zip(source: Path, out: BinaryIO, budget: Budget) -> list[str]:
    left_out = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in _members(source):
            budget.take_member(tuple(member.name.split("/")))
            mode = member.status.st_mode
            if stat.S_ISDIR(mode):
                archive.writestr(_zip_header(f"{member.name}/", mode), b"")
            elif stat.S_ISREG(mode):
                header = _zip_header(member.name, mode)
                with member.path.open("rb") as stream, archive.open(header, "w", force_zip64=True) as entry:
                    while block := stream.read(BLOCK):
                        budget.take_bytes(len(block))
                        entry.write(block)
            else:
                left_out.append(member.name)
    return left_out


def _zip_header(name: str, mode: int) -> zipfile.ZipInfo:
    header = zipfile.ZipInfo(name)
    header.compress_type = zipfile.ZIP_DEFLATED
    header.external_attr = (mode & 0xFFFF) << 16
    return header
