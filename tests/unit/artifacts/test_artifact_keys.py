"""Keys and paths as text."""

from __future__ import annotations

import pytest

from workflows.artifacts import ArtifactInvalid, below, clean_artifact_path
from workflows.artifacts.keys import segments
from workflows.spec.locations import join_keys


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("a", "b"), "a/b"),
        (("a/", "/b/"), "a/b"),
        (("", "b"), "b"),
        (("a", ""), "a"),
        (("", ""), ""),
        (("/a", "../b"), "/b"),
        (("a", "../../b"), "../b"),
        (("//a",), "/a"),
        (("{{workflow.name}}", "{{pod.name}}"), "{{workflow.name}}/{{pod.name}}"),
    ],
)
def test_joining_is_go_s(parts: tuple[str, ...], expected: str) -> None:
    assert join_keys(*parts) == expected


@pytest.mark.parametrize(
    "key",
    ["", "/", "..", "a/../b", "a/./b", "../a", "a\0b", "a\nb", "a\x7f", "a" * 256, "a/" * 600, "\ud800"],
    ids=repr,
)
def test_keys_that_cannot_be_paths_are_refused(key: str) -> None:
    with pytest.raises(ArtifactInvalid):
        segments(key)


@pytest.mark.parametrize(
    ("key", "expected"),
    [("a/b", ("a", "b")), ("/a//b/", ("a", "b")), ("...", ("...",)), ("a b/文", ("a b", "文"))],
)
def test_keys_become_segments(key: str, expected: tuple[str, ...]) -> None:
    assert segments(key) == expected


@pytest.mark.parametrize(
    ("requested", "expected"),
    [
        ("", "run/d/"),
        ("f", "run/d/f"),
        ("s/", "run/d/s/"),
        ("s//f", "run/d/s/f"),
        ("a%2e%2e", "run/d/a%2e%2e"),
    ],
)
def test_paths_of_a_browser_stay_inside(requested: str, expected: str) -> None:
    assert below("run/d", requested) == expected
    assert below("run/d/", requested) == expected


@pytest.mark.parametrize(
    "requested", ["..", "../x", "s/../../x", "s/..", "/etc", "\\x", "s\\..\\x", "a\0", "./x"]
)
def test_paths_of_a_browser_cannot_leave(requested: str) -> None:
    with pytest.raises(ArtifactInvalid):
        below("run/d", requested)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/tmp/a", "/tmp/a"),
        ("/tmp//a/", "/tmp/a"),
        ("a/b", "a/b"),
        ("/tmp/safe/x/../y", None),
        ("/tmp/safe/../safe/y", "/tmp/safe/y"),
        ("/tmp/../tmp/safe", "/tmp/safe"),
        ("/tmp/safe/..", None),
        ("/tmp/safe/../../etc", None),
        ("/tmp/safe/../safest", None),
        ("", None),
        ("/..a", "/..a"),
    ],
)
def test_a_path_may_not_climb_out_of_its_beginning(path: str, expected: str | None) -> None:
    if expected is not None:
        assert clean_artifact_path(path, "art") == expected
        return
    with pytest.raises(ArtifactInvalid, match="art"):
        clean_artifact_path(path, "art")
