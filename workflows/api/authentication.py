"""Who asks: a session cookie (with CSRF check) or an API token in the Authorization header."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from workflows.services import tokens


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer slu_…``"""

    def authenticate(self, request: Request) -> tuple[object, object] | None:
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        found = tokens.find_owner(token.decode("latin-1").strip())
        if found is None:
            raise AuthenticationFailed("the token is unknown, revoked or expired")
        return found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
