"""Artifacts through the API: lists, bytes, ranges, folders, archives, previews, and who may not."""

from __future__ import annotations

import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.integration.artifacts.conftest import address, body, folder_artifact, outputs, tgz
from workflows.engine.node import Run
from workflows.services import artifact_content

MakeRun = Callable[..., Run]
Save = Callable[[str, bytes | dict[str, bytes]], None]

CONTENT = bytes(range(256)) * 4
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)


@pytest.fixture
def run(make_run: MakeRun, save: Save) -> Run:
    save("r/r-0/data.bin", CONTENT)
    save("r/r-0/report", {"index.html": b"<script>alert(1)</script>", "img/a.png": PNG, "img/b.txt": b"b"})
    save("r/r-0/packed.tgz", tgz({"packed/a.txt": b"hello", "packed/deep/b.json": b'{"a": 1}'}))
    save("r/r-0/single.tgz", tgz({"answer.csv": b"a,b\n1,2\n"}))
    artifacts = [
        folder_artifact("data", "r/r-0/data.bin", path="/tmp/data", archive={"none": {}}),
        folder_artifact("report", "r/r-0/report"),
        folder_artifact("packed", "r/r-0/packed.tgz"),
        folder_artifact("single", "r/r-0/single.tgz"),
        folder_artifact("gone", "r/r-0/gone"),
        folder_artifact("deleted", "r/r-0/deleted", deleted=True),
        {"name": "nowhere", "optional": True},
    ]
    return make_run(
        [
            outputs(*artifacts),
            {},
            {"inputs": {"artifacts": [{"name": "text", "raw": {"data": "inline"}, "path": "/in"}]}},
        ]
    )


def test_artifacts_of_all_nodes_are_listed(api: Client, run: Run) -> None:
    answer = api.get(f"/api/runs/{run.uid}/artifacts").json()

    assert answer["next"] is None
    base = address(run, "data")
    assert answer["items"][0] == {
        "node": "r-0",
        "nodeName": "0",
        "side": "outputs",
        "name": "data",
        "path": "/tmp/data",
        "kind": "plugin",
        "key": "r/r-0/data.bin",
        "archive": "none",
        "contentType": "application/octet-stream",
        "size": 1024,
        "isDirectory": False,
        "optional": False,
        "deleted": False,
        "problem": "",
        "links": {"content": base, "entries": f"{base}/entries", "preview": f"{base}/preview"},
    }
    short = [
        (item["name"], item["isDirectory"], item["size"], item["problem"]) for item in answer["items"][1:]
    ]
    assert short == [
        ("report", True, None, ""),
        ("packed", False, len(tgz({"packed/a.txt": b"hello", "packed/deep/b.json": b'{"a": 1}'})), ""),
        ("single", False, len(tgz({"answer.csv": b"a,b\n1,2\n"})), ""),
        ("gone", None, None, "no artifact 'r/r-0/gone' in the artifact folder"),
        ("deleted", None, None, ""),
        ("nowhere", None, None, ""),
        ("text", False, 6, ""),
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 9])
def test_lists_come_in_pages(api: Client, run: Run, limit: int) -> None:
    names, cursor = [], ""
    while cursor is not None:
        answer = api.get(f"/api/runs/{run.uid}/artifacts", {"limit": limit, "cursor": cursor}).json()
        assert len(answer["items"]) <= limit
        names += [item["name"] for item in answer["items"]]
        cursor = answer["next"]

    assert names == ["data", "report", "packed", "single", "gone", "deleted", "nowhere", "text"]


def test_one_node_has_its_own_list(api: Client, run: Run) -> None:
    answer = api.get(f"/api/runs/{run.uid}/artifacts", {"node": "r-2"}).json()

    assert [(item["side"], item["name"]) for item in answer["items"]] == [("inputs", "text")]


@pytest.mark.parametrize("cursor", ["x", "1", "1.2.3", "-1.0", "1.٣", "9" * 30 + ".0"])
def test_a_cursor_of_somebody_else_is_refused(api: Client, run: Run, cursor: str) -> None:
    assert api.get(f"/api/runs/{run.uid}/artifacts", {"cursor": cursor}).status_code == 400


@pytest.mark.argo("7-download-routes", "17-artifacts")
def test_a_file_comes_whole_and_is_saved_by_browsers(api: Client, run: Run) -> None:
    response = api.get(address(run, "data"))

    assert response.status_code == 200
    assert body(response) == CONTENT
    headers = dict(response.headers)
    assert headers.pop("ETag").startswith('"')
    assert headers == headers | {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": 'attachment; filename="data.bin"',
        "Content-Length": "1024",
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
    }
    assert headers["Content-Security-Policy"].startswith("sandbox;")


def test_the_content_of_a_manifest_is_an_artifact_too(api: Client, run: Run) -> None:
    assert body(api.get(address(run, "text", side="inputs", node="r-2"))) == b"inline"


