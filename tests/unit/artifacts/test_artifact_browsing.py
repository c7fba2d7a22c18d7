"""Looking into archives in place: what is inside, one member, and what hostile archives get."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from workflows.artifacts import ArtifactInvalid, ArtifactNotFound, ArtifactUnsupported, Limits
from workflows.artifacts.browsing import Kind, StoredFile, archive_kind, list_members, open_member
from workflows.artifacts.driver import Stored

Member = tuple[str, bytes]
NOISE = random.Random(1).randbytes(3_000_000)  # noqa: S311
MEMBERS: list[Member] = [("out/a.txt", b"a"), ("out/deep/b.txt", b"bb"), ("out/noise", NOISE)]


class CountingFile(io.BytesIO):
    """One opened download; counts what is read of all of them."""

    read_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        block = super().read(size)
        type(self).read_bytes += len(block)
        return block


def stored(content: bytes, *, size_is_told: bool = True) -> StoredFile:
    CountingFile.read_bytes = 0
    return StoredFile(len(content) if size_is_told else None, lambda start: CountingFile(content[start:]))


def tar(members: Iterable[Member], *extra: tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in extra:
            archive.addfile(info)
    return out.getvalue()


def zipped(members: Iterable[Member]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("out/", b"")
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


ARCHIVES: dict[Kind, bytes] = {
    "tar": tar(MEMBERS),
    "tgz": gzip.compress(tar(MEMBERS), 1),
    "zip": zipped(MEMBERS),
}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("run/pod/main.tgz", "tgz"),
        ("a.TAR.GZ", "tgz"),
        ("a.tar", "tar"),
        ("a.zip", "zip"),
        ("a.gz", None),
        ("tgz", None),
        ("a.tgz.txt", None),
    ],
)
def test_archives_are_told_by_their_names(name: str, kind: Kind | None) -> None:
    assert archive_kind(name) == kind


@pytest.mark.parametrize("kind", ["tar", "tgz", "zip"])
def test_files_inside_are_listed(kind: Kind) -> None:
    found = list_members(stored(ARCHIVES[kind]), kind)

    assert found.files == [Stored(name, len(content)) for name, content in MEMBERS]
    assert found.is_whole


@pytest.mark.parametrize("kind", ["tar", "tgz", "zip"])
@pytest.mark.parametrize("name", ["out/deep/b.txt", "./out//deep/b.txt", "out/noise"])
def test_a_member_is_read_in_place(kind: Kind, name: str) -> None:
    expected = NOISE if name == "out/noise" else b"bb"

    stream, size = open_member(stored(ARCHIVES[kind]), kind, name)

    with stream:
        assert stream.read() == expected
    assert size == len(expected)


def test_of_a_zip_only_the_table_and_the_member_are_read() -> None:
    stream, _ = open_member(stored(ARCHIVES["zip"]), "zip", "out/a.txt")
    with stream:
        assert stream.read() == b"a"

    assert CountingFile.read_bytes < 100_000


def test_listing_a_zip_reads_no_member() -> None:
    list_members(stored(ARCHIVES["zip"]), "zip")

    assert CountingFile.read_bytes < 100_000


@pytest.mark.parametrize("kind", ["tar", "tgz", "zip"])
@pytest.mark.parametrize("name", ["out", "out/", "missing", "", "../out/a.txt", "out/../../a.txt", "a\0b"])
def test_what_is_not_inside_is_not_found(kind: Kind, name: str) -> None:
    with pytest.raises(ArtifactNotFound):
        open_member(stored(ARCHIVES[kind]), kind, name)


def test_names_that_climb_out_links_and_devices_are_left_out() -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    device = tarfile.TarInfo("device")
    device.type = tarfile.CHRTYPE
    names = ["../up", "a/../../up", "/etc/passwd", "fine"]
    hostile = tar([(name, b"1") for name in names], link, device)

    found = list_members(stored(hostile), "tar")

    assert [file.key for file in found.files] == ["etc/passwd", "fine"]
    with pytest.raises(ArtifactNotFound):
        open_member(stored(hostile), "tar", "link")


@pytest.mark.parametrize("kind", ["tar", "tgz", "zip"])
def test_too_many_members_end_the_look(kind: Kind) -> None:
    found = list_members(stored(ARCHIVES[kind]), kind, limits=Limits(max_members=2))

    assert [file.key for file in found.files] == ["out/a.txt", "out/deep/b.txt"]
    assert not found.is_whole


def test_a_bomb_ends_the_look() -> None:
    bomb = gzip.compress(tar([("small", b"1"), ("zeros", bytes(20_000_000)), ("behind", b"2")]))

    found = list_members(stored(bomb), "tgz", limits=Limits(max_bytes=1_000_000, max_members=100))

    assert [file.key for file in found.files] == ["small", "zeros"]
    assert not found.is_whole


def test_a_zip_with_a_huge_table_is_not_read() -> None:
    names = (f"{'n' * 200}{number}" for number in range(20_000))
    archive = zipped((name, b"") for name in names)

    with pytest.raises(ArtifactUnsupported, match="too many members"):
        list_members(stored(archive), "zip")


@pytest.mark.parametrize("kind", ["tar", "tgz", "zip"])
@pytest.mark.parametrize(
    "content", [b"", b"no archive at all" * 100, b"\x1f\x8b\x08\x00", b"PK\x05\x06" + b"\xff" * 18]
)
def test_what_is_no_archive_is_refused(kind: Kind, content: bytes) -> None:
    with pytest.raises(ArtifactInvalid):
        list_members(stored(content), kind)


def test_a_member_that_breaks_off_is_an_error() -> None:
    half = ARCHIVES["tgz"][: len(NOISE) // 2]

    with pytest.raises(ArtifactInvalid), open_member(stored(half), "tgz", "out/noise")[0] as stream:
        stream.read()


def test_a_member_with_other_bytes_than_were_packed_is_an_error() -> None:
    broken = bytearray(ARCHIVES["zip"])
    broken[len(broken) // 2] ^= 1

    with pytest.raises(ArtifactInvalid), open_member(stored(bytes(broken)), "zip", "out/noise")[0] as stream:
        stream.read()


def test_a_zip_whose_size_is_not_told_cannot_be_read_but_a_tar_can() -> None:
    with pytest.raises(ArtifactUnsupported):
        list_members(stored(ARCHIVES["zip"], size_is_told=False), "zip")

    assert len(list_members(stored(ARCHIVES["tgz"], size_is_told=False), "tgz").files) == 3


def test_an_archive_on_disk_is_closed_again(tmp_path: Path) -> None:
    path = tmp_path / "a.tgz"
    path.write_bytes(ARCHIVES["tgz"])
    opened = []

    def opening(start: int) -> io.BufferedReader:
        opened.append(path.open("rb"))
        opened[-1].seek(start)
        return opened[-1]

    stream, _ = open_member(StoredFile(path.stat().st_size, opening), "tgz", "out/a.txt")
    stream.close()

    assert [file.closed for file in opened] == [True]
