"""A real server in a folder of its own, and a client for what the comparison asks of it."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
#: exists on every new server
NAMESPACE = "default"
_TIMEOUT_S = 60


class Refused(Exception):
    """The server refused a request. `problems` are a manifest's, `code` and `detail` the answer's."""

    def __init__(self, answer: requests.Response) -> None:
        body = answer.json()
        self.code = str(body.get("code", ""))
        self.detail = str(body.get("detail", ""))
        self.problems: list[dict[str, Any]] = body.get("problems") or []
        super().__init__(f"{answer.status_code} {self.code}: {self.detail}")


class Server:
    """Started by `with`, stopped at its end; all its data are gone then. `settings` are variables for it."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = settings
        self._folder = tempfile.TemporaryDirectory(prefix="sluice-conformance-", ignore_cleanup_errors=True)
        self._password = secrets.token_urlsafe(12)
        self._session = requests.Session()

    def __enter__(self) -> Server:
        self.log = Path(self._folder.name) / "server.log"
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "run_server", "--port", "0"],
                cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        assert self._process.stdout is not None
        found = re.search(r"http://\S+?(?=/)", self._process.stdout.readline())
        if found is None:
            raise SystemExit(f"the server did not start:\n{self.log.read_text()}")
        self.url = found.group()
        self._sign_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._session.close()
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._folder.cleanup()

    @property
    def _environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("SLUICE_")}
        return inherited | {
            "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
            "SLUICE_DATA_DIR": str(Path(self._folder.name) / "data"),
            "SLUICE_ADMIN_PASSWORD": self._password,
            **self._settings,
        }

    def _sign_in(self) -> None:
        session = self._session
        session.get(f"{self.url}/login/", timeout=_TIMEOUT_S)
        form = {
            "username": "admin",
            "password": self._password,
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
        }
        session.post(f"{self.url}/login/", form, timeout=_TIMEOUT_S, allow_redirects=False)
        session.headers["X-CSRFToken"] = session.cookies["csrftoken"]

    # --- requests ----------------------------------------------------------------------------------

    def create_namespaces(self, names: list[str]) -> None:
        script = (
            "from workflows.services.namespaces import create_namespace as create\n"
            "from django.contrib.auth.models import User\n"
            f"[create(User.objects.get(), name) for name in {names!r}]"
        )
        subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", script],
            cwd=ROOT, env=self._environment, check=True, timeout=_TIMEOUT_S, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def submit(self, namespace: str, manifest: str) -> list[str]:
        """Uids of the runs of a manifest. Raises Refused."""
        answer = self._session.post(
            f"{self.url}/api/namespaces/{namespace}/runs", data=manifest.encode(),
            headers={"Content-Type": "application/yaml"}, timeout=_TIMEOUT_S,
        )  # fmt: skip
        return [run["metadata"]["uid"] for run in _checked(answer)["runs"]]

    def trigger(self, namespace: str, name: str) -> str:
        """Uid of the run that the schedule starts now."""
        return str(self._post(f"namespaces/{namespace}/cron-workflows/{name}/trigger", {})["uid"])

    def send_event(self, namespace: str, discriminator: str, payload: dict[str, Any]) -> list[str]:
        """Uids of the runs that the event started."""
        answer = self._post(f"namespaces/{namespace}/events/{discriminator}", payload)
        return [run["uid"] for run in answer["runs"]]

    def set_limit(self, namespace: str, key: str, limit: int) -> None:
        """How many may hold the semaphore `key` of the lock database."""
        address = f"{self.url}/api/namespaces/{namespace}/limits/{key}"
        _checked(self._session.put(address, json={"limit": limit}, timeout=_TIMEOUT_S))

    def problems(self, namespace: str, manifest: str) -> list[dict[str, Any]]:
        """What the server would say about a manifest."""
        answer = self._session.post(
            f"{self.url}/api/namespaces/{namespace}/lint", data=manifest.encode(),
            headers={"Content-Type": "application/yaml"}, timeout=_TIMEOUT_S,
        )  # fmt: skip
        found: list[dict[str, Any]] = _checked(answer)["problems"]
        return found

    def workflow(self, uid: str) -> dict[str, Any]:
        return _checked(self._session.get(f"{self.url}/api/runs/{uid}", timeout=_TIMEOUT_S))

    def act(self, uid: str, action: str, **body: Any) -> None:
        answer = self._session.post(f"{self.url}/api/runs/{uid}/{action}", json=body, timeout=_TIMEOUT_S)
        if answer.status_code >= 400:
            raise Refused(answer)

    def _post(self, address: str, body: dict[str, Any]) -> dict[str, Any]:
        return _checked(self._session.post(f"{self.url}/api/{address}", json=body, timeout=_TIMEOUT_S))


def _checked(answer: requests.Response) -> dict[str, Any]:
    if answer.status_code >= 400:
        raise Refused(answer)
    body: dict[str, Any] = answer.json()
    return body
