"""Locations and repositories read from Argo's JSON."""

from __future__ import annotations

import pytest

from workflows.artifacts import (
    ArtifactInvalid,
    ArtifactRepository,
    Location,
    RepositoryRef,
    folder_repository,
    read_location,
    read_repository,
    read_repository_ref,
    saved_location,
)
from workflows.artifacts.stores import GCS, HTTP, S3, Azure, Git, Header, Plugin, Raw, SecretKey

REPOSITORY = Location("s3", S3(endpoint="minio:9000", bucket="b", insecure=True, key="run/pod"))


@pytest.mark.parametrize(
    ("artifact", "expected"),
    [
        ({"name": "a", "path": "/a"}, None),
        ({"name": "a", "s3": None}, None),
        ({"s3": {"key": "k"}}, Location("s3", S3(key="k"))),
        (
            {"s3": {"key": "k", "roleARN": "r", "useSDKCreds": True, "caSecret": {"name": "n", "key": "k"}}},
            Location(
                "s3", S3(key="k", role_arn="r", use_sdk_creds=True, ca_secret=SecretKey(name="n", key="k"))
            ),
        ),
        (
            {"http": {"url": "https://h/p", "headers": [{"name": "n", "value": "v"}], "auth": None}},
            Location("http", HTTP(url="https://h/p", headers=(Header(name="n", value="v"),))),
        ),
        (
            {"git": {"repo": "https://h/r", "depth": 1, "insecureSkipTLS": True, "fetch": ["x"]}},
            Location("git", Git(repo="https://h/r", depth=1, insecure_skip_tls=True, fetch=("x",))),
        ),
        ({"raw": {"data": "text"}}, Location("raw", Raw(data="text"))),
        ({"gcs": {"bucket": "b", "key": "k"}}, Location("gcs", GCS(bucket="b", key="k"))),
        ({"plugin": {"name": "folder", "key": "k"}}, Location("plugin", Plugin(name="folder", key="k"))),
    ],
    ids=lambda value: next(iter(value), "") if isinstance(value, dict) else "",
)
def test_locations_are_read(artifact: dict[str, object], expected: Location | None) -> None:
    assert read_location(artifact) == expected


@pytest.mark.parametrize(
    "artifact",
    [
        {"s3": {"key": "k"}, "http": {"url": "u"}},
        {"s3": {"ky": "k"}},
        {"s3": {"key": 1}},
        {"s3": "key"},
        {"s3": {"addressingStyle": "other"}},
        {"git": {"depth": "1"}},
        {"http": {"headers": [{"value": "v"}]}},
    ],
    ids=str,
)
def test_locations_that_cannot_be_are_refused(artifact: dict[str, object]) -> None:
    with pytest.raises(ArtifactInvalid):
        read_location(artifact)


@pytest.mark.parametrize(
    "artifact",
    [
        {"s3": {"key": "k", "bucket": "b", "insecure": False, "createBucketIfNotPresent": {}}},
        {"git": {"repo": "r", "depth": 0}},
        {"azure": {"endpoint": "e", "container": "c", "blob": "b"}},
        {"hdfs": {"addresses": ["a"], "path": "/p", "krbCCacheSecret": {"name": "n", "key": "k"}}},
        {"http": {"url": "u", "auth": {"oauth2": {"clientIDSecret": {"name": "n", "key": "k"}}}}},
        {"oss": {"bucket": "b", "key": "k", "lifecycleRule": {"markDeletionAfterDays": 3}}},
    ],
    ids=lambda value: next(iter(value)),
)
def test_locations_are_written_as_they_were_read(artifact: dict[str, object]) -> None:
    location = read_location(artifact)

    assert location is not None
    assert location.to_json() == artifact


@pytest.mark.parametrize(
    ("artifact", "key", "complete"),
    [
        ({"s3": {"key": "k"}}, "k", False),
        ({"s3": {"key": "k", "endpoint": "e", "bucket": "b"}}, "k", True),
        ({"gcs": {"key": "k", "bucket": "b"}}, "k", True),
        ({"azure": {"blob": "k"}}, "k", False),
        ({"azure": {"blob": "k", "endpoint": "e", "container": "c"}}, "k", True),
        ({"http": {"url": "https://h/a%20b?q=1"}}, "/a b", True),
        ({"artifactory": {"url": "https://h/a"}}, "/a", False),
        ({"artifactory": {"url": "https://h/a", "usernameSecret": {"name": "n"}}}, "/a", True),
        ({"git": {"repo": "r"}}, "", True),
        ({"raw": {"data": ""}}, "", True),
        ({"hdfs": {"addresses": ["a"]}}, "", True),
        ({"plugin": {"key": "k"}}, "k", False),
    ],
    ids=str,
)
@pytest.mark.argo("7-key-only-artifacts")
def test_keys_and_completeness_are_argo_s(artifact: dict[str, object], key: str, complete: bool) -> None:
    location = read_location(artifact)

    assert location is not None
    assert (location.key, location.is_complete()) == (key, complete)


