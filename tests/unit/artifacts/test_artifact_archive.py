"""Packing, and packing followed by unpacking."""

from __future__ import annotations

import gzip
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from workflows.artifacts import (
    Archive,
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactTooLarge,
    Limits,
    file_name,
    pack,
    read_archive,
    untar,
    unzip,
)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (None, Archive("tar", 6, explicit=False)),
        ({}, Archive("tar", 6, explicit=False)),
        ({"none": None}, Archive("tar", 6, explicit=False)),
        ({"none": {}}, Archive("none", 6, explicit=True)),
        ({"zip": {}}, Archive("zip", 6, explicit=True)),
        ({"tar": {}}, Archive("tar", 6, explicit=True)),
        ({"tar": {"compressionLevel": 9}}, Archive("tar", 9, explicit=True)),
        ({"tar": {"compressionLevel": 0}}, Archive("tar", 0, explicit=True)),
        ({"tar": {"compressionLevel": -1}}, Archive("tar", 6, explicit=True)),
    ],
    ids=str,
)
def test_the_strategy_is_read(fields: object, expected: Archive) -> None:
    assert read_archive(fields) == expected


@pytest.mark.parametrize(
    "fields",
    [
        "tar",
        {"rar": {}},
        {"tar": {}, "zip": {}},
        {"tar": {"compressionLevel": 10}},
        {"tar": {"compressionLevel": "1"}},
        {"tar": {"compressionLevel": True}},
    ],
    ids=str,
)
def test_strategies_that_cannot_be_are_refused(fields: object) -> None:
    with pytest.raises(ArtifactInvalid):
        read_archive(fields)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (None, "result.tgz"),
        ({"tar": {}}, "result.tgz"),
        ({"zip": {}}, "result.zip"),
        ({"none": {}}, "hello.txt"),
    ],
    ids=str,
)
def test_the_key_ends_with_the_archives_name(fields: object, expected: str) -> None:
    assert file_name(read_archive(fields), "result", "/tmp/out/hello.txt") == expected


def make_tree(root: Path) -> Path:
    (root / "s").mkdir(parents=True)
    (root / "a").write_text("a")
    (root / "a").chmod(0o755)
    (root / "s/b").write_bytes(b"b" * 300_000)
    (root / "empty").mkdir()
    (root / "link").symlink_to("s/b")
    os.link(root / "a", root / "twin")
    os.mkfifo(root / "pipe")
    return root


@pytest.mark.argo("7-archive")
def test_a_tar_archive_gives_the_folder_back(tmp_path: Path) -> None:
    left_out = pack(make_tree(tmp_path / "tree"), tmp_path / "a.tgz", Archive())
    untar(tmp_path / "a.tgz", tmp_path / "out")

    assert left_out == ["tree/pipe"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "empty", "link", "s", "twin"]
    assert (tmp_path / "out/twin").read_text() == "a"
    assert os.readlink(tmp_path / "out/link") == "s/b"
    assert (tmp_path / "out/s/b").read_bytes() == b"b" * 300_000
    assert stat.S_IMODE((tmp_path / "out/a").stat().st_mode) == 0o755


def test_a_zip_archive_gives_files_and_folders_back(tmp_path: Path) -> None:
    left_out = pack(make_tree(tmp_path / "tree"), tmp_path / "a.zip", Archive("zip"))
    unzip(tmp_path / "a.zip", tmp_path / "out")

    assert left_out == ["tree/link", "tree/pipe"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "empty", "s", "twin"]
    assert (tmp_path / "out/s/b").read_bytes() == b"b" * 300_000
    assert stat.S_IMODE((tmp_path / "out/a").stat().st_mode) == 0o755


@pytest.mark.parametrize("archive", ["tar", "zip"])
def test_members_begin_with_the_base_name(tmp_path: Path, archive: str) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/f").write_text("x")

    pack(tmp_path / "d", tmp_path / "folder", read_archive({archive: {}}))
    pack(tmp_path / "d/f", tmp_path / "file", read_archive({archive: {}}))

    assert names(tmp_path / "folder", archive) == ["d", "d/f"]
    assert names(tmp_path / "file", archive) == ["f"]


def names(archive: Path, kind: str) -> list[str]:
    if kind == "zip":
        with zipfile.ZipFile(archive) as packed:
            return [name.rstrip("/") for name in packed.namelist()]
    with tarfile.open(archive) as tar:
        return tar.getnames()


def test_the_level_changes_the_size_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"compressible " * 10_000)

    sizes = {}
    for level in (0, 1, 9):
        target = tmp_path / f"{level}.tgz"
        pack(tmp_path / "f", target, Archive("tar", level))
        sizes[level] = target.stat().st_size

    assert sizes[0] > 130_000 > sizes[1] > sizes[9]
    assert gzip.decompress((tmp_path / "0.tgz").read_bytes()) == gzip.decompress(
        (tmp_path / "9.tgz").read_bytes()
    )


def test_packing_nothing_or_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(ArtifactNotFound):
        pack(tmp_path / "missing", tmp_path / "a.tgz", Archive())
    with pytest.raises(ArtifactInvalid):
        pack(tmp_path / "pipe", tmp_path / "a.tgz", Archive())

    assert not (tmp_path / "a.tgz").exists()


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_packing_stops_at_the_limit(tmp_path: Path, kind: str) -> None:
    (tmp_path / "f").write_bytes(b"x" * 100)

    with pytest.raises(ArtifactTooLarge):
        pack(tmp_path / "f", tmp_path / "a", read_archive({kind: {}}), limits=Limits(max_bytes=99))

    assert [path.name for path in tmp_path.iterdir()] == ["f"]
