"""Archives made to do harm, and what honest ones become."""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from workflows.artifacts import ArtifactInvalid, ArtifactTooLarge, Limits, is_tarball, set_mode, untar, unzip

Member = tuple[tarfile.TarInfo, bytes]


def file(name: str, content: bytes = b"x", mode: int = 0o644) -> Member:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), mode
    return info, content


def special(name: str, kind: bytes, target: str = "") -> Member:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def folder(name: str) -> Member:
    return special(name, tarfile.DIRTYPE)


def link(name: str, target: str) -> Member:
    return special(name, tarfile.SYMTYPE, target)


def hard(name: str, target: str) -> Member:
    return special(name, tarfile.LNKTYPE, target)


def tgz(place: Path, *members: Member) -> Path:
    with tarfile.open(place, "w:gz") as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return place


def snapshot(root: Path) -> dict[str, str]:
    """Every path below `root`: a file's content, a link's target, "/" for a folder."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"
        else:
            found[name] = "/" if path.is_dir() else path.read_text()
    return found


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([file("only")], {"out": "x"}),
        ([folder("d"), file("d/a"), file("d/s/b")], {"out": "/", "out/a": "x", "out/s": "/", "out/s/b": "x"}),
        ([file("a"), file("b")], {"out": "/", "out/a": "x", "out/b": "x"}),
        ([], {"out": "/"}),
        ([folder("d")], {"out": "/"}),
        ([file("/etc/a"), file("b")], {"out": "/", "out/b": "x", "out/etc": "/", "out/etc/a": "x"}),
        ([file("./a"), file("s/../b")], {"out": "/", "out/a": "x", "out/b": "x"}),
        ([file("a", b"old"), file("a", b"new"), file("b")], {"out": "/", "out/a": "new", "out/b": "x"}),
        (
            [file("d/a"), link("d/l", "a"), link("d/s/up", "../a")],
            {"out": "/", "out/a": "x", "out/l": "-> a", "out/s": "/", "out/s/up": "-> ../a"},
        ),
        ([file("d/a", b"same"), hard("d/b", "d/a")], {"out": "/", "out/a": "same", "out/b": "same"}),
        ([link("l", "a"), file("l", b"file"), file("a")], {"out": "/", "out/a": "x", "out/l": "file"}),
        ([file("d/a"), link("d/dangling", "later")], {"out": "/", "out/a": "x", "out/dangling": "-> later"}),
    ],
    ids=[
        "one file",
        "one folder",
        "several at the top",
        "nothing",
        "an empty folder",
        "a name from the root",
        "names to be cleaned",
        "a name twice",
        "links inside",
        "a hard link",
        "a file after a link of its name",
        "a link to nothing",
    ],
)
def test_what_a_tar_archive_becomes(tmp_path: Path, members: list[Member], expected: dict[str, str]) -> None:
    target = tmp_path / "place"
    target.mkdir()

    left_out = untar(tgz(tmp_path / "a.tgz", *members), target / "out")

    assert snapshot(target) == expected
    assert left_out == []


@pytest.mark.parametrize(
    "members",
    [
        [file("../evil")],
        [file("a/../../evil")],
        [file("/../evil")],
        [folder("..")],
        [link("l", "/etc/passwd")],
        [link("l", "../../etc/passwd"), file("a")],
        [link("d/l", "../../x"), file("d/a")],
        [file("d/a"), link("d/l", "../out2")],
        [link("l", ".."), file("a")],
        [link("dir", "/tmp"), file("dir/evil")],
        [link("dir", "other"), folder("other"), file("dir/evil")],
        [file("dir/evil"), link("dir", "/tmp")],
        [folder("d"), link("d", "/tmp")],
        [folder("a/b"), link("a/b/l", "../../a"), link("a/b/m", "l/../.."), file("z")],
        [link("one", "two"), link("two", "../.."), file("z")],
        [hard("h", "/etc/passwd")],
        [hard("h", "../../etc/passwd")],
        [hard("h", "missing")],
        [link("l", "/etc/passwd"), hard("h", "l")],
        [file("a"), file("a/b")],
        [file("a/b"), file("a")],
        [file("")],
        [link("self", "self")],
    ],
    ids=lambda members: " ".join(f"{info.name}→{info.linkname}" for info, _ in members),
)
def test_archives_that_reach_outside_are_refused_whole(tmp_path: Path, members: list[Member]) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "place").mkdir()
    (tmp_path / "secret").write_text("secret")

    with pytest.raises(ArtifactInvalid):
        untar(tgz(tmp_path / "in/a.tgz", *members), tmp_path / "place/out")

    assert snapshot(tmp_path / "place") == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "place", "secret"]


@pytest.mark.parametrize(
    "kind", [tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE], ids=["fifo", "char", "block"]
)
def test_devices_and_pipes_are_left_out_and_named(tmp_path: Path, kind: bytes) -> None:
    left_out = untar(tgz(tmp_path / "a.tgz", file("a"), special("dev", kind), file("b")), tmp_path / "out")

    assert left_out == ["dev"]
    assert snapshot(tmp_path / "out") == {"a": "x", "b": "x"}


def test_permission_bits_are_kept_and_others_dropped(tmp_path: Path) -> None:
    untar(tgz(tmp_path / "a.tgz", file("a", mode=0o4755), file("b", mode=0o400)), tmp_path / "out")

    modes = [stat.S_IMODE((tmp_path / "out" / name).stat().st_mode) for name in "ab"]
    assert modes == [0o755, 0o400]


@pytest.mark.parametrize(
    ("limits", "members"),
    [
        (Limits(max_bytes=10), [file("a", b"12345"), file("b", b"123456")]),
        (Limits(max_members=2), [file("a"), file("b"), file("c")]),
        (Limits(max_depth=3), [file("a/b/c/d")]),
        (Limits(max_bytes=10), [file("a", b"123456"), hard("b", "a")]),
    ],
    ids=["bytes", "members", "depth", "bytes by hard links"],
)
def test_limits_hold(tmp_path: Path, limits: Limits, members: list[Member]) -> None:
    archive = tgz(tmp_path / "a.tgz", *members)

    with pytest.raises(ArtifactTooLarge):
        untar(archive, tmp_path / "out", limits=limits)

    assert [path.name for path in tmp_path.iterdir()] == ["a.tgz"]


def test_a_gzip_bomb_ends_at_the_limit(tmp_path: Path) -> None:
    info = tarfile.TarInfo("zeros")
    info.size = 200 * 1024**2
    with gzip.open(tmp_path / "a.tgz", "wb", compresslevel=1) as packed:
        packed.write(info.tobuf())
        for _ in range(32):
            packed.write(bytes(1024**2))

    with pytest.raises(ArtifactTooLarge):
        untar(tmp_path / "a.tgz", tmp_path / "out", limits=Limits(max_bytes=1024**2))

    assert [path.name for path in tmp_path.iterdir()] == ["a.tgz"]


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME], ids=["pax", "gnu long name"])
def test_a_header_that_would_fill_the_memory_is_refused(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("header")
    info.type, info.size = kind, 4 * 1024**2
    with gzip.open(tmp_path / "a.tgz", "wb", compresslevel=1) as packed:
        packed.write(info.tobuf(tarfile.GNU_FORMAT) + bytes(4 * 1024**2))

    with pytest.raises(ArtifactTooLarge):
        untar(tmp_path / "a.tgz", tmp_path / "out")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"no archive",
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:20] + b"\xff\xff\xff\xff" + content[24:],
        lambda content: gzip.compress(b"gzip, but no tar in it"),
    ],
    ids=["text", "empty", "cut off", "broken", "no tar inside"],
)
def test_broken_archives_are_invalid(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    content = tgz(tmp_path / "a.tgz", file("a", os.urandom(5000)), file("b", os.urandom(5000))).read_bytes()
    (tmp_path / "a.tgz").write_bytes(spoil(content))

    with pytest.raises(ArtifactInvalid):
        untar(tmp_path / "a.tgz", tmp_path / "out")

    assert [path.name for path in tmp_path.iterdir()] == ["a.tgz"]


def zip_of(place: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return place


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"only": b"x"}, {"out": "x"}),
        ({"d/a": b"x", "d/s/b": b"y"}, {"out": "/", "out/a": "x", "out/s": "/", "out/s/b": "y"}),
        ({"a": b"x", "b/": b""}, {"out": "/", "out/a": "x", "out/b": "/"}),
        ({}, {"out": "/"}),
    ],
    ids=["one file", "one folder", "several at the top", "nothing"],
)
def test_what_a_zip_archive_becomes(
    tmp_path: Path, members: dict[str, bytes], expected: dict[str, str]
) -> None:
    target = tmp_path / "place"
    target.mkdir()

    unzip(zip_of(tmp_path / "a.zip", members), target / "out")

    assert snapshot(target) == expected


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/../evil"])
def test_zip_archives_that_reach_outside_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "place").mkdir()

    with pytest.raises(ArtifactInvalid):
        unzip(zip_of(tmp_path / "a.zip", {"good": b"x", name: b"x"}), tmp_path / "place/out")

    assert snapshot(tmp_path / "place") == {}
    assert not (tmp_path / "evil").exists()


def test_a_zip_link_becomes_a_file_and_leads_nowhere(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("l")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
        archive.writestr("b", "x")

    unzip(tmp_path / "a.zip", tmp_path / "out")

    assert snapshot(tmp_path / "out") == {"b": "x", "l": "/etc/passwd"}


def test_a_zip_bomb_ends_at_the_limit(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "a.zip", {"zeros": bytes(8 * 1024**2)})

    with pytest.raises(ArtifactTooLarge):
        unzip(archive, tmp_path / "out", limits=Limits(max_bytes=1024**2))

    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_a_broken_zip_is_invalid(tmp_path: Path) -> None:
    content = zip_of(tmp_path / "a.zip", {"a": os.urandom(1000)}).read_bytes()
    (tmp_path / "a.zip").write_bytes(content[:200] + b"\0\0\0\0" + content[204:])

    with pytest.raises(ArtifactInvalid):
        unzip(tmp_path / "a.zip", tmp_path / "out")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", False),
        (b"text", False),
        (gzip.compress(b"text"), False),
        (gzip.compress(b"x" * 2000), False),
        (b"\x1f\x8bbroken", False),
    ],
    ids=["empty", "text", "gzipped text", "longer gzipped text", "a gzip's beginning only"],
)
def test_what_is_no_tarball(tmp_path: Path, content: bytes, expected: bool) -> None:
    (tmp_path / "file").write_bytes(content)

    assert is_tarball(tmp_path / "file") is expected


def test_what_is_a_tarball(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "plain.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo("a"))

    assert is_tarball(tgz(tmp_path / "a.tgz", file("a")))
    assert not is_tarball(tmp_path / "plain.tar")
    assert not is_tarball(tmp_path)


@pytest.mark.argo("7-path-mode-recurse-mode")
def test_modes_are_set_alone_or_on_everything(tmp_path: Path) -> None:
    (tmp_path / "d/s").mkdir(parents=True)
    (tmp_path / "d/s/f").write_text("x")
    (tmp_path / "outside").write_text("x")
    (tmp_path / "outside").chmod(0o600)
    (tmp_path / "d/l").symlink_to(tmp_path / "outside")

    set_mode(tmp_path / "d", 0o750)
    alone = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("d", "d/s/f")]
    set_mode(tmp_path / "d", 0o700, recurse=True)
    everything = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("d", "d/s", "d/s/f", "outside")]

    assert alone == [0o750, 0o644]
    assert everything == [0o700, 0o700, 0o700, 0o600]


@pytest.mark.parametrize("mode", [-1, 0o1000, 0o4755])
def test_modes_beyond_permissions_are_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(ArtifactInvalid, match="0777"):
        set_mode(tmp_path, mode)
