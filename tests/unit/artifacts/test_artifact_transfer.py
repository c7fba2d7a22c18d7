"""Whole artifacts in and out: archives on the way, modes, optional ones, paths that lead out."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from workflows.artifacts import (
    Archive,
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactUnsupported,
    Delivery,
    Stat,
    load_input,
    read_delivery,
    save_output,
)
from workflows.artifacts.folder import FolderDriver
from workflows.artifacts.raw import RawDriver


@pytest.fixture
def store(tmp_path: Path) -> FolderDriver:
    return FolderDriver(tmp_path / "store")


def make_tree(place: Path) -> Path:
    (place / "s").mkdir(parents=True)
    (place / "s/f").write_text("f")
    (place / "g").write_text("g")
    return place


TAR, ZIP, NONE = (Archive(format, explicit=True) for format in ("tar", "zip", "none"))


@pytest.mark.parametrize(
    ("saved", "loaded", "is_unpacked"),
    [
        (Archive(), Archive(), True),
        (TAR, TAR, True),
        (ZIP, ZIP, True),
        (NONE, NONE, True),
        (NONE, Archive(), True),
        (Archive(), NONE, False),
        (ZIP, Archive(), False),
    ],
    ids=["unsaid", "tar", "zip", "none", "none then unsaid", "tar kept as it is", "zip is not recognised"],
)
def test_a_folder_arrives_as_it_left(
    tmp_path: Path, store: FolderDriver, saved: Archive, loaded: Archive, is_unpacked: bool
) -> None:
    save_output(store, "key", make_tree(tmp_path / "in"), Delivery("a", saved))
    load_input(store, "key", tmp_path / "work/out", Delivery("a", loaded))

    assert (tmp_path / "work/out").is_dir() is is_unpacked
    if is_unpacked:
        assert (tmp_path / "work/out/s/f").read_text() == "f"
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["out"]


@pytest.mark.parametrize("archive", [TAR, ZIP], ids=["tar", "zip"])
def test_what_is_no_archive_fails_when_one_is_named(
    tmp_path: Path, store: FolderDriver, archive: Archive
) -> None:
    (tmp_path / "f").write_text("no archive")
    store.save(tmp_path / "f", "file")
    store.save(make_tree(tmp_path / "tree"), "folder")

    for key in ("file", "folder"):
        with pytest.raises(ArtifactInvalid):
            load_input(store, key, tmp_path / "work/out", Delivery("a", archive))

    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize(
    ("recurse", "expected"), [(False, [0o750, 0o644]), (True, [0o750, 0o750])], ids=["alone", "recursive"]
)
@pytest.mark.argo("7-path-mode-recurse-mode")
def test_the_mode_is_set_after_unpacking(
    tmp_path: Path, store: FolderDriver, recurse: bool, expected: list[int]
) -> None:
    save_output(store, "key", make_tree(tmp_path / "in"), Delivery("a"))

    load_input(store, "key", tmp_path / "out", Delivery("a", mode=0o750, recurse_mode=recurse))

    assert [stat.S_IMODE((tmp_path / path).stat().st_mode) for path in ("out", "out/s/f")] == expected


def test_raw_text_arrives_and_cannot_be_saved(tmp_path: Path) -> None:
    driver = RawDriver("ü\n")

    load_input(driver, "", tmp_path / "out", Delivery("a"))

    assert (tmp_path / "out").read_bytes() == "ü\n".encode()
    assert driver.stat("") == Stat(False, 3)
    with pytest.raises(ArtifactUnsupported):
        save_output(driver, "", tmp_path / "out", Delivery("a", NONE))


def test_an_output_may_not_lead_out_of_the_nodes_folder(tmp_path: Path, store: FolderDriver) -> None:
    (tmp_path / "node").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "node/result").symlink_to(tmp_path / "secret")

    with pytest.raises(ArtifactInvalid, match="leads out"):
        save_output(store, "key", tmp_path / "node/result", Delivery("a"), within=tmp_path / "node")

    with pytest.raises(ArtifactNotFound):
        store.stat("key")


@pytest.mark.parametrize(
    ("artifact", "expected"),
    [
        ({"name": "a"}, Delivery("a")),
        (
            {"name": "a", "mode": 0o644, "recurseMode": True, "optional": True, "archive": {"none": {}}},
            Delivery("a", NONE, optional=True, mode=0o644, recurse_mode=True),
        ),
    ],
    ids=["least", "all"],
)
def test_a_delivery_is_read(artifact: dict[str, object], expected: Delivery) -> None:
    assert read_delivery(artifact) == expected


@pytest.mark.parametrize("mode", [-1, 512, "0644", True], ids=str)
def test_modes_that_cannot_be_are_refused(mode: object) -> None:
    with pytest.raises(ArtifactInvalid, match="mode"):
        read_delivery({"name": "a", "mode": mode})