@pytest.mark.parametrize(
    ("location", "sub_path", "expected"),
    [
        (REPOSITORY, "a/b.txt", "run/pod/a/b.txt"),
        (REPOSITORY, "", "run/pod"),
        (Location("http", HTTP(url="https://h/d?q=1")), "f g", "/d/f g"),
        (Location("azure", Azure(blob="d/")), "f", "d/f"),
    ],
)
@pytest.mark.argo("7-sub-path")
def test_a_sub_path_is_added_to_the_key(location: Location, sub_path: str, expected: str) -> None:
    assert location.with_sub_path(sub_path).key == expected


def test_a_url_keeps_its_query_when_its_path_changes() -> None:
    location = Location("http", HTTP(url="https://h:1/d?q=1")).with_key("/x y")

    assert location.store == HTTP(url="https://h:1/x%20y?q=1")


@pytest.mark.parametrize("kind", ["git", "raw"])
def test_stores_without_keys_take_none(kind: str) -> None:
    location = read_location({kind: {}})

    assert location is not None
    with pytest.raises(ArtifactInvalid, match="key unsupported"):
        location.with_sub_path("x")


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (S3(key="mine"), S3(endpoint="minio:9000", bucket="b", insecure=True, key="mine")),
        (S3(key="k", endpoint="e", bucket="other"), S3(key="k", endpoint="e", bucket="other")),
        # Argo takes the repository's kind, whatever kind the key was written under.
        (S3(key="k", bucket="other"), S3(endpoint="minio:9000", bucket="b", insecure=True, key="k")),
    ],
    ids=["a key only", "complete", "half"],
)
@pytest.mark.argo("7-default-repository", "7-key-only-artifacts")
def test_what_is_missing_comes_from_the_repository(own: S3, expected: S3) -> None:
    assert Location("s3", own).relocated(REPOSITORY) == Location("s3", expected)


def test_a_key_alone_needs_a_repository() -> None:
    with pytest.raises(ArtifactInvalid, match="repository"):
        Location("s3", S3(key="k")).relocated(None)


@pytest.mark.parametrize(
    ("own", "key"),
    [
        (None, "run/pod/result.tgz"),
        (Location("s3", S3()), "run/pod/result.tgz"),
        (Location("s3", S3(key="mine.tgz")), "mine.tgz"),
    ],
    ids=["nothing", "an empty location", "a key"],
)
@pytest.mark.argo("7-default-key")
def test_an_output_goes_to_its_key_or_the_default(own: Location | None, key: str) -> None:
    assert saved_location(own, REPOSITORY, "result.tgz") == REPOSITORY.with_key(key)


def test_an_output_without_any_store_is_refused() -> None:
    with pytest.raises(ArtifactInvalid, match="no artifact repository"):
        saved_location(None, None, "result.tgz")


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            {"s3": {"bucket": "b", "endpoint": "e"}},
            ArtifactRepository(
                Location("s3", S3(bucket="b", endpoint="e", key="{{workflow.name}}/{{pod.name}}"))
            ),
        ),
        (
            {"archiveLogs": True, "s3": {"bucket": "b", "keyPrefix": "p/"}},
            ArtifactRepository(Location("s3", S3(bucket="b", key="p/{{workflow.name}}/{{pod.name}}")), True),
        ),
        (
            {"s3": {"bucket": "b", "keyPrefix": "p", "keyFormat": "f"}},
            ArtifactRepository(Location("s3", S3(bucket="b", key="f"))),
        ),
        (
            {"azure": {"container": "c", "blobNameFormat": "f"}},
            ArtifactRepository(Location("azure", Azure(container="c", blob="f"))),
        ),
        (
            {"plugin": {"name": "folder"}},
            ArtifactRepository(
                Location("plugin", Plugin(name="folder", key="{{workflow.name}}/{{pod.name}}"))
            ),
        ),
    ],
    ids=["s3", "s3 prefix", "s3 format before prefix", "azure", "folder"],
)
def test_repositories_are_read(config: dict[str, object], expected: ArtifactRepository) -> None:
    assert read_repository(config) == expected


def test_an_artifactory_repository_is_an_address_with_tags() -> None:
    location = read_repository({"artifactory": {"repoURL": "https://h/repo"}}).location

    assert location.to_json() == {"artifactory": {"url": "https://h/repo/{{workflow.name}}/{{pod.name}}"}}


@pytest.mark.parametrize(
    "config",
    [{}, {"archiveLogs": True}, {"archiveLogs": "yes"}, {"git": {}}, {"s3": "b"}, {"s3": {"keyFormat": 1}}],
    ids=str,
)
def test_repositories_that_cannot_be_are_refused(config: dict[str, object]) -> None:
    with pytest.raises(ArtifactInvalid):
        read_repository(config)


def test_the_folder_repository_has_the_default_key_and_keeps_logs() -> None:
    repository = folder_repository()

    assert repository.archive_logs
    assert repository.location.to_json() == {
        "plugin": {"name": "folder", "key": "{{workflow.name}}/{{pod.name}}"}
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, RepositoryRef("artifact-repositories", "")),
        ({"configMap": "mine", "key": "k"}, RepositoryRef("mine", "k")),
    ],
)
@pytest.mark.argo("2-artifact-repository-ref")
def test_a_reference_names_config_map_and_key(fields: dict[str, object], expected: RepositoryRef) -> None:
    assert read_repository_ref(fields) == expected