@pytest.mark.parametrize(
    ("wanted", "expected", "described"),
    [
        ("bytes=0-0", CONTENT[:1], "bytes 0-0/1024"),
        ("bytes=10-19", CONTENT[10:20], "bytes 10-19/1024"),
        ("bytes=1000-", CONTENT[1000:], "bytes 1000-1023/1024"),
        ("bytes=-5", CONTENT[-5:], "bytes 1019-1023/1024"),
        ("bytes=1000-99999", CONTENT[1000:], "bytes 1000-1023/1024"),
        ("bytes=-99999", CONTENT, "bytes 0-1023/1024"),
    ],
)
def test_parts_are_given(api: Client, run: Run, wanted: str, expected: bytes, described: str) -> None:
    response = api.get(address(run, "data"), headers={"Range": wanted})

    assert response.status_code == 206
    assert response.headers["Content-Range"] == described
    assert response.headers["Content-Length"] == str(len(expected))
    assert body(response) == expected


@pytest.mark.parametrize("wanted", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_parts_beyond_the_end_are_refused(api: Client, run: Run, wanted: str) -> None:
    response = api.get(address(run, "data"), headers={"Range": wanted})

    assert response.status_code == 416
    assert response.headers["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize("wanted", ["bytes=1-2,5-6", "lines=1-2", "bytes=-", "bytes=9-2", "nonsense"])
def test_other_ranges_give_the_whole(api: Client, run: Run, wanted: str) -> None:
    response = api.get(address(run, "data"), headers={"Range": wanted})

    assert response.status_code == 200
    assert body(response) == CONTENT


def test_what_the_client_has_is_not_sent_again(api: Client, run: Run, save: Save) -> None:
    etag = api.head(address(run, "data")).headers["ETag"]

    assert api.get(address(run, "data"), headers={"If-None-Match": etag}).status_code == 304
    same = api.get(address(run, "data"), headers={"If-Range": etag, "Range": "bytes=0-1"})
    save("r/r-0/data.bin", b"changed")
    other = api.get(address(run, "data"), headers={"If-Range": etag, "Range": "bytes=0-1"})

    assert (same.status_code, other.status_code) == (206, 200)
    assert body(same) == CONTENT[:2]
    assert body(other) == b"changed"
    assert body(api.get(address(run, "data"), headers={"If-None-Match": etag})) == b"changed"


def test_head_tells_without_sending(api: Client, run: Run) -> None:
    response = api.head(address(run, "data"))

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Length"] == "1024"


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("gone", 404, "artifact-not-found"),
        ("deleted", 404, "artifact-deleted"),
        ("nowhere", 404, "artifact-not-found"),
        ("unknown", 404, "not-found"),
        ("report", 400, "artifact-unsupported"),
    ],
)
def test_what_cannot_be_sent_is_told(api: Client, run: Run, name: str, status: int, code: str) -> None:
    response = api.get(address(run, name))

    assert (response.status_code, response.json()["code"]) == (status, code)


def test_inputs_and_outputs_are_told_apart(api: Client, run: Run) -> None:
    assert api.get(address(run, "data", side="inputs")).status_code == 404
    assert api.get(address(run, "data", side="both")).status_code == 404


@pytest.mark.argo("7-download-routes", "7-visualisation")
def test_a_folder_is_listed(api: Client, run: Run) -> None:
    top = api.get(address(run, "report", more="/entries")).json()
    inner = api.get(address(run, "report", more="/entries"), {"path": "img/"}).json()

    assert top == {
        "entries": [
            {"name": "img", "isDirectory": True, "size": len(PNG) + 1},
            {"name": "index.html", "isDirectory": False, "size": 25},
        ],
        "isArchive": False,
        "isWhole": True,
    }
    assert [entry["name"] for entry in inner["entries"]] == ["a.png", "b.txt"]


def test_a_file_of_a_folder_is_sent(api: Client, run: Run) -> None:
    response = api.get(address(run, "report"), {"path": "img/a.png", "inline": "true"})

    assert body(response) == PNG
    assert response.headers["Content-Disposition"] == 'inline; filename="a.png"'


@pytest.mark.argo("7-visualisation")
def test_pages_of_artifacts_cannot_run_scripts(api: Client, run: Run) -> None:
    response = api.get(address(run, "report"), {"path": "index.html", "inline": "true"})

    policy = response.headers["Content-Security-Policy"]
    assert policy.split("; ")[0] == "sandbox"
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert body(response) == b"<script>alert(1)</script>"


