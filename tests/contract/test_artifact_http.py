"""The HTTP driver against a server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from tests.contract.artifact_servers import FileServer, basic, serving
from workflows.artifacts import (
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactRefused,
    ArtifactTooLarge,
    ArtifactUnsupported,
    Limits,
    Stat,
    StoreUnavailable,
)
from workflows.artifacts import http as http_module
from workflows.artifacts.http import HttpDriver
from workflows.artifacts.stores import HTTP


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(FileServer()) as server:
        server.files["/file"] = b"content"
        yield server


def driver_of(server: FileServer, **settings: object) -> HttpDriver:
    return HttpDriver(HTTP(url=f"{server.url}/any"), **settings)  # type: ignore[arg-type]


def test_a_saved_file_is_loaded_again(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"\x00new\xff" * 100_000)
    driver = driver_of(server)

    driver.save(tmp_path / "in", "/a folder/new")
    driver.load("/a folder/new", tmp_path / "out")

    assert (tmp_path / "out").read_bytes() == (tmp_path / "in").read_bytes()
    assert driver.stat("/a folder/new") == Stat(False, 500_000)
    assert list(server.files) == ["/file", "/a%20folder/new"]


@pytest.mark.parametrize("path", ["/file", "/parts/file"], ids=["the server gives it all", "or a part"])
def test_a_file_is_read_from_any_byte_on(server: FileServer, path: str) -> None:
    server.files[path] = b"content"

    with driver_of(server).open(path, 3) as stream:
        assert stream.read() == b"tent"

    assert server.log[-1][2]["Range"] == "bytes=3-"


def test_headers_and_password_are_sent(server: FileServer) -> None:
    server.files["/private/file"] = b"secret"
    driver = driver_of(server, headers=[("X-Team", "one")], username="user", password="password")

    with driver.open("/private/file") as stream:
        assert stream.read() == b"secret"

    headers = server.log[-1][2]
    assert (headers["X-Team"], headers["Authorization"]) == ("one", basic("user", "password"))


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_followed(server: FileServer, code: int) -> None:
    with driver_of(server).open(f"/moved/{code}/file") as stream:
        assert stream.read() == b"content"


def test_a_put_follows_a_redirect_that_keeps_the_content(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"new")

    driver_of(server).save(tmp_path / "in", "/moved/307/new")

    assert server.files["/new"] == b"new"


def test_a_put_is_refused_when_a_redirect_would_drop_the_content(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"new")

    with pytest.raises(ArtifactRefused, match="drops the content"):
        driver_of(server).save(tmp_path / "in", "/moved/302/file")


def test_headers_and_password_stay_with_their_server(server: FileServer) -> None:
    with serving(FileServer()) as other:
        other.files["/file"] = b"other"
        server.elsewhere = other.url
        driver = driver_of(server, headers=[("X-Token", "t")], username="user", password="password")

        with driver.open("/away/file") as stream:
            assert stream.read() == b"other"

        assert {"X-Token", "Authorization"} <= set(server.log[0][2])
        assert not {"X-Token", "Authorization"} & set(other.log[0][2])


def test_the_guard_sees_every_address(server: FileServer) -> None:
    seen: list[str] = []

    def guard(url: str) -> None:
        seen.append(url)
        if url == f"{server.url}/file":
            raise ArtifactRefused("not there")

    with pytest.raises(ArtifactRefused, match="not there"):
        driver_of(server, guard=guard).open("/moved/302/file")

    assert seen == [f"{server.url}/moved/302/file", f"{server.url}/file"]
    assert [path for _, path, _ in server.log] == ["/moved/302/file"]


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/missing", ArtifactNotFound),
        ("/status/410", ArtifactNotFound),
        ("/status/403", ArtifactRefused),
        ("/private/file", ArtifactRefused),
        ("/status/429", StoreUnavailable),
        ("/status/503", StoreUnavailable),
        ("/round", ArtifactInvalid),
    ],
)
def test_answers_become_errors_by_who_must_act(
    server: FileServer, tmp_path: Path, path: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        driver_of(server).load(path, tmp_path / "out")

    assert list(tmp_path.iterdir()) == []


def test_a_transfer_that_breaks_off_leaves_nothing(server: FileServer, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="broke off"):
        driver_of(server).load("/short", tmp_path / "out")

    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_silent_is_given_up(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_module, "_TIMEOUT", urllib3.Timeout(0.1))
    driver = driver_of(server)

    with pytest.raises(StoreUnavailable, match="ReadTimeoutError"):
        driver.load("/silent", tmp_path / "out")

    server.go_on.set()
    assert list(tmp_path.iterdir()) == []


def test_a_transfer_stops_at_the_limit(server: FileServer, tmp_path: Path) -> None:
    with pytest.raises(ArtifactTooLarge):
        driver_of(server, limits=Limits(max_bytes=6)).load("/file", tmp_path / "out")

    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    with serving(FileServer()) as server:
        driver = driver_of(server)

    with pytest.raises(StoreUnavailable):
        driver.load("/file", tmp_path / "out")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://host/file", "//host/file", "http://", "http://[x/"]
)
def test_only_web_addresses_are_opened(url: str) -> None:
    with pytest.raises(ArtifactInvalid):
        HttpDriver(HTTP(url=url)).open("/file")


def test_messages_do_not_show_passwords(server: FileServer) -> None:
    address = server.url.replace("//", "//me:hidden@") + "/status/403?token=hidden"

    with pytest.raises(ArtifactRefused) as caught:
        HttpDriver(HTTP(url=address)).open("/status/403")

    assert "hidden" not in str(caught.value)


def test_folders_lists_and_deletion_are_not_offered(server: FileServer, tmp_path: Path) -> None:
    driver = driver_of(server)

    with pytest.raises(ArtifactUnsupported):
        driver.save(tmp_path, "/x")
    with pytest.raises(ArtifactUnsupported):
        driver.list("/x")
    with pytest.raises(ArtifactUnsupported):
        driver.delete("/x")
