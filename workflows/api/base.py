"""What all API views have in common: who may ask, how bodies are read, how errors are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpResponse
from rest_framework.authentication import SessionAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from workflows.api import problems
from workflows.api.authentication import TokenAuthentication
from workflows.api.naming import OperationNames
from workflows.api.parsers import OrjsonParser
from workflows.api.rendering import OrjsonRenderer

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class _OneFormat(BaseContentNegotiation):
    """The format follows from the address; `Accept` is not consulted, so errors can always be told."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        wanted = (request.content_type or "application/json").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type in (wanted, "*/*")), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """Signed-in callers only; every error is a problem. Services decide what the caller may do."""

    authentication_classes = (TokenAuthentication, SessionAuthentication)
    permission_classes = (IsAuthenticated,)
    parser_classes: Sequence[type[BaseParser]] = (OrjsonParser,)
    renderer_classes = (OrjsonRenderer,)
    content_negotiation_class = _OneFormat
    metadata_class = None
    schema = OperationNames()

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], HttpResponse]:
        return problems.handle


def actor(request: Request) -> User:
    """The caller; `ApiView` has made sure that there is one."""
    return cast("User", request.user)


def valid(serializer: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    """The data as the serializer reads it; raises ValidationError naming each field at fault."""
    reader = serializer(data=data)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)
