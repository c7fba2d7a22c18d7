"""JSON out, written by orjson: hot reads hand over plain values and no serializer touches them."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer


def json_response(
    value: object,
    *,
    status: int = 200,
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    response = HttpResponse(
        orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str),
        status=status,
        content_type=content_type,
        headers=headers,
    )
    response["Cache-Control"] = "no-store"
    return response


class OrjsonRenderer(BaseRenderer):
    """For DRF's content negotiation and the OpenAPI schema; views answer through `json_response`."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: object, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        return orjson.dumps(data, default=str)
