"""The server as `make run` starts it, in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SLEEPER = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: sleeper}
spec:
  entrypoint: main
  templates:
    - name: main
      dag:
        tasks: [{name: a, template: work}, {name: b, template: work, depends: a}]
    - {name: work, container: {image: busybox, command: [sleep, "1"]}}
"""


class Server:
    def __init__(self, data: Path) -> None:
        self.environment = {**os.environ, "SLUICE_DATA_DIR": str(data), "SLUICE_LOG_LEVEL": "WARNING"}
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.process: subprocess.Popen[str] | None = None
        self.port = 0

    def start(self) -> str:
        """Everything it says until it can be reached."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = self._popen("run_server", "--port", str(self.port))
        said = self.process.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/login/", timeout=30):
            pass
        return said

    def stop(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str, float]:
        """Exit code, all output, seconds."""
        start = time.monotonic()
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=30)
        return self.process.returncode, said, time.monotonic() - start

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    def _popen(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "data")
    yield server
    if server.process is not None and server.process.poll() is None:
        server.process.kill()
        server.process.communicate()


@pytest.mark.slow
def test_a_run_survives_a_restart_and_the_server_stops_quickly(server, tmp_path):
    manifest = tmp_path / "sleeper.yaml"
    manifest.write_text(SLEEPER)
    greeting = server.start()
    assert f"http://127.0.0.1:{server.port}/" in greeting

    submitted = server.command("submit", str(manifest))
    assert submitted.returncode == 0, submitted.stderr
    refused = server.command("run_server", "--port", "0")
    code, said, seconds = server.stop()
    server.start()
    finished = server.command("watch", "sleeper")
    stopped = server.stop(signal.SIGTERM)

    assert (refused.returncode, "uses the data folder" in refused.stderr) == (1, True)
    assert (code, seconds < 5, "Traceback" not in said) == (0, True, True), said
    assert re.search(r"sleeper.*Succeeded|Succeeded.*sleeper", finished.stdout, re.DOTALL), finished
    assert (stopped[0], stopped[2] < 5) == (0, True), stopped[1]
