"""A proxy in front of a real store that misbehaves on demand, as networks and overloaded servers do."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

#: refuse answers 503; cut sends half of the body; hang sends nothing until the proxy is told to go on
Fault = Literal["refuse", "cut", "hang"]
#: what to do with the request of this method and path, None for passing it on
Plan = Callable[[str, str], Fault | None]


class FaultyProxy(ThreadingHTTPServer):
    """Passes requests on to `upstream`, host and port, as they came. `log` has method and path of each."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.plan: Plan = lambda method, path: None
        self.log: list[tuple[str, str]] = []
        #: set when a request hangs, and to let those that hang go
        self.hanging, self.go_on = threading.Event(), threading.Event()
        self.address = f"127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: FaultyProxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.log.append((self.command, self.path))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.plan(self.command, self.path)
        if fault == "refuse":
            self._send(503, [], b"<Error><Code>SlowDown</Code><Message>reduce your rate</Message></Error>")
            return
        if fault == "hang":
            self.server.hanging.set()
            self.server.go_on.wait(30)
            self.close_connection = True
            return
        self._pass_on(body, cut=fault == "cut")

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET

    def _pass_on(self, body: bytes, *, cut: bool) -> None:
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=30)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                # The whole body is here already: the upstream need not be asked to take it.
                if name.lower() not in ("expect", "connection"):
                    upstream.putheader(name, value)
            upstream.endheaders(body)
            answer = upstream.getresponse()
            content = answer.read()
        except OSError:
            self.close_connection = True
            return
        finally:
            upstream.close()
        kept = [
            (k, v) for k, v in answer.getheaders() if k.lower() not in ("connection", "transfer-encoding")
        ]
        self._send(answer.status, kept, content, cut=cut)

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes, *, cut: bool = False) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() != "content-length" or self.command == "HEAD":
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""
