"""From location to driver: secrets, the guard, and what is not supported."""

from __future__ import annotations

from pathlib import Path

import certifi
import pytest

from workflows.artifacts import (
    ArtifactRefused,
    ArtifactUnsupported,
    Location,
    Surroundings,
    open_driver,
    read_location,
)
from workflows.artifacts.azure import AzureDriver
from workflows.artifacts.driver import Driver
from workflows.artifacts.folder import FolderDriver
from workflows.artifacts.git import GitDriver
from workflows.artifacts.http import HttpDriver
from workflows.artifacts.raw import RawDriver
from workflows.artifacts.s3 import S3Driver

SECRETS = {("store", "access"): "AKIA", ("store", "secret"): "s3cr3t", ("store", "key"): "a2V5"}


def read_secret(name: str, key: str) -> str:
    return SECRETS[name, key]


def reference(key: str) -> dict[str, str]:
    return {"name": "store", "key": key}


def location_of(artifact: dict[str, object]) -> Location:
    location = read_location(artifact)
    assert location is not None
    return location


@pytest.mark.parametrize(
    ("artifact", "kind"),
    [
        ({"raw": {"data": "x"}}, RawDriver),
        ({"plugin": {"name": "folder", "key": "k"}}, FolderDriver),
        ({"git": {"repo": "https://h/r"}}, GitDriver),
        ({"http": {"url": "https://h/f"}}, HttpDriver),
        ({"artifactory": {"url": "https://h/f", "usernameSecret": reference("access")}}, HttpDriver),
        ({"s3": {"endpoint": "e", "bucket": "b", "key": "k"}}, S3Driver),
        (
            {"azure": {"endpoint": "https://a.b", "container": "c", "accountKeySecret": reference("key")}},
            AzureDriver,
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
@pytest.mark.argo("7-store-drivers")
def test_each_kind_has_its_driver(tmp_path: Path, artifact: dict[str, object], kind: type[Driver]) -> None:
    driver = open_driver(location_of(artifact), Surroundings(read_secret, folder=tmp_path))

    assert isinstance(driver, kind)


@pytest.mark.parametrize(
    "artifact",
    [
        {"oss": {"endpoint": "e", "bucket": "b", "key": "k"}},
        {"hdfs": {"addresses": ["a"], "path": "/p"}},
        {"plugin": {"name": "other", "key": "k"}},
        {"plugin": {"name": "folder", "key": "k"}},
        {"s3": {"endpoint": "e", "bucket": "b", "caSecret": reference("key")}},
    ],
    ids=["oss", "hdfs", "plugin", "no folder", "ca without a place"],
)
def test_what_there_is_no_driver_for_is_reported(artifact: dict[str, object]) -> None:
    with pytest.raises(ArtifactUnsupported):
        open_driver(location_of(artifact), Surroundings(read_secret))


def test_secrets_reach_the_store_they_are_for() -> None:
    artifact: dict[str, object] = {
        "s3": {
            "endpoint": "e",
            "bucket": "b",
            "accessKeySecret": reference("access"),
            "secretKeySecret": reference("secret"),
        }
    }

    driver = open_driver(location_of(artifact), Surroundings(read_secret))

    assert isinstance(driver, S3Driver)
    url = driver._client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
    assert "X-Amz-Credential=AKIA" in url


def test_a_certificate_is_written_under_a_name_no_manifest_chooses(tmp_path: Path) -> None:
    certificate = certifi.contents()
    artifact: dict[str, object] = {
        "s3": {"endpoint": "e", "bucket": "../../escape", "caSecret": reference("ca")}
    }

    for _ in range(2):
        open_driver(location_of(artifact), Surroundings(lambda *_: certificate, ca_folder=tmp_path / "d/ca"))

    [written] = (tmp_path / "d/ca").iterdir()
    assert written.read_text() == certificate
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_a_secret_that_is_missing_is_the_callers_error() -> None:
    artifact: dict[str, object] = {"git": {"repo": "https://h/r", "passwordSecret": reference("none")}}

    with pytest.raises(KeyError):
        open_driver(location_of(artifact), Surroundings(read_secret))


@pytest.mark.parametrize(
    ("artifact", "address"),
    [
        ({"s3": {"endpoint": "e:9000", "bucket": "b", "insecure": True}}, "http://e:9000"),
        ({"azure": {"endpoint": "https://a.b", "container": "c"}}, "https://a.b"),
        ({"git": {"repo": "git@h:r"}}, "ssh://git@h/r"),
        ({"http": {"url": "https://h/f"}}, "https://h/f"),
    ],
    ids=["s3", "azure", "git", "http"],
)
def test_the_guard_is_asked_before_anything_is_sent(
    tmp_path: Path, artifact: dict[str, object], address: str
) -> None:
    seen = []

    def guard(url: str) -> None:
        seen.append(url)
        raise ArtifactRefused("no")

    location = location_of(artifact)
    with pytest.raises(ArtifactRefused, match="no"):
        open_driver(location, Surroundings(read_secret, guard=guard)).load(location.key, tmp_path / "out")

    assert seen == [address]
