"""/metrics for Prometheus, /healthz and /readyz for whoever keeps the process alive. Plain text, no API."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from workflows.api.authentication import TokenAuthentication
from workflows.services import metrics
from workflows.services.access import Actor
from workflows.store import clock, leases
from workflows.wire.exposition import CONTENT_TYPE

_BEARER = "Bearer "


def scrape(request: HttpRequest) -> HttpResponse:
    """Everything Prometheus may know."""
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    header = request.headers.get("Authorization", "")
    token = header.removeprefix(_BEARER) if header.startswith(_BEARER) else ""
    if not metrics.may_scrape(_user(request), token):
        return HttpResponse(
            "a token for metrics is missing\n", status=401, headers={"WWW-Authenticate": "Bearer"},
            content_type="text/plain",
        )  # fmt: skip
    return HttpResponse(
        metrics.exposition(clock.now()), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"}
    )


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The process can do its work: the database answers; embedded, the engine lives too."""
    try:
        if settings.SLUICE_EMBEDDED and not leases.anybody_alive(clock.now()):
            return HttpResponse("no engine is alive\n", status=503, content_type="text/plain")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def _user(request: HttpRequest) -> Actor | None:
    if request.user.is_authenticated:
        return request.user
    try:
        found = TokenAuthentication().authenticate(Request(request))
    except AuthenticationFailed:
        return None
    return cast("Actor", found[0]) if found is not None else None
