"""Short ways to describe views to OpenAPI. Not for the shapes themselves, see `requests` and `answers`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.serializers import Serializer

from workflows.api.answers import ProblemDetails

_View = TypeVar("_View", bound=Callable[..., Any])

SerializerClass = type[Serializer[Any]]


def described(
    summary: str,
    *,
    answer: SerializerClass | None = None,
    status: int = 200,
    body: SerializerClass | None = None,
    query: SerializerClass | None = None,
    text: str = "",
    form: SerializerClass | None = None,
    others: Mapping[int, SerializerClass] | None = None,
) -> Callable[[_View], _View]:
    """`text` is the media type of an answer that is no JSON; `answer` None means no content then.

    `form` is a body with files, alone or besides `body`; `others` are further answers by their status.
    """
    found: Any = answer
    if text:
        found = OpenApiResponse(response=str, description="text")
    responses: dict[Any, Any] = {(status, text): found} if text else {status: found}
    responses |= others or {}
    responses[("default", "application/problem+json")] = ProblemDetails
    request: Any = None
    if body is not None:
        request = {"application/json": body}
        if "manifest" in body().fields:
            request["application/yaml"] = str
    if form is not None:
        request = {**(request or {}), "multipart/form-data": form}
    return extend_schema(
        summary=summary,
        request=request,
        parameters=[query] if query else None,
        responses=responses,
    )
