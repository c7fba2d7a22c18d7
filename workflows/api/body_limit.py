"""Refuses request bodies that are too large while they arrive: before, Django would keep all of them on disk.

Nobody is signed in yet at this point, so only the address decides how much may be sent.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings

from workflows.api.problems import problem_response

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

#: the largest manifest with some room for what is around it
_MOST = 16 * 1024 * 1024
_FILES = re.compile(r"/api/namespaces/[^/]+/(uploads|runs)")


class BodyLimit:
    """Wraps an ASGI application that serves HTTP."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        most = _limit(scope["path"], headers)
        if _declared(headers) > most:
            await _refuse(scope, send)
            return
        left = most
        is_over = False

        async def receive_limited() -> dict[str, Any]:
            nonlocal left, is_over
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                # The application drops what it has; the answer follows below.
                is_over = True
                return {"type": "http.disconnect"}
            return message

        await self._application(scope, receive_limited, send)
        if is_over:
            await _refuse(scope, send)


def _limit(path: str, headers: dict[bytes, bytes]) -> int:
    sends_files = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
    return _MOST + (settings.SLUICE_UPLOAD_MAX_BYTES if sends_files and _FILES.fullmatch(path) else 0)


def _declared(headers: dict[bytes, bytes]) -> int:
    text = headers.get(b"content-length", b"")
    return int(text) if text.isdigit() and len(text) < 19 else 0


async def _refuse(scope: Scope, send: Send) -> None:
    response = problem_response(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        code="too-large",
        detail="the request is too large",
        instance=scope["path"],
    )
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    # What is still on its way is not read.
    headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
