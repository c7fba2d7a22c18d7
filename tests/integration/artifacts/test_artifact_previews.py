"""The beginnings of artifacts, as people want to see them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.integration.artifacts.conftest import address, folder_artifact, outputs, tgz
from workflows.engine.node import Run

MakeRun = Callable[..., Run]
Save = Callable[[str, bytes | dict[str, bytes]], None]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)


@pytest.fixture
def run(make_run: MakeRun, save: Save) -> Run:
    save("r/report", {"index.html": b"<b>", "img/a.png": PNG})
    save("r/packed.tgz", tgz({"packed/a.txt": b"hello", "packed/deep/b.json": b'{"a": 1}'}))
    save("r/single.tgz", tgz({"answer.csv": b"a,b\n1,2\n"}))
    named = [("report", "r/report"), ("packed", "r/packed.tgz"), ("single", "r/single.tgz")]
    return make_run([outputs(*(folder_artifact(name, key) for name, key in named))])


def preview(api: Client, run: Run, name: str, **query: str) -> dict[str, Any]:
    answer = api.get(address(run, name, more="/preview"), query)
    assert answer.status_code == 200, answer.content
    return {key: value for key, value in answer.json().items() if value not in ("", None, [])}


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", b"hello", {"kind": "text", "text": "hello", "isWhole": True}),
        ("noname", b"hello", {"kind": "text", "text": "hello", "isWhole": True}),
        ("a.json", b'{"a": [1]}', {"kind": "json", "text": '{"a": [1]}', "isWhole": True}),
        ("bad.json", b'{"a": ', {"kind": "text", "text": '{"a": ', "isWhole": True}),
        (
            "a.csv",
            b'x,y\n1,"two\nlines"\n',
            {"kind": "table", "rows": [["x", "y"], ["1", "two\nlines"]], "isWhole": True},
        ),
        ("a.html", b"<b>", {"kind": "text", "text": "<b>", "isWhole": True}),
        ("a.png", PNG, {"kind": "image", "isWhole": True}),
        ("a.svg", b"<svg/>", {"kind": "other", "isWhole": False}),
        ("blob", bytes(range(256)), {"kind": "other", "isWhole": False}),
        ("big.png", PNG + bytes(6 * 1024**2), {"kind": "other", "isWhole": False}),
        ("empty", b"", {"kind": "other", "isWhole": False}),
    ],
)
def test_previews_show_what_people_want(
    api: Client, make_run: MakeRun, save: Save, name: str, content: bytes, expected: dict[str, Any]
) -> None:
    save(f"k/{name}", content)
    run = make_run([outputs(folder_artifact("it", f"k/{name}"))])

    shown = preview(api, run, "it")

    assert {key: shown.get(key) for key in expected} == expected
    assert shown.get("size", 0) == len(content)


def test_long_texts_and_tables_are_cut(api: Client, make_run: MakeRun, save: Save) -> None:
    save("k/a.txt", b"0123456789\n" * 100_000)
    save("k/a.csv", b"a,b\n" * 100_000)
    save("k/wide.csv", (",".join("x" * 2_000 for _ in range(5)) + "\n").encode())
    run = make_run(
        [outputs(*(folder_artifact(name, f"k/{name}") for name in ("a.txt", "a.csv", "wide.csv")))]
    )

    text, table, wide = (preview(api, run, name) for name in ("a.txt", "a.csv", "wide.csv"))

    assert (text["isWhole"], len(text["text"])) == (False, 65_536)
    assert (table["isWhole"], len(table["rows"])) == (False, 200)
    assert (wide["isWhole"], len(wide["rows"][0][0])) == (False, 500)


def test_folders_and_archives_are_previewed_as_lists(api: Client, run: Run) -> None:
    assert preview(api, run, "report")["kind"] == "folder"
    assert [entry["name"] for entry in preview(api, run, "packed")["entries"]] == ["packed"]
    assert preview(api, run, "packed", entry="packed/a.txt")["text"] == "hello"


def test_of_an_archive_with_one_file_that_file_is_shown(api: Client, run: Run) -> None:
    shown = preview(api, run, "single")

    assert (shown["kind"], shown["entry"], shown["rows"]) == ("table", "answer.csv", [["a", "b"], ["1", "2"]])


def test_a_broken_archive_is_told(api: Client, make_run: MakeRun, save: Save) -> None:
    save("k/a.tgz", gzip.compress(b"no tar"))
    run = make_run([outputs(folder_artifact("it", "k/a.tgz"))])

    response = api.get(address(run, "it", more="/preview"))

    assert (response.status_code, response.json()["code"]) == (400, "artifact-invalid")
