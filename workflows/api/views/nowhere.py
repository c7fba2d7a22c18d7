"""Addresses under /api/ that do not exist: told as a problem, and only to those who are signed in."""

from __future__ import annotations

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from workflows.api.base import ApiView


@extend_schema(exclude=True)
class NowhereView(ApiView):
    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound(f"there is nothing at {request.path}")

    def get(self, request: Request, rest: str) -> HttpResponseBase:
        raise NotImplementedError  # `initial` never returns

    post = put = patch = delete = get
