"""Folders sent as one archive."""

from __future__ import annotations

import gzip
import io
import subprocess
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from workflows.artifacts import StoreUnavailable
from workflows.artifacts.bundling import Bundled, Format, bundle

FILES = {
    "out/a.txt": b"a" * 700,
    "out/empty": b"",
    "out/deep/ü 文.txt": bytes(range(256)) * 4_000,
    "n" * 150: b"1",
}


def bundled(files: dict[str, bytes]) -> list[Bundled]:
    return [
        Bundled(name, len(content), lambda content=content: io.BytesIO(content))
        for name, content in files.items()
    ]


def unpacked(archive: bytes, form: Format) -> dict[str, bytes]:
    if form == "zip":
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            assert packed.testzip() is None
            return {name: packed.read(name) for name in packed.namelist()}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        return {member.name: (tar.extractfile(member) or io.BytesIO()).read() for member in tar}


@pytest.mark.parametrize("form", ["zip", "tar.gz"])
@pytest.mark.parametrize("files", [FILES, {}], ids=["several", "none"])
def test_all_files_arrive(form: Format, files: dict[str, bytes]) -> None:
    assert unpacked(b"".join(bundle(bundled(files), form)), form) == files


def test_other_programs_read_the_tar(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(b"".join(bundle(bundled(FILES), "tar.gz")))

    listed = subprocess.run(
        ["tar", "-tzf", tmp_path / "a.tgz", "--quoting-style=literal"], capture_output=True, check=True
    )

    assert listed.stdout.decode().splitlines() == list(FILES)


@pytest.mark.parametrize("form", ["zip", "tar.gz"])
@pytest.mark.parametrize("told", [3, 5])
def test_a_file_of_another_length_ends_the_archive(form: Format, told: int) -> None:
    with pytest.raises(StoreUnavailable, match="changed while"):
        list(bundle([Bundled("a", told, lambda: io.BytesIO(b"1234"))], form))


@pytest.mark.parametrize("form", ["zip", "tar.gz"])
def test_memory_does_not_grow_with_the_files(form: Format, tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(64 * 1024**2)
    source = [Bundled("sparse", 64 * 1024**2, lambda: (tmp_path / "sparse").open("rb"))]

    tracemalloc.start()
    size = sum(len(block) for block in bundle(source, form))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 3 * 1024**2
    assert size < 1024**2


def test_nothing_is_opened_before_its_turn() -> None:
    opened: list[str] = []

    def opening(name: str) -> io.BytesIO:
        opened.append(name)
        return io.BytesIO(b"12")

    blocks = bundle([Bundled(name, 2, lambda name=name: opening(name)) for name in "ab"], "tar.gz")
    next(blocks)

    assert opened == ["a"]
    assert gzip.decompress(b"".join([*bundle([], "tar.gz")])) == bytes(1024)
