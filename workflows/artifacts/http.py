"""Artifacts behind plain URLs: GET to load, PUT to save. Source: Argo's http driver.

Not here: getting tokens, see `client_identity`; listing and deleting, as in Argo.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

import urllib3

from workflows.artifacts.driver import Stat, Stored
from workflows.artifacts.egress import EgressGuard, allow_all
from workflows.artifacts.errors import (
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactRefused,
    ArtifactUnsupported,
    StoreUnavailable,
)
from workflows.artifacts.limits import BLOCK, DEFAULT_LIMITS, Budget, Limits
from workflows.artifacts.placing import placing
from workflows.artifacts.stores import Addressed
from workflows.artifacts.streams import client_stream

_MAX_REDIRECTS = 10
_PART = 206
_MOVED = frozenset({301, 302, 303, 307, 308})
#: only after these is a PUT repeated with its content
_MOVED_WITH_BODY = frozenset({307, 308})
_TIMEOUT = urllib3.Timeout(connect=10, read=60)


class HttpDriver:
    """Keys are paths of `store.url`'s server. Whatever says who asks is not sent on to another server.

    `authorize` gives the value of the Authorization header, `context` shows a certificate; `make_pool` makes
    the pools of connections, see `guarded`.
    """

    def __init__(
        self,
        store: Addressed,
        *,
        headers: Sequence[tuple[str, str]] = (),
        username: str = "",
        password: str = "",
        authorize: Callable[[], str] | None = None,
        context: ssl.SSLContext | None = None,
        guard: EgressGuard = allow_all,
        make_pool: Callable[..., urllib3.PoolManager] = urllib3.PoolManager,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._store = store
        self._headers = urllib3.HTTPHeaderDict()
        for name, value in headers:
            self._headers.add(name, value)
        if username and password:
            token = base64.b64encode(f"{username}:{password}".encode()).decode()
            self._headers["Authorization"] = f"Basic {token}"
        self._guard = guard
        self._limits = limits
        self._authorize = authorize
        self._pool = make_pool(timeout=_TIMEOUT, retries=False)
        self._own_pool = self._pool
        if context is not None:
            self._own_pool = make_pool(timeout=_TIMEOUT, retries=False, ssl_context=context)

    def save(self, source: Path, key: str) -> None:
        if source.is_dir():
            raise ArtifactUnsupported("http artifacts are single files; archive the folder as tar or zip")
        if not source.is_file():
            raise ArtifactNotFound(f"{source} no such file or directory")
        with closing(self._request("PUT", key, source)):
            return

    def load(self, key: str, target: Path) -> None:
        budget = Budget(self._limits)
        with (
            placing(target) as temporary,
            self.open(key) as source,
            temporary.open("xb") as out,
        ):
            budget.copy(source, out)

    def open(self, key: str, start: int = 0) -> BinaryIO:
        answer = self._request("GET", key, start=start)
        stream = client_stream(answer, _reading)
        # Many servers give the whole file whatever part is asked for.
        left = start if answer.status != _PART else 0
        while left and (block := stream.read(min(left, BLOCK))):
            left -= len(block)
        return stream

    def list(self, key: str) -> list[Stored]:
        raise ArtifactUnsupported("http artifacts are single files and cannot be listed")

    def delete(self, key: str) -> None:
        raise ArtifactUnsupported("http artifacts cannot be deleted")

    def is_directory(self, key: str) -> bool:
        return False

    def stat(self, key: str) -> Stat:
        with closing(self._request("HEAD", key)) as answer:
            length = answer.headers.get("Content-Length", "")
            version = answer.headers.get("ETag") or answer.headers.get("Last-Modified", "")
            return Stat(False, int(length) if length.isdecimal() else None, version)

    def _request(
        self, method: str, key: str, body: Path | None = None, *, start: int = 0
    ) -> urllib3.BaseHTTPResponse:
        url = self._store.with_key(key).url
        origin = urlsplit(url)[:2]
        for _ in range(_MAX_REDIRECTS + 1):
            answer = self._send(method, url, body, own=urlsplit(url)[:2] == origin, start=start)
            if answer.status not in _MOVED or not answer.headers.get("Location"):
                return _checked(answer, url)
            answer.close()
            if answer.status not in _MOVED_WITH_BODY and body is not None:
                raise ArtifactRefused(
                    f"{_shown(url)} answers a PUT with {answer.status}, which drops the content"
                )
            url = urljoin(url, answer.headers["Location"])
        raise ArtifactInvalid(f"{_shown(url)} redirects more than {_MAX_REDIRECTS} times")

    def _send(
        self, method: str, url: str, body: Path | None, *, own: bool, start: int
    ) -> urllib3.BaseHTTPResponse:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ArtifactInvalid(f"not an http address: {_shown(url)}")
        self._guard(url)
        headers = self._headers.copy() if own else urllib3.HTTPHeaderDict()
        if own and self._authorize is not None:
            headers["Authorization"] = self._authorize()
        pool = self._own_pool if own else self._pool
        if start:
            headers["Range"] = f"bytes={start}-"
        try:
            if body is None:
                return _open_url(pool, method, url, headers)
            headers["Content-Length"] = str(body.stat().st_size)
            with body.open("rb") as stream:
                return _open_url(pool, method, url, headers, stream)
        except (urllib3.exceptions.LocationValueError, ValueError) as fault:
            raise ArtifactInvalid(f"not an http address: {_shown(url)}") from fault
        except urllib3.exceptions.HTTPError as fault:
            raise StoreUnavailable(f"{_shown(url)} does not answer: {type(fault).__name__}") from fault


def _open_url(
    pool: urllib3.PoolManager,
    method: str,
    url: str,
    headers: urllib3.HTTPHeaderDict,
    body: BinaryIO | None = None,
) -> urllib3.BaseHTTPResponse:
    return pool.request(
        method,
        url,
        headers=headers,
        body=body,
        redirect=False,
        preload_content=False,
        decode_content=True,
    )


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except urllib3.exceptions.HTTPError as fault:
        raise StoreUnavailable(f"the transfer broke off: {type(fault).__name__}") from fault


def _checked(answer: urllib3.BaseHTTPResponse, url: str) -> urllib3.BaseHTTPResponse:
    if 200 <= answer.status < 300:
        return answer
    answer.close()
    text = f"{_shown(url)} answers {answer.status} {answer.reason or ''}".rstrip()
    if answer.status in (404, 410):
        raise ArtifactNotFound(text)
    if answer.status >= 500 or answer.status in (408, 429):
        raise StoreUnavailable(text)
    raise ArtifactRefused(text)


def _shown(url: str) -> str:
    """A URL for a message: without password and query, where secrets hide."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
