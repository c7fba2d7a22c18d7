"""Which bytes a Range header asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.api.ranges import NotSatisfiable, Part, is_known, wanted_part

NUMBERS = st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-4", Part(0, 4)),
        ("bytes=5-", Part(5, 9)),
        ("bytes=-3", Part(7, 9)),
        ("bytes=-30", Part(0, 9)),
        ("bytes=8-80", Part(8, 9)),
        ("bytes = 1 - 2", Part(1, 2)),
        ("", None),
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=4-2", None),
        ("bytes=1-2,4-5", None),
        ("bytes=a-b", None),
        ("bytes=٣-٤", None),
        ("items=1-2", None),
        (f"bytes={'9' * 19}-", None),
    ],
)
def test_one_range_of_bytes_is_understood(header: str, expected: Part | None) -> None:
    assert wanted_part({"Range": header}, size=10, etag="") == expected


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0", f"bytes={'9' * 18}-"])
def test_what_lies_behind_the_end_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(NotSatisfiable):
        wanted_part({"Range": header}, size=10, etag="")


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=-1", "bytes=0-0"])
def test_of_an_empty_file_no_part_can_be_given(header: str) -> None:
    with pytest.raises(NotSatisfiable):
        wanted_part({"Range": header}, size=0, etag="")


@given(size=NUMBERS, first=st.none() | NUMBERS, last=st.none() | NUMBERS)
def test_a_part_lies_within_the_file(size: int, first: int | None, last: int | None) -> None:
    header = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    try:
        part = wanted_part({"Range": header}, size=size, etag="")
    except NotSatisfiable:
        return

    if part is not None:
        assert 0 <= part.first <= part.last < size
        assert part.length == part.last - part.first + 1


@given(st.text())
def test_any_text_is_a_header(text: str) -> None:
    try:
        wanted_part({"Range": text, "If-Range": text}, size=10, etag="e")
    except NotSatisfiable:
        return
    is_known({"If-None-Match": text}, "e")


@pytest.mark.parametrize(
    ("condition", "etag", "is_part"),
    [
        ('"v1"', "v1", True),
        ('"v2"', "v1", False),
        ('W/"v1"', "v1", False),
        ('"v1"', "", False),
        ("", "v1", True),
    ],
)
def test_a_part_is_of_the_version_the_client_has(condition: str, etag: str, is_part: bool) -> None:
    part = wanted_part({"Range": "bytes=0-1", "If-Range": condition}, size=10, etag=etag)

    assert (part is not None) is is_part


@pytest.mark.parametrize(
    ("named", "etag", "expected"),
    [
        ('"a"', "a", True),
        ('"b", W/"a"', "a", True),
        ("*", "a", True),
        ('"b"', "a", False),
        ("", "a", False),
        ('""', "", False),
        ("*", "", False),
    ],
)
def test_a_client_knows_the_versions_it_names(named: str, etag: str, expected: bool) -> None:
    assert is_known({"If-None-Match": named}, etag) is expected
