"""Answers whose body is a file of anybody's making: ranges, validators, and headers that trust nothing."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

from workflows.api.ranges import NotSatisfiable, is_known, wanted_part
from workflows.api.streaming import Blocks, Generated, Stream
from workflows.artifacts.preview import content_type, response_headers
from workflows.services.artifact_content import Content, Download


def send_content(request: Request, content: Content, *, download: bool) -> HttpResponseBase:
    """The file or the part asked for. `download` makes browsers save what they would show."""
    common = _common_headers(content)
    if is_known(request.headers, content.etag):
        return HttpResponse(status=304, headers=common)
    part = None
    if content.has_ranges and content.size is not None:
        try:
            part = wanted_part(request.headers, size=content.size, etag=content.etag)
        except NotSatisfiable:
            return HttpResponse(status=416, headers=common | {"Content-Range": f"bytes */{content.size}"})
    body = Download(content, start=part.first if part else 0, length=part.length if part else content.size)
    headers = response_headers(content.name, body.media_type, download=download) | common
    length = part.length if part else content.size
    if length is not None:
        headers["Content-Length"] = str(length)
    if part:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{content.size}"
    return _answer(request, body, headers, status=206 if part else 200)


def send_bundle(request: Request, name: str, blocks: Iterator[bytes]) -> HttpResponseBase:
    """An archive made while it is sent."""
    headers = response_headers(name, content_type(name), download=True)
    return _answer(request, Generated(blocks), headers, status=200)


def _common_headers(content: Content) -> dict[str, str]:
    headers = {"Accept-Ranges": "bytes" if content.has_ranges else "none"}
    if content.etag:
        headers["ETag"] = f'"{content.etag}"'
    return headers


def _answer(request: Request, body: Blocks, headers: dict[str, str], *, status: int) -> HttpResponseBase:
    if request.method == "HEAD":
        body.close()
        return HttpResponse(status=status, headers=headers)
    # Proxies that collect what is streamed would fill their disks.
    return StreamingHttpResponse(Stream(body), status=status, headers=headers | {"X-Accel-Buffering": "no"})
