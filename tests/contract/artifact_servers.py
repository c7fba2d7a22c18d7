"""Servers the artifact drivers are tested against: real programs and real sockets, on loopback only."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeVar

import urllib3

Server = TypeVar("Server", bound=ThreadingHTTPServer)

ACCESS_KEY, SECRET_KEY = "artifact-tests", "not-a-secret-of-anyone"


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """A nanio process keeping buckets below `folder`; yields its host and port."""
    port = _free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "nanio",
            "serve",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--data-dir",
            folder,
        ],
        env={"PATH": os.defpath, "NANIO_ACCESS_KEY": ACCESS_KEY, "NANIO_SECRET_KEY": SECRET_KEY},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        # Tries again while the port is closed, with a growing pause; any answer means it listens.
        patience = urllib3.Retry(connect=40, backoff_factor=0.05, backoff_max=0.5)
        with urllib3.PoolManager(retries=patience, timeout=5) as pool:
            pool.request("GET", f"http://127.0.0.1:{port}/", retries=patience)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            # It waits for connections that tests have broken off.
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class FileServer(ThreadingHTTPServer):
    """Keeps what is PUT and gives it back. `log` has (method, path, headers) of each request.

    Paths with a meaning: /status/N answers N; /moved/N/PATH answers N with Location /PATH; /short breaks off;
    /silent waits for `go_on`; /parts/… honours `Range`; /private/… wants `user` and `password`; /away/PATH
    sends to `elsewhere`.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _FileHandler)
        self.files: dict[str, bytes] = {}
        self.log: list[tuple[str, str, dict[str, str]]] = []
        self.elsewhere = ""
        self.go_on = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _FileHandler(BaseHTTPRequestHandler):
    server: FileServer

    def do_GET(self) -> None:
        self._note()
        if not self._diverted():
            body = self.server.files.get(self.path)
            wanted = self.headers.get("Range", "")
            if body is not None and wanted and self.path.startswith("/parts/"):
                self._answer(206, body[int(wanted.removeprefix("bytes=").removesuffix("-")) :])
            else:
                self._answer(404 if body is None else 200, body or b"")

    do_HEAD = do_GET

    def do_PUT(self) -> None:
        self._note()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._diverted():
            self.server.files[self.path] = body
            self._answer(201, b"")

    def _note(self) -> None:
        self.server.log.append((self.command, self.path, dict(self.headers)))

    def _diverted(self) -> bool:
        _, first, *rest = self.path.partition("?")[0].split("/")
        match first:
            case "status":
                self._answer(int(rest[0]), b"no")
            case "moved":
                self._answer(int(rest[0]), b"", location="/" + "/".join(rest[1:]))
            case "round":
                self._answer(302, b"", location="/round")
            case "away":
                self._answer(307, b"", location=f"{self.server.elsewhere}/{'/'.join(rest)}")
            case "silent":
                self.server.go_on.wait(30)
                return True
            case "short":
                self.send_response(200)
                self.send_header("Content-Length", "100")
                self.end_headers()
                self.wfile.write(b"only this")
            case "private" if self.headers.get("Authorization") != basic("user", "password"):
                self._answer(401, b"")
            case _:
                return False
        return True

    def _answer(self, status: int, body: bytes, *, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""


class GitServer(ThreadingHTTPServer):
    """Git's own smart HTTP program behind a socket; repositories below /private/ want user and password."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _GitHandler)
        self.folder = folder
        self.log: list[tuple[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _GitHandler(BaseHTTPRequestHandler):
    server: GitServer

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers["Content-Length"])))

    def _serve(self, body: bytes) -> None:
        authorization = self.headers.get("Authorization", "")
        self.server.log.append((self.path, authorization))
        path, _, query = self.path.partition("?")
        if path.startswith("/moved/"):
            self._redirect(self.path.removeprefix("/moved"))
            return
        if path.startswith("/private/") and authorization != basic("user", "password"):
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic realm=git")
            self.end_headers()
            return
        environment = {
            "PATH": os.defpath,
            "GIT_PROJECT_ROOT": str(self.server.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }
        done = subprocess.run(
            ["git", "http-backend"], env=environment, input=body, capture_output=True, check=False
        )
        self._pass_on(done.stdout)

    def _redirect(self, target: str) -> None:
        self.send_response(302)
        self.send_header("Location", target)
        self.end_headers()

    def _pass_on(self, answer: bytes) -> None:
        head, _, body = answer.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
