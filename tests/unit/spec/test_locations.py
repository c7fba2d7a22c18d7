"""Locations of artifacts as JSON: what is complete, keys, and what a repository adds."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.spec.locations import (
    LocationError,
    has_location,
    has_location_or_key,
    join_keys,
    key_of,
    location_kind,
    relocated,
    with_key,
    with_sub_path,
)

Json = dict[str, Any]
S3 = {"endpoint": "e", "bucket": "b", "key": "k"}

# location: kind, whether it is complete, its key (None: it can have none)
LOCATIONS: dict[str, tuple[Json, str, bool, str | None]] = {
    "none": ({}, "", False, None),
    "null": ({"s3": None}, "", False, None),
    "s3": ({"s3": S3}, "s3", True, "k"),
    "s3 key": ({"s3": {"key": "k"}}, "s3", False, "k"),
    "s3 without key": ({"s3": {"endpoint": "e", "bucket": "b"}}, "s3", False, ""),
    "gcs": ({"gcs": {"bucket": "b", "key": "k"}}, "gcs", True, "k"),
    "oss": ({"oss": S3}, "oss", True, "k"),
    "azure": ({"azure": {"endpoint": "e", "container": "c", "blob": "k"}}, "azure", True, "k"),
    "azure key": ({"azure": {"blob": "k"}}, "azure", False, "k"),
    "hdfs": ({"hdfs": {"addresses": ["a"], "path": "/k"}}, "hdfs", True, "/k"),
    "http": ({"http": {"url": "https://h/a%20b?q=1"}}, "http", True, "/a b"),
    "artifactory": ({"artifactory": {"url": "https://h/a"}}, "artifactory", False, "/a"),
    "folder": ({"plugin": {"name": "folder", "key": "k"}}, "plugin", True, "k"),
    "git": ({"git": {"repo": "r"}}, "git", True, None),
    "git without repo": ({"git": {}}, "git", False, None),
    "raw": ({"raw": {"data": ""}}, "raw", True, None),
}


@pytest.mark.parametrize(("artifact", "kind", "complete", "key"), LOCATIONS.values(), ids=LOCATIONS)
def test_what_a_location_says(artifact: Json, kind: str, complete: bool, key: str | None) -> None:
    assert location_kind(artifact) == kind
    assert has_location(artifact) is complete
    assert has_location_or_key(artifact) is (complete or bool(key))
    if key is not None:
        assert key_of(artifact) == key
    else:
        with pytest.raises(LocationError, match=r"key unsupported|artifact storage is not configured"):
            key_of(artifact)


@pytest.mark.parametrize(
    ("artifact", "expected"),
    [
        ({"name": "a", "s3": S3}, {"name": "a", "s3": {**S3, "key": "n/x"}}),
        ({"azure": {"blob": "k"}}, {"azure": {"blob": "n/x"}}),
        ({"hdfs": {"path": "k"}}, {"hdfs": {"path": "n/x"}}),
        ({"http": {"url": "https://h/old?q=1"}}, {"http": {"url": "https://h/n/x?q=1"}}),
    ],
    ids=["s3", "azure", "hdfs", "http"],
)
def test_another_key(artifact: Json, expected: Json) -> None:
    before = repr(artifact)

    assert with_key(artifact, "n/x") == expected
    assert repr(artifact) == before


@pytest.mark.parametrize("artifact", [{}, {"git": {"repo": "r"}}, {"raw": {"data": "x"}}])
def test_stores_without_keys_take_none(artifact: Json) -> None:
    with pytest.raises(LocationError):
        with_sub_path(artifact, "x")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("a", "b"), "a/b"),
        (("a/", "/b/"), "a/b"),
        (("a", ""), "a"),
        (("", ""), ""),
        (("a", "../b"), "b"),
        (("//a", "b"), "/a/b"),
        ((".", "a"), "a"),
    ],
)
def test_keys_are_joined_as_argo_joins_them(parts: tuple[str, ...], expected: str) -> None:
    assert join_keys(*parts) == expected


@pytest.mark.argo("7-key-only-artifacts")
@pytest.mark.parametrize(
    ("artifact", "expected"),
    [
        ({"name": "a", "s3": S3}, {"name": "a", "s3": S3}),
        ({"name": "a", "s3": {"key": "n"}}, {"name": "a", "gcs": {"bucket": "g", "key": "n"}}),
        ({"s3": {"bucket": "mine"}}, {"gcs": {"bucket": "g", "key": ""}}),
        ({"raw": {"data": "x"}}, {"raw": {"data": "x"}}),
    ],
    ids=["complete", "key", "no key", "raw"],
)
def test_a_repository_adds_what_is_missing(artifact: Json, expected: Json) -> None:
    assert relocated(artifact, {"gcs": {"bucket": "g", "key": "default"}, "archiveLogs": True}) == expected


@pytest.mark.parametrize("repository", [None, {}, {"archiveLogs": True}])
def test_without_a_repository_a_key_leads_nowhere(repository: Json | None) -> None:
    with pytest.raises(LocationError):
        relocated({"s3": {"key": "k"}}, repository)


def test_a_broken_url_is_not_repeated() -> None:
    with pytest.raises(LocationError) as caught:
        key_of({"http": {"url": "http://user:secret@[broken"}})

    assert "secret" not in caught.value.message
