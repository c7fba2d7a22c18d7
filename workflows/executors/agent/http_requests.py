"""One HTTP exchange: a request, its redirects, the whole answer, in the words of Go's client when it fails.

Every hop goes only where the egress rule allows. `Exchange.cancel` ends it from another thread. Not for what
an answer means, see `http_work` and `plugin_work`.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

import urllib3
from urllib3.exceptions import (
    DecodeError,
    HTTPError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from workflows.artifacts.egress import EgressRule
from workflows.artifacts.guarded import DialError, guarded_pool
from workflows.errors import SluiceError
from workflows.executors.agent.work import Failed

TIMED_OUT: Final = "context deadline exceeded"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAD_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MAX_REDIRECTS = 10
_BLOCK = 64 * 1024
#: a server must say something within this time, however long the whole may take
_SILENCE_S = 3600.0
#: not sent on to another host
_SENSITIVE = frozenset({"authorization", "www-authenticate", "cookie", "cookie2"})
_CONTENT = frozenset({"content-type", "content-length", "content-encoding", "transfer-encoding"})


class TooLarge(Failed):
    """The answer is longer than allowed."""


class NoAnswer(Failed):
    """Nobody listens, or the connection broke off: trying again may help."""


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` in order, names may repeat. `verify`: whether the server's certificate must be right."""

    method: str
    url: str
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` by Go's canonical names."""

    status: int
    reason: str
    headers: dict[str, list[str]]
    body: bytes


class Exchange:
    """`run` once."""

    def __init__(self, rule: EgressRule, *, max_bytes: int, silence_seconds: float = _SILENCE_S) -> None:
        self._rule = rule
        self._max_bytes = max_bytes
        self._silence = silence_seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._cancelled = False

    def run(self, request: Request) -> Answer:
        """Raises Failed, NoAnswer, TooLarge."""
        check_request(request)
        verb = f"{request.method[:1].upper()}{request.method[1:].lower()}"
        with self._pool(request) as pool:
            for _ in range(_MAX_REDIRECTS):
                answer = self._send(pool, request, verb)
                try:
                    following = _following(request, answer)
                    if following is None:
                        return self._read(answer, request)
                    request = following
                finally:
                    answer.close()
        raise Failed(f'{verb} "{shown(request.url)}": stopped after {_MAX_REDIRECTS} redirects')

    def cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            sockets, self._sockets = self._sockets, []
        for each in sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _pool(self, request: Request) -> urllib3.PoolManager:
        tls = {} if request.verify else {"cert_reqs": "CERT_NONE", "assert_hostname": False}
        return guarded_pool(
            self._rule,
            on_socket=self._take,
            retries=False,
            timeout=urllib3.Timeout(connect=30, read=self._silence),
            **tls,
        )

    def _take(self, connected: socket.socket) -> None:
        with self._lock:
            if self._cancelled:
                connected.close()
                raise OSError("cancelled")
            self._sockets.append(connected)

    def _send(self, pool: urllib3.PoolManager, request: Request, verb: str) -> urllib3.BaseHTTPResponse:
        headers = urllib3.HTTPHeaderDict()
        for name, value in request.headers:
            headers.add(canonical(name), value.strip(" \t"))
        for name, value in (("User-Agent", "sluice"), ("Accept-Encoding", "gzip")):
            if name not in headers:
                headers[name] = value
        try:
            return pool.request(
                request.method,
                request.url,
                headers=headers,
                body=request.body or None,
                redirect=False,
                preload_content=False,
                decode_content=_decodes(request),
            )
        except SluiceError as fault:
            raise Failed(f'{verb} "{shown(request.url)}": {fault}') from fault
        except (HTTPError, OSError, ValueError) as fault:
            raise NoAnswer(f'{verb} "{shown(request.url)}": {_reason(fault)}') from fault

    def _read(self, answer: urllib3.BaseHTTPResponse, request: Request) -> Answer:
        body = bytearray()
        try:
            while block := answer.read1(_BLOCK):
                body += block
                if len(body) > self._max_bytes:
                    raise TooLarge(f"the response body is longer than {self._max_bytes} bytes")
        except DecodeError as fault:
            raise Failed("gzip: invalid header") from fault
        except (HTTPError, OSError, ValueError) as fault:
            raise NoAnswer(_reason(fault)) from fault
        headers: dict[str, list[str]] = {}
        for name, value in answer.headers.iteritems():
            headers.setdefault(canonical(name), []).append(value)
        if _decodes(request) and headers.get("Content-Encoding") == ["gzip"]:
            headers.pop("Content-Encoding")
            headers.pop("Content-Length", None)
        return Answer(answer.status, answer.reason or "", headers, bytes(body))


def check_request(request: Request) -> None:
    """What Go's client refuses to send. Raises Failed."""
    if not _TOKEN.fullmatch(request.method):
        raise Failed(f'net/http: invalid method "{request.method}"')
    for name, value in request.headers:
        if not _TOKEN.fullmatch(name):
            raise Failed(f'net/http: invalid header field name "{name}"')
        if _BAD_VALUE.search(value):
            raise Failed(f'net/http: invalid header field value for "{name}"')
    verb = f"{request.method[:1].upper()}{request.method[1:].lower()}"
    try:
        parts = urlsplit(request.url)
        _ = parts.port
    except ValueError as fault:
        raise Failed(f'parse "{request.url}": {fault}') from fault
    if parts.scheme not in ("http", "https"):
        raise Failed(f'{verb} "{shown(request.url)}": unsupported protocol scheme "{parts.scheme}"')
    if not parts.hostname:
        raise Failed(f'{verb} "{shown(request.url)}": http: no Host in request URL')


def canonical(name: str) -> str:
    """Go's CanonicalMIMEHeaderKey."""
    return "-".join(part[:1].upper() + part[1:].lower() for part in name.split("-"))


def shown(url: str) -> str:
    """A URL for a message: the password is masked, as Go does it."""
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.password:
            user, _, host = parts.netloc.rpartition("@")
            return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:***@{host}"))
    return url


def _decodes(request: Request) -> bool:
    """Answers are unpacked unless the sender spoke of encodings itself."""
    return all(name.lower() != "accept-encoding" for name, _ in request.headers)


def _following(request: Request, answer: urllib3.BaseHTTPResponse) -> Request | None:
    """The request a redirect leads to. Source: Go's `redirectBehavior`."""
    place = answer.headers.get("Location", "")
    if not place or answer.status not in (301, 302, 303, 307, 308):
        return None
    method, body, headers = request.method, request.body, list(request.headers)
    if answer.status in (301, 302, 303) and method != "HEAD":
        method, body = "GET", b""
        headers = [entry for entry in headers if entry[0].lower() not in _CONTENT]
    url = urljoin(request.url, place)
    following = replace(request, method=method, url=url, headers=headers, body=body)
    if not _is_same_site(request.url, url):
        headers = [entry for entry in headers if entry[0].lower() not in _SENSITIVE | {"host"}]
        following = replace(following, headers=headers)
    check_request(following)
    return following


def _is_same_site(before: str, after: str) -> bool:
    """The same host or one below it, and never from TLS to plain text."""
    old, new = urlsplit(before), urlsplit(after)
    if old.scheme == "https" and new.scheme == "http":
        return False
    here, there = old.hostname or "", new.hostname or ""
    return here == there or there.endswith(f".{here}")


def _reason(fault: Exception) -> str:
    match fault:
        case DialError():
            return fault.reason
        case ReadTimeoutError():
            return "timeout awaiting response"
        case SSLError():
            return f"tls: {fault.args[0] if fault.args else fault}"
        case ProtocolError():
            return "EOF" if len(fault.args) < 2 else f"{fault.args[1]}"
    return f"{fault}"