@pytest.mark.parametrize("form", ["zip", "tar.gz"])
def test_a_folder_is_sent_as_an_archive(api: Client, run: Run, form: str) -> None:
    response = api.get(address(run, "report"), {"archive": form})

    assert response.headers["Content-Disposition"] == f'attachment; filename="report.{form}"'
    content = io.BytesIO(body(response))
    if form == "zip":
        names = zipfile.ZipFile(content).namelist()
    else:
        with tarfile.open(fileobj=content) as tar:
            names = tar.getnames()
    assert names == ["report/img/a.png", "report/img/b.txt", "report/index.html"]


def test_a_file_is_not_sent_as_an_archive(api: Client, run: Run) -> None:
    assert api.get(address(run, "data"), {"archive": "zip"}).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["../data.bin", "..", "img/../../data.bin", "/etc/passwd", "img/%2e%2e/x", "a\\b", "x\0y", "no/such"],
)
@pytest.mark.parametrize("more", ["", "/entries", "/preview"])
def test_paths_do_not_lead_out(api: Client, run: Run, path: str, more: str) -> None:
    response = api.get(address(run, "report", more=more), {"path": path})

    assert response.status_code in (400, 404), body(response)


def test_a_path_reaches_nothing_beside_a_file(api: Client, run: Run) -> None:
    assert api.get(address(run, "data"), {"path": "x"}).status_code == 404


def test_archives_are_looked_into(api: Client, run: Run) -> None:
    top = api.get(address(run, "packed", more="/entries")).json()
    inner = api.get(address(run, "packed", more="/entries"), {"entry": "packed/"}).json()
    response = api.get(address(run, "packed"), {"entry": "packed/deep/b.json"})

    assert top["entries"] == [{"name": "packed", "isDirectory": True, "size": 13}]
    assert top["isArchive"] is True
    assert [entry["name"] for entry in inner["entries"]] == ["deep", "a.txt"]
    assert body(response) == b'{"a": 1}'
    assert response.headers["Accept-Ranges"] == "none"
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("entry", ["missing", "packed", "../r", "packed/a.txt/x"])
def test_what_is_not_in_an_archive_is_not_found(api: Client, run: Run, entry: str) -> None:
    assert api.get(address(run, "packed"), {"entry": entry}).status_code == 404


def test_only_a_few_archives_are_looked_into_at_once(
    api: Client, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifact_content, "_PATIENCE_S", 0.01)
    busy = threading.BoundedSemaphore(1)
    monkeypatch.setattr(artifact_content, "_looks", busy)

    with busy:
        refused = api.get(address(run, "packed", more="/entries"))
    again = api.get(address(run, "packed", more="/entries"))

    assert (refused.status_code, refused.json()["code"]) == (503, "too-many-looks")
    assert again.status_code == 200


def test_long_lists_are_cut(
    api: Client, make_run: MakeRun, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifact_content, "MAX_ENTRIES", 3)
    save("k", {f"{number}": b"" for number in range(4)})
    run = make_run([outputs(folder_artifact("it", "k"))])

    answer = api.get(address(run, "it", more="/entries")).json()

    assert (len(answer["entries"]), answer["isWhole"]) == (3, False)


def test_a_file_has_no_entries(api: Client, run: Run) -> None:
    assert api.get(address(run, "data", more="/entries")).status_code == 400


def test_of_a_key_alone_the_store_is_the_repository(api: Client, make_run: MakeRun, save: Save) -> None:
    save("some/key.txt", b"found")
    memo = {"artifactRepository": {"location": {"plugin": {"name": "folder", "key": "{{x}}"}}}}
    run = make_run([outputs({"name": "it", "plugin": {"key": "some/key.txt"}})], memo=memo)

    assert body(api.get(address(run, "it"))) == b"found"


@pytest.mark.parametrize("more", ["", "/entries", "/preview"])
@pytest.mark.parametrize(("role", "status"), [("viewer", 200), (None, 404)])
def test_only_who_may_see_the_run_sees_its_artifacts(
    sign_in: Callable[[str | None], Client], run: Run, more: str, role: str | None, status: int
) -> None:
    client = sign_in(role)

    assert client.get(f"/api/runs/{run.uid}/artifacts").status_code == status
    response = client.get(address(run, "packed", more=more))
    assert response.status_code == status
    body(response)


def test_nobody_gets_nothing(run: Run) -> None:
    assert Client().get(f"/api/runs/{run.uid}/artifacts").status_code in (401, 403)
    assert Client().get(address(run, "data")).status_code in (401, 403)


def test_artifacts_of_another_namespace_are_out_of_reach_of_keys(
    api: Client, make_run: MakeRun, save: Save, settings: Any
) -> None:
    other = settings.SLUICE_ARTIFACTS_DIR / "other" / "objects"
    other.mkdir(parents=True)
    (other / "secret").write_bytes(b"theirs")
    run = make_run([outputs(folder_artifact("it", "../../other/objects/secret"))])

    response = api.get(address(run, "it"))

    assert response.status_code == 400
    assert b"theirs" not in json.dumps(response.json()).encode()
