"""One real server in a folder of its own for all end-to-end tests, and a browser where there is one."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "only-for-this-test"
STARTS_WITHIN_S = 60
STOPS_WITHIN_S = 8


@dataclass
class Server:
    data: Path
    url: str = ""
    process: subprocess.Popen[str] | None = None
    clients: list[requests.Session] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("SLUICE_")}
        return inherited | {
            "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
            "SLUICE_DATA_DIR": str(self.data),
            "SLUICE_ADMIN_PASSWORD": PASSWORD,
        }

    def start(self) -> None:
        log = (self.data.parent / "server.log").open("a")
        with log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run_server", "--port", "0"],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        found = re.search(r"http://\S+?(?=/)", self.process.stdout.readline())
        assert found, (self.data.parent / "server.log").read_text()
        self.url = found.group()
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        ends = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                requests.get(f"{self.url}/login/", timeout=5).close()
                return
            except requests.ConnectionError:
                assert time.monotonic() < ends, "the server does not answer"
                time.sleep(0.1)

    def stop(self) -> int:
        """As Ctrl-C does; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=STOPS_WITHIN_S)

    def clean_up(self) -> None:
        """Leaves nothing behind, however the tests went."""
        for client in self.clients:
            client.close()
        if self.process is not None and self.process.stdout is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()

    def sign_in(self) -> requests.Session:
        session = requests.Session()
        self.clients.append(session)
        session.get(f"{self.url}/login/", timeout=10)
        form = {
            "username": "admin",
            "password": PASSWORD,
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
        }
        answer = session.post(f"{self.url}/login/", form, timeout=10, allow_redirects=False)
        assert answer.status_code == 302
        session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
        return session

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("e2e") / "data")
    try:
        server.start()
        yield server
        assert server.stop() == 0
    finally:
        server.clean_up()


@dataclass
class Client:
    """A signed-in program."""

    server: Server
    session: requests.Session

    def get(self, path: str, **query: Any) -> Any:
        answer = self.session.get(self.server.url + path, params=query, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        answer = self.session.post(self.server.url + path, json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def log(self, uid: str, node_id: str) -> str:
        answer = self.session.get(f"{self.server.url}/api/runs/{uid}/nodes/{node_id}/logs", timeout=30)
        assert answer.ok, answer.text
        return answer.content.decode()

    def submit(self, manifest: str, **more: Any) -> str:
        [run] = self.post("/api/namespaces/default/runs", manifest=manifest, **more)["runs"]
        return str(run["metadata"]["uid"])

    def wait(self, uid: str, *phases: str, within_s: float = 60) -> Any:
        """The run once it is in one of the phases."""
        ends = time.monotonic() + within_s
        while (run := self.get(f"/api/runs/{uid}"))["status"]["phase"] not in phases:
            assert time.monotonic() < ends, run["status"]
            time.sleep(0.1)
        return run

    def wait_for_node(self, uid: str, name: str, phase: str, within_s: float = 60) -> Any:
        ends = time.monotonic() + within_s
        while True:
            nodes = self.get(f"/api/runs/{uid}")["status"].get("nodes", {}).values()
            for node in nodes:
                if node["displayName"] == name and node["phase"] == phase:
                    return node
            assert time.monotonic() < ends, [(node["displayName"], node["phase"]) for node in nodes]
            time.sleep(0.1)


@pytest.fixture
def client(server: Server) -> Client:
    return Client(server, server.sign_in())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Not kept for the session: as long as it is open, no other test can run an event loop of its own."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="no browser tests: pip install -r tests/e2e/requirements.txt"
    )
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    if binary is None:
        pytest.skip("no browser tests: there is no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        # Chromium's own sandbox needs rights that containers and root do not have.
        browser = driver.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, server: Server) -> Iterator[Any]:
    """A fresh, signed-in page; any error in its console fails the test."""
    context = chromium.new_context(base_url=server.url, viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto("/login/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    yield page
    context.close()
    assert faults == []
