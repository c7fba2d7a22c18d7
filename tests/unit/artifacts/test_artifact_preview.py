"""What a browser is told about artifacts."""

from __future__ import annotations

import pytest

from workflows.artifacts import Stored
from workflows.artifacts.preview import (
    Entry,
    content_type,
    disposition,
    index_key,
    list_folder,
    response_headers,
)


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a/report.HTML", b"", "text/html; charset=utf-8"),
        ("main.log", b"\x00", "text/plain; charset=utf-8"),
        ("a.tgz", b"", "application/gzip"),
        ("picture", b"\x89PNG\r\n\x1a\n....", "image/png"),
        ("picture.unknown", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("page", b"<html><script>alert(1)</script>", "text/plain; charset=utf-8"),
        ("text", "ü文\n".encode(), "text/plain; charset=utf-8"),
        ("text", b"x" * 511 + "ü".encode()[:1], "text/plain; charset=utf-8"),
        ("text", b"x" * 100 + "ü".encode()[:1], "application/octet-stream"),
        ("coloured", b"\x1b[31mred\x1b[0m\n", "text/plain; charset=utf-8"),
        ("binary", b"a\x00b", "application/octet-stream"),
        ("empty", b"", "application/octet-stream"),
        ("a.html/file", b"\x00", "application/octet-stream"),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" not in value else "",
)
def test_the_media_type_comes_from_ending_or_beginning(name: str, head: bytes, expected: str) -> None:
    assert content_type(name, head) == expected


@pytest.mark.parametrize(
    ("media_type", "download", "kind"),
    [
        ("text/html; charset=utf-8", False, "inline"),
        ("text/html; charset=utf-8", True, "attachment"),
        ("image/svg+xml", False, "inline"),
        ("text/javascript; charset=utf-8", False, "attachment"),
        ("application/xml", False, "attachment"),
        ("application/octet-stream", False, "attachment"),
        ("application/pdf", False, "attachment"),
    ],
)
def test_only_harmless_types_are_shown_in_place(media_type: str, download: bool, kind: str) -> None:
    headers = response_headers("d/file.x", media_type, download=download)

    assert headers["Content-Disposition"] == f'{kind}; filename="file.x"'


def test_every_answer_is_sandboxed_and_not_guessed_at() -> None:
    headers = response_headers("a.html", "text/html; charset=utf-8")

    policy = {part.strip() for part in headers["Content-Security-Policy"].split(";")}
    assert {"sandbox", "default-src 'none'", "base-uri 'none'", "form-action 'none'"} <= policy
    assert not any("script-src" in part or "allow-" in part for part in policy)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/b.txt", 'attachment; filename="b.txt"'),
        ("d/", 'attachment; filename="d"'),
        ("", 'attachment; filename="artifact"'),
        ('a";x="', "attachment; filename=\"a_;x=_\"; filename*=UTF-8''a%22%3Bx%3D%22"),
        ("a\r\nX: y", "attachment; filename=\"a__X: y\"; filename*=UTF-8''a%0D%0AX%3A%20y"),
        ("ü.txt", "attachment; filename=\"_.txt\"; filename*=UTF-8''%C3%BC.txt"),
        ("100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
    ],
)
def test_a_file_name_cannot_end_the_header(name: str, expected: str) -> None:
    assert disposition("attachment", name) == expected


STORED = [
    Stored("run/d/b.txt", 2),
    Stored("run/d/index.html", 5),
    Stored("run/d/s/x", 10),
    Stored("run/d/s/t/y", 20),
    Stored("run/different", 100),
]


@pytest.mark.parametrize("key", ["run/d", "run/d/"])
def test_a_listing_has_folders_first_with_their_sums(key: str) -> None:
    assert list_folder(STORED, key) == [
        Entry("s", True, 30),
        Entry("b.txt", False, 2),
        Entry("index.html", False, 5),
    ]


@pytest.mark.parametrize(("key", "expected"), [("run/d", "run/d/index.html"), ("run/d/s", None)])
def test_an_index_is_the_folders_own(key: str, expected: str | None) -> None:
    assert index_key(STORED, key) == expected
