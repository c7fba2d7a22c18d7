"""The local folder: what keys may do to it and what a killed writer leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workflows.artifacts import ArtifactInvalid, ArtifactNotFound, ArtifactTooLarge, Limits, Stat, Stored
from workflows.artifacts.folder import FolderDriver

PROJECT = Path(__file__).parents[3]

#: saves argv[2] to argv[1] and stops for ever where argv[3] says, after telling so
WRITER = """
import sys, signal
from pathlib import Path
from workflows.artifacts import folder, limits

def stop(*arguments, **named):
    print("here", flush=True)
    signal.pause()

def stop_in_the_middle(self, source, target):
    target.write(source.read(10))
    target.flush()
    stop()

root, source, moment = sys.argv[1:]
if moment == "copying":
    limits.Budget.copy = stop_in_the_middle
elif moment == "before the rename":
    folder.os.replace = stop
elif moment == "second file":
    copy, seen = limits.Budget.copy, []
    def copy_one(self, source, target):
        seen.append(1)
        return copy(self, source, target) if len(seen) < 2 else stop()
    limits.Budget.copy = copy_one
folder.FolderDriver(Path(root)).save(Path(source), "run/result")
"""


def kill_while_saving(root: Path, source: Path, moment: str) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(root), str(source), moment],
        stdout=subprocess.PIPE,
        cwd=PROJECT,
    )
    with writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"here\n"
        writer.send_signal(signal.SIGKILL)
    assert writer.returncode == -signal.SIGKILL


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    (tmp_path / "tree/s").mkdir(parents=True)
    for name in ("a", "b", "s/c"):
        (tmp_path / "tree" / name).write_bytes(b"y" * 1000)
    return {"file": tmp_path / "file", "tree": tmp_path / "tree"}


@pytest.mark.parametrize(
    ("source", "moment"),
    [
        ("file", "copying"),
        ("file", "before the rename"),
        ("tree", "copying"),
        ("tree", "second file"),
        ("tree", "before the rename"),
    ],
)
def test_nothing_of_a_killed_save_is_visible(
    tmp_path: Path, sources: dict[str, Path], source: str, moment: str
) -> None:
    driver = FolderDriver(tmp_path / "store")

    kill_while_saving(tmp_path / "store", sources[source], moment)

    assert driver.list("run") == []
    with pytest.raises(ArtifactNotFound):
        driver.stat("run/result")
    with pytest.raises(ArtifactNotFound):
        driver.load("run/result", tmp_path / "out")
    assert driver.sweep() == 1
    assert list((tmp_path / "store/incoming").iterdir()) == []
    driver.save(sources[source], "run/result")
    assert driver.stat("run/result").is_directory is (source == "tree")


def test_a_killed_save_leaves_what_was_there(tmp_path: Path, sources: dict[str, Path]) -> None:
    driver = FolderDriver(tmp_path / "store")
    (tmp_path / "old").write_bytes(b"old")
    driver.save(tmp_path / "old", "run/result")

    kill_while_saving(tmp_path / "store", sources["file"], "before the rename")

    with driver.open("run/result") as stream:
        assert stream.read() == b"old"


@pytest.mark.parametrize(
    "key",
    ["../escape", "a/../../escape", "", "/", "a\0b", "a/./b"],
    ids=["up", "up later", "none", "root", "nul", "dot"],
)
def test_keys_cannot_leave_the_folder(tmp_path: Path, sources: dict[str, Path], key: str) -> None:
    driver = FolderDriver(tmp_path / "store")
    before = sorted(path.name for path in tmp_path.iterdir())

    for action in (
        lambda: driver.save(sources["file"], key),
        lambda: driver.load(key, tmp_path / "out"),
        lambda: driver.open(key),
        lambda: driver.list(key if key.strip("/") else ".."),
        lambda: driver.delete(key),
        lambda: driver.stat(key),
    ):
        with pytest.raises(ArtifactInvalid):
            action()

    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize("key", ["", "/"])
def test_the_whole_store_can_be_listed(tmp_path: Path, sources: dict[str, Path], key: str) -> None:
    driver = FolderDriver(tmp_path / "store")
    assert driver.list(key) == []

    driver.save(sources["file"], "run/result")

    assert [stored.key for stored in driver.list(key)] == ["run/result"]


@pytest.mark.parametrize("key", ["link", "link/inside", "inner/link"])
def test_links_in_the_folder_are_not_followed(tmp_path: Path, key: str) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/inside").write_text("secret")
    objects = tmp_path / "store/objects"
    (objects / "inner").mkdir(parents=True)
    for name in ("link", "inner/link"):
        (objects / name).symlink_to(tmp_path / "outside")
    driver = FolderDriver(tmp_path / "store")

    with pytest.raises(ArtifactInvalid, match="link"):
        driver.open(key)
    with pytest.raises(ArtifactInvalid, match="link"):
        driver.save(tmp_path / "outside/inside", key)

    assert driver.list("inner") == []


def test_a_key_is_a_file_or_a_folder(tmp_path: Path, sources: dict[str, Path]) -> None:
    driver = FolderDriver(tmp_path / "store")
    driver.save(sources["file"], "a")
    driver.save(sources["tree"], "b")

    for source, key in [("file", "a/below"), ("tree", "a"), ("file", "b"), ("file", "b/s")]:
        with pytest.raises(ArtifactInvalid, match="another key"):
            driver.save(sources[source], key)

    assert [stored.key for stored in driver.list("b")] == ["b/a", "b/b", "b/s/c"]
    assert driver.stat("a") == Stat(False, 100_000)


def test_deleting_the_last_file_removes_its_empty_folders(tmp_path: Path, sources: dict[str, Path]) -> None:
    driver = FolderDriver(tmp_path / "store")
    driver.save(sources["file"], "run/pod/a")
    driver.save(sources["file"], "run/b")

    driver.delete("run/pod/a")

    assert os.listdir(tmp_path / "store/objects/run") == ["b"]
    assert driver.list("run") == [Stored("run/b", 100_000)]


@pytest.mark.parametrize("limits", [Limits(max_bytes=2999), Limits(max_members=2), Limits(max_depth=1)])
def test_a_save_beyond_the_limits_leaves_nothing(
    tmp_path: Path, sources: dict[str, Path], limits: Limits
) -> None:
    driver = FolderDriver(tmp_path / "store", limits=limits)

    with pytest.raises(ArtifactTooLarge):
        driver.save(sources["tree"], "key")

    assert list((tmp_path / "store/objects").iterdir()) == []
    assert list((tmp_path / "store/incoming").iterdir()) == []


def test_only_the_owner_may_look_into_the_folder(tmp_path: Path, sources: dict[str, Path]) -> None:
    FolderDriver(tmp_path / "store").save(sources["file"], "run/a")

    assert {(tmp_path / "store" / name).stat().st_mode & 0o077 for name in ("objects", "incoming")} == {0}
