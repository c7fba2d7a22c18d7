"""The API described in OpenAPI, made from the views. `docs/openapi.yaml` is a copy that a test compares.

Renew the copy: python manage.py spectacular --file docs/openapi.yaml
"""

from __future__ import annotations

from functools import cache

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from workflows.api.base import ApiView


@cache
def openapi_yaml() -> bytes:
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    renderer = OpenApiYamlRenderer()
    return bytes(renderer.render(schema, renderer_context={}))  # type: ignore[no-untyped-call]


@extend_schema(exclude=True)
class SchemaView(ApiView):
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(openapi_yaml(), content_type="application/vnd.oai.openapi; charset=utf-8")
