"""Stand-ins for programs of images, started as on a machine that lacks them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import workflows.executors.process as package

FOLDER = Path(package.__file__).parent / "standins"


def run(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(FOLDER / name), *words], capture_output=True, text=True, timeout=30, check=False
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[str]:
    """The address of a server of `tmp_path`, configured as a volume of a template would do it."""
    port = free_port()
    (tmp_path / "page.txt").write_text("a page")
    settings = tmp_path / "conf.d"
    settings.mkdir()
    (settings / "default.conf").write_text(
        f"server {{ listen {port}; # here\n location / {{ root {tmp_path}; index index.html; }} }}"
    )
    source = (FOLDER / "nginx").read_text().replace("/etc/nginx/conf.d", str(settings))
    program = tmp_path / "nginx"
    program.write_text(source)
    process = subprocess.Popen(
        [sys.executable, str(program), "-g", "daemon off;"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    for _ in range(200):
        with socket.socket() as peer:
            if peer.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    assert process.wait(10) == 0
    assert process.stdout is not None
    process.stdout.close()


def test_curl_gets_what_nginx_serves(nginx: str, tmp_path: Path) -> None:
    assert "Welcome to nginx!" in run("curl", "--silent", "-G", f"{nginx}/").stdout
    assert run("curl", "-s", f"{nginx}/page.txt").stdout == "a page"

    assert run("curl", "-sSf", "-o", str(tmp_path / "saved"), f"{nginx}/page.txt").returncode == 0
    assert (tmp_path / "saved").read_text() == "a page"


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [("/missing", 0, ()), ("/missing", 22, ("-f",)), ("/conf.d/", 22, ("--fail",))],
    ids=["not found is an answer", "not found", "folders are not listed"],
)
def test_curl_ends_with_the_code_curl_has(nginx: str, path: str, code: int, words: tuple[str, ...]) -> None:
    assert run("curl", "-s", *words, nginx + path).returncode == code


def test_curl_tells_that_nobody_listens() -> None:
    ended = run("curl", "-sS", f"http://127.0.0.1:{free_port()}/")

    assert (ended.returncode, ended.stderr.startswith("curl: (7) Failed to connect")) == (7, True)


def test_what_stand_ins_do_not_know_they_refuse() -> None:
    assert run("curl", "--proxy", "http://x", "http://y").returncode == 2
    assert run("nginx", "-t").returncode == 1
