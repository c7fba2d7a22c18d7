"""HTTP through Django, WebSockets through Channels, and the life of the embedded server's threads."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
_http = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402

from workflows.api.body_limit import BodyLimit  # noqa: E402
from workflows.live.routing import websocket_urlpatterns  # noqa: E402

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def _lifespan(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Start and stop with the server; in production there is nothing to start."""
    from config.embedded import EmbeddedServer

    await receive()
    server = EmbeddedServer() if settings.SLUICE_EMBEDDED else None
    try:
        if server is not None:
            await asyncio.to_thread(server.start)
    except Exception as fault:
        logger.exception("the server cannot start")
        await send({"type": "lifespan.startup.failed", "message": str(fault)})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    if server is not None:
        await asyncio.to_thread(server.stop)
    await send({"type": "lifespan.shutdown.complete"})


application = ProtocolTypeRouter(
    {
        "http": BodyLimit(_http),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
        "lifespan": _lifespan,
    }
)
