"""What every store that takes artifacts owes its callers, on a folder and on a real S3 server process."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.artifact_servers import ACCESS_KEY, SECRET_KEY, s3_server
from workflows.artifacts import (
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactRefused,
    ArtifactTooLarge,
    ArtifactUnsupported,
)
from workflows.artifacts.archive import read_archive
from workflows.artifacts.driver import Driver, Stat, Stored
from workflows.artifacts.folder import FolderDriver
from workflows.artifacts.limits import Limits
from workflows.artifacts.s3 import S3Credentials, S3Driver
from workflows.artifacts.stores import S3, BucketCreation
from workflows.artifacts.transfer import Delivery, load_input, save_output


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3")) as endpoint:
        yield endpoint


def test_the_s3_server_refuses_a_wrong_signature(s3_endpoint: str) -> None:
    store = S3(endpoint=s3_endpoint, bucket="bucket", insecure=True)

    with pytest.raises(ArtifactRefused, match="SignatureDoesNotMatch"):
        S3Driver(store, S3Credentials(ACCESS_KEY, "wrong")).open("key")


@pytest.fixture(params=["folder", "s3"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def open_store(
    kind: str, request: pytest.FixtureRequest, root: Path, *, limits: Limits | None = None
) -> Driver:
    limits = limits or Limits()
    if kind == "folder":
        return FolderDriver(root / "store", limits=limits)
    store = S3(
        endpoint=request.getfixturevalue("s3_endpoint"),
        bucket=f"bucket-{zlib.crc32(request.node.name.encode())}",
        insecure=True,
        create_bucket_if_not_present=BucketCreation(),
    )
    return S3Driver(store, S3Credentials(ACCESS_KEY, SECRET_KEY), limits=limits)


@pytest.fixture
def driver(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Driver:
    return open_store(kind, request, tmp_path)


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize(
    "content",
    [b"", b"hello\n", bytes(range(256)) * 40_000],
    ids=["empty", "small", "ten megabytes: several parts"],
)
@pytest.mark.argo("7-store-drivers")
def test_a_saved_file_is_loaded_byte_for_byte(driver: Driver, tmp_path: Path, content: bytes) -> None:
    driver.save(write(tmp_path / "in", content), "run/pod/file.bin")

    driver.load("run/pod/file.bin", tmp_path / "deep" / "out")

    assert (tmp_path / "deep" / "out").read_bytes() == content
    assert driver.stat("run/pod/file.bin") == Stat(False, len(content))
    with driver.open("run/pod/file.bin") as stream:
        assert stream.read() == content


@pytest.mark.parametrize("start", [0, 1, 300_000, 999_999])
def test_a_file_is_read_from_any_byte_on(driver: Driver, tmp_path: Path, start: int) -> None:
    content = bytes(range(250)) * 4_000
    driver.save(write(tmp_path / "in", content), "run/file")

    with driver.open("run/file", start) as stream:
        assert stream.read() == content[start:]


def test_the_version_tells_one_content_from_another(driver: Driver, tmp_path: Path) -> None:
    driver.save(write(tmp_path / "one", b"one"), "run/file")
    first, again = driver.stat("run/file").version, driver.stat("run/file").version
    driver.save(write(tmp_path / "two", b"two"), "run/file")

    assert first
    assert first == again
    assert driver.stat("run/file").version != first


FOLDER = {"a.txt": b"a", "sub/b.txt": b"bb", "sub/deep/ü 文.txt": b"ccc"}


def save_folder(driver: Driver, place: Path, key: str) -> None:
    for name, content in FOLDER.items():
        write(place / name, content)
    (place / "empty").mkdir()
    (place / "link").symlink_to("a.txt")
    driver.save(place, key)


def test_a_folder_is_saved_as_one_key_per_file(driver: Driver, tmp_path: Path) -> None:
    save_folder(driver, tmp_path / "in", "run/folder")

    driver.load("run/folder", tmp_path / "out")

    assert tree(tmp_path / "out") == FOLDER
    assert driver.list("run/folder") == [
        Stored("run/folder/a.txt", 1),
        Stored("run/folder/sub/b.txt", 2),
        Stored("run/folder/sub/deep/ü 文.txt", 3),
    ]
    assert driver.stat("run/folder") == Stat(is_directory=True)


@pytest.mark.parametrize(
    ("key", "expected"),
    [("run/folder", True), ("run/folder/", True), ("run/fold", False), ("run/folder/a.txt", False)],
)
def test_a_folder_is_told_from_a_file_and_from_half_a_name(
    driver: Driver, tmp_path: Path, key: str, expected: bool
) -> None:
    save_folder(driver, tmp_path / "in", "run/folder")

    assert driver.is_directory(key) is expected


def test_a_file_inside_a_saved_folder_is_loaded_by_its_own_key(driver: Driver, tmp_path: Path) -> None:
    save_folder(driver, tmp_path / "in", "run/folder")

    driver.load("run/folder/sub/b.txt", tmp_path / "out")

    assert (tmp_path / "out").read_bytes() == b"bb"


def test_saving_again_replaces_the_file(driver: Driver, tmp_path: Path) -> None:
    driver.save(write(tmp_path / "first", b"a longer first"), "key")
    driver.save(write(tmp_path / "second", b"second"), "key")

    with driver.open("key") as stream:
        assert stream.read() == b"second"


def test_folders_saved_to_one_key_are_merged(driver: Driver, tmp_path: Path) -> None:
    driver.save(write(tmp_path / "one/same", b"old").parent, "all")
    write(tmp_path / "two/same", b"new")
    driver.save(write(tmp_path / "two/in/other", b"other").parents[1], "all")

    driver.load("all", tmp_path / "out")

    assert tree(tmp_path / "out") == {"same": b"new", "in/other": b"other"}


@pytest.mark.parametrize("key", ["nothing", "run", "run/", "run/fil", "run/file/", "run/file/x"])
def test_what_is_not_there_is_not_found(driver: Driver, tmp_path: Path, key: str) -> None:
    driver.save(write(tmp_path / "in", b"x"), "elsewhere/file")

    with pytest.raises(ArtifactNotFound):
        driver.load(key, tmp_path / "out")
    with pytest.raises(ArtifactNotFound):
        driver.open(key)
    with pytest.raises(ArtifactNotFound):
        driver.stat(key)

    assert not (tmp_path / "out").exists()
    assert driver.list(key) == []


def test_saving_what_does_not_exist_is_not_found(driver: Driver, tmp_path: Path) -> None:
    with pytest.raises(ArtifactNotFound, match="no such file or directory"):
        driver.save(tmp_path / "missing", "key")


def test_a_folder_is_no_stream(driver: Driver, tmp_path: Path) -> None:
    save_folder(driver, tmp_path / "in", "run/folder")

    with pytest.raises(ArtifactUnsupported):
        driver.open("run/folder")


def test_delete_removes_a_file_and_can_be_repeated(driver: Driver, tmp_path: Path) -> None:
    driver.save(write(tmp_path / "in", b"x"), "run/a")
    driver.save(tmp_path / "in", "run/ab")

    driver.delete("run/a")
    driver.delete("run/a")

    assert driver.list("run") == [Stored("run/ab", 1)]


@pytest.mark.parametrize("key", ["run/folder", "run/folder/"])
def test_delete_removes_a_folder_and_nothing_beside_it(driver: Driver, tmp_path: Path, key: str) -> None:
    save_folder(driver, tmp_path / "in", "run/folder")
    driver.save(write(tmp_path / "beside", b"x"), "run/folder.txt")

    driver.delete(key)

    assert driver.list("run") == [Stored("run/folder.txt", 1)]


def test_deleting_everything_under_an_empty_key_is_refused(driver: Driver, tmp_path: Path) -> None:
    driver.save(write(tmp_path / "in", b"x"), "run/a")

    with pytest.raises(ArtifactInvalid):
        driver.delete("/")

    assert driver.list("run") == [Stored("run/a", 1)]


def test_load_never_replaces_what_is_there(driver: Driver, tmp_path: Path) -> None:
    driver.save(write(tmp_path / "in", b"new"), "key")
    write(tmp_path / "out", b"mine")

    with pytest.raises(ArtifactInvalid):
        driver.load("key", tmp_path / "out")

    assert (tmp_path / "out").read_bytes() == b"mine"


def test_a_load_beyond_the_limit_leaves_nothing(
    kind: str, request: pytest.FixtureRequest, driver: Driver, tmp_path: Path
) -> None:
    driver.save(write(tmp_path / "in", b"x" * 1000), "key")
    strict = open_store(kind, request, tmp_path, limits=Limits(max_bytes=999))

    with pytest.raises(ArtifactTooLarge):
        strict.load("key", tmp_path / "target" / "out")

    assert list((tmp_path / "target").iterdir()) == []


@pytest.mark.parametrize("archive", ["none", "tar", "zip"])
@pytest.mark.argo("7-archive")
def test_a_folder_goes_through_the_store_with_each_archive(
    driver: Driver, tmp_path: Path, archive: str
) -> None:
    delivery = Delivery("result", read_archive({archive: {}}))
    for name, content in FOLDER.items():
        write(tmp_path / "in" / name, content)

    saved = save_output(driver, "run/result", tmp_path / "in", delivery)
    loaded = load_input(driver, "run/result", tmp_path / "out", delivery)

    assert (saved, loaded) == (True, True)
    assert tree(tmp_path / "out") == FOLDER


@pytest.mark.argo("7-optional")
def test_an_optional_artifact_may_be_missing(driver: Driver, tmp_path: Path) -> None:
    driver.save(write(tmp_path / "in", b"x"), "other")
    optional = Delivery("maybe", optional=True)

    assert load_input(driver, "missing", tmp_path / "out", optional) is False
    assert save_output(driver, "missing", tmp_path / "missing", optional) is False
    assert not (tmp_path / "out").exists()
    with pytest.raises(ArtifactNotFound):
        load_input(driver, "missing", tmp_path / "out", Delivery("needed"))


def test_a_stream_is_read_in_pieces(driver: Driver, tmp_path: Path) -> None:
    driver.save(write(tmp_path / "in", b"0123456789"), "key")

    with driver.open("key") as stream:
        pieces = [stream.read(4), stream.read(4), stream.read(4), stream.read(4)]

    assert pieces == [b"0123", b"4567", b"89", b""]
