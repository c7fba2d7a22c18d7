"""The S3 driver when the network or the store misbehaves: a real store behind a proxy that breaks things."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.artifact_servers import ACCESS_KEY, SECRET_KEY, s3_server, serving
from tests.contract.faulty_proxy import Fault, FaultyProxy
from workflows.artifacts import ArtifactNotFound, ArtifactRefused, StoreUnavailable
from workflows.artifacts import s3 as s3_module
from workflows.artifacts.s3 import S3Credentials, S3Driver
from workflows.artifacts.stores import S3, BucketCreation

#: larger than what is sent in one request
LARGE = bytes(range(256)) * 80_000
CREDENTIALS = S3Credentials(ACCESS_KEY, SECRET_KEY)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3")) as endpoint:
        yield endpoint


@pytest.fixture
def proxy(endpoint: str) -> Iterator[FaultyProxy]:
    with serving(FaultyProxy(endpoint)) as proxy:
        yield proxy
        proxy.go_on.set()


def store(endpoint: str, bucket: str = "faults") -> S3:
    return S3(endpoint=endpoint, bucket=bucket, insecure=True, create_bucket_if_not_present=BucketCreation())


@pytest.fixture
def driver(proxy: FaultyProxy, tmp_path: Path) -> S3Driver:
    """Through the proxy; the key "large" is stored."""
    driver = S3Driver(store(proxy.address), CREDENTIALS)
    (tmp_path / "large").write_bytes(LARGE)
    driver.save(tmp_path / "large", "large")
    proxy.log.clear()
    return driver


class Failing:
    """A plan: the first `times` requests of a method whose path holds `part` meet the fault."""

    def __init__(self, fault: Fault, method: str, *, times: int = 1_000, part: str = "") -> None:
        self.fault, self.method, self.left, self.part = fault, method, times, part

    def __call__(self, method: str, path: str) -> Fault | None:
        if method != self.method or self.part not in path or not self.left:
            return None
        self.left -= 1
        return self.fault


def test_the_proxy_changes_nothing_by_itself(driver: S3Driver, tmp_path: Path) -> None:
    driver.load("large", tmp_path / "out")

    assert (tmp_path / "out").read_bytes() == LARGE


def test_a_store_that_is_busy_is_asked_again(driver: S3Driver, proxy: FaultyProxy, tmp_path: Path) -> None:
    proxy.plan = Failing("refuse", "GET", times=2)

    driver.load("large", tmp_path / "out")

    assert (tmp_path / "out").read_bytes() == LARGE
    assert [method for method, _ in proxy.log] == ["GET"] * 3


def test_a_store_that_stays_busy_is_unavailable(driver: S3Driver, proxy: FaultyProxy, tmp_path: Path) -> None:
    proxy.plan = Failing("refuse", "GET")

    with pytest.raises(StoreUnavailable, match="SlowDown: reduce your rate"):
        driver.load("large", tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_a_part_of_an_upload_that_fails_is_sent_again(
    driver: S3Driver, proxy: FaultyProxy, tmp_path: Path
) -> None:
    proxy.plan = Failing("refuse", "PUT", times=1, part="partNumber=2")

    driver.save(tmp_path / "large", "again")

    proxy.plan = lambda method, path: None
    with driver.open("again") as stream:
        assert stream.read() == LARGE


def test_an_upload_that_fails_leaves_nothing_to_see(
    driver: S3Driver, proxy: FaultyProxy, tmp_path: Path
) -> None:
    proxy.plan = Failing("refuse", "PUT", part="partNumber=2")

    with pytest.raises(StoreUnavailable):
        driver.save(tmp_path / "large", "half")

    proxy.plan = lambda method, path: None
    with pytest.raises(ArtifactNotFound):
        driver.stat("half")


def test_a_download_that_breaks_off_leaves_nothing(
    driver: S3Driver, proxy: FaultyProxy, tmp_path: Path
) -> None:
    proxy.plan = Failing("cut", "GET")

    with pytest.raises(StoreUnavailable):
        driver.load("large", tmp_path / "out")

    assert [path.name for path in tmp_path.iterdir()] == ["large"]


def test_a_stream_that_breaks_off_does_not_look_like_the_end(driver: S3Driver, proxy: FaultyProxy) -> None:
    proxy.plan = Failing("cut", "GET")

    with driver.open("large") as stream, pytest.raises(StoreUnavailable):
        list(iter(lambda: stream.read(1_000_000), b""))


def test_a_store_that_is_silent_is_given_up(
    driver: S3Driver, proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_module, "_READ_SECONDS", 0.2)
    monkeypatch.setattr(s3_module, "_TRIES", 1)
    proxy.plan = Failing("hang", "HEAD")

    with pytest.raises(StoreUnavailable, match="timeout"):
        S3Driver(store(proxy.address), CREDENTIALS).stat("large")


def test_a_store_that_is_gone_is_unavailable(
    endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_module, "_TRIES", 1)
    with serving(FaultyProxy(endpoint)) as proxy:
        driver = S3Driver(store(proxy.address), CREDENTIALS)

    with pytest.raises(StoreUnavailable, match="does not answer"):
        driver.load("large", tmp_path / "out")


@pytest.mark.parametrize(
    "credentials",
    [S3Credentials("nobody", SECRET_KEY), S3Credentials(ACCESS_KEY, "wrong")],
    ids=["unknown access key", "wrong secret key"],
)
def test_wrong_credentials_are_refused_at_once(
    proxy: FaultyProxy, tmp_path: Path, credentials: S3Credentials
) -> None:
    (tmp_path / "in").write_bytes(b"1")

    with pytest.raises(ArtifactRefused, match=r"InvalidAccessKeyId|SignatureDoesNotMatch") as caught:
        S3Driver(store(proxy.address), credentials).save(tmp_path / "in", "key")

    assert "wrong" not in caught.value.message
    assert len(proxy.log) == 1


def test_a_bucket_that_is_not_there_is_named(endpoint: str, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"1")
    absent = S3(endpoint=endpoint, bucket="absent", insecure=True)

    with pytest.raises(ArtifactRefused, match="NoSuchBucket"):
        S3Driver(absent, CREDENTIALS).save(tmp_path / "in", "key")


_SAVE = """
import sys
from pathlib import Path
from workflows.artifacts.s3 import S3Credentials, S3Driver
from workflows.artifacts.stores import S3
endpoint, access, secret, source = sys.argv[1:]
driver = S3Driver(S3(endpoint=endpoint, bucket="faults", insecure=True), S3Credentials(access, secret))
driver.save(Path(source), "killed")
"""


def test_a_writer_that_is_killed_leaves_nothing_to_see(
    driver: S3Driver, proxy: FaultyProxy, tmp_path: Path
) -> None:
    proxy.plan = Failing("hang", "PUT", part="partNumber=3")
    writer = subprocess.Popen(
        [sys.executable, "-c", _SAVE, proxy.address, ACCESS_KEY, SECRET_KEY, str(tmp_path / "large")]
    )
    assert proxy.hanging.wait(30)

    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    proxy.plan = lambda method, path: None

    with pytest.raises(ArtifactNotFound):
        driver.stat("killed")
    driver.save(tmp_path / "large", "killed")
    with driver.open("killed") as stream:
        assert stream.read() == LARGE
