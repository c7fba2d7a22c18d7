"""The caller: who they are, what they may do where, their API tokens."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from workflows.api import answers
from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.rendering import json_response
from workflows.api.requests import NamespaceBody, TokenBody
from workflows.models import ApiToken
from workflows.services import account, namespaces, tokens
from workflows.wire import rfc3339


class MeView(ApiView):
    @described("Who you are and what you may do", answer=answers.Me)
    def get(self, request: Request) -> HttpResponse:
        return json_response({"username": actor(request).get_username(), "namespaces": _namespaces(request)})


class NamespaceListView(ApiView):
    @described("List the namespaces you may see", answer=answers.Namespaces)
    def get(self, request: Request) -> HttpResponse:
        return json_response({"items": _namespaces(request)})

    @described("Make a namespace", body=NamespaceBody, answer=answers.NamespaceRights, status=201)
    def post(self, request: Request) -> HttpResponse:
        name = valid(NamespaceBody, request.data)["name"]
        namespaces.create_namespace(actor(request), name)
        [made] = [entry for entry in _namespaces(request) if entry["name"] == name]
        return json_response(made, status=201)


class TokenListView(ApiView):
    @described("List your API tokens", answer=answers.Tokens)
    def get(self, request: Request) -> HttpResponse:
        return json_response({"tokens": [_token(row) for row in tokens.list_tokens(actor(request))]})

    @described(
        "Make an API token; it is shown this once", body=TokenBody, answer=answers.NewToken, status=201
    )
    def post(self, request: Request) -> HttpResponse:
        body = valid(TokenBody, request.data)
        made = tokens.create_token(actor(request), name=body["name"], expires_at=body.get("expiresAt"))
        return json_response(_token(made.row) | {"token": made.secret}, status=201)


class TokenView(ApiView):
    @described("Revoke an API token", status=204)
    def delete(self, request: Request, token_id: int) -> HttpResponse:
        tokens.revoke_token(actor(request), token_id)
        return HttpResponse(status=204)


def _namespaces(request: Request) -> list[dict[str, object]]:
    return [{"name": seen.name, "rights": seen.rights} for seen in account.list_namespaces(actor(request))]


def _token(row: ApiToken) -> dict[str, object]:
    return {
        "id": row.id,
        "name": row.name,
        "prefix": row.prefix,
        "createdAt": rfc3339(row.created_at),
        "expiresAt": rfc3339(row.expires_at),
        "lastUsedAt": rfc3339(row.last_used_at),
    }
