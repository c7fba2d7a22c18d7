"""Addresses of WebSocket consumers."""

from __future__ import annotations

from django.urls import URLPattern, path

from workflows.live.consumer import LiveConsumer

websocket_urlpatterns: list[URLPattern] = [path("ws/", LiveConsumer.as_asgi())]
