"""Callers that sign their requests instead of signing in: webhooks of well-known senders."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.request import Request

from workflows.services.events import MAX_PAYLOAD
from workflows.services.webhooks import find_sender, has_proof


class PayloadTooLarge(APIException):
    status_code = 413
    default_detail = f"the payload is larger than {MAX_PAYLOAD} bytes"
    default_code = "too-large"


class WebhookAuthentication(BaseAuthentication):
    """For views of one namespace; asked last, so that a token or session goes before the signature."""

    def authenticate(self, request: Request) -> tuple[object, object] | None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not has_proof(headers):
            return None
        refuse_announced(request)
        namespace = request.parser_context["kwargs"]["namespace"]
        found = find_sender(namespace, headers, request._request.body)
        if found is None:
            raise AuthenticationFailed("no webhook client of the namespace has sent this")
        return found


class WebhookScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = WebhookAuthentication
    name = "webhook"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        described = "or the proof of another sender, such as X-Gitlab-Token"
        return {"type": "apiKey", "in": "header", "name": "X-Hub-Signature-256", "description": described}


def refuse_announced(request: Request) -> None:
    """By its announced length, so that a large payload is not read into memory. Raises PayloadTooLarge."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdigit() and int(announced) > MAX_PAYLOAD:
        raise PayloadTooLarge
