"""Answers /healthz and /readyz for processes that serve no pages: engines and workers. Off unless configured.

A probe must not cost a process of its own: this is one thread with the standard library's server.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

logger = logging.getLogger(__name__)

#: why the process is not well, "" when it is
Check = Callable[[], str]

_TIMEOUT_S = 5.0


class HealthServer:
    """`start` and `stop` once each. `healthy` false asks for a restart, `ready` false only for patience."""

    def __init__(self, address: str, *, healthy: Check, ready: Check) -> None:
        host, _, port = address.rpartition(":")
        self._server = _Server((host.strip("[]"), int(port)), {"/healthz": healthy, "/readyz": ready})
        self._thread = threading.Thread(target=self._server.serve_forever, name="sluice-health", daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_TIMEOUT_S)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], checks: dict[str, Check]) -> None:
        super().__init__(address, _Handler)
        self.checks = checks


class _Handler(BaseHTTPRequestHandler):
    timeout = _TIMEOUT_S
    server: _Server

    def do_GET(self) -> None:
        check = self.server.checks.get(self.path)
        if check is None:
            self._answer(404, "ask for /healthz or /readyz")
            return
        reason = check()
        self._answer(503 if reason else 200, reason or "ok")

    def _answer(self, status: int, text: str) -> None:
        body = f"{text}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        logger.debug(format, *args)
