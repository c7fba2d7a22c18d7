"""Taking events from outside, and showing what became of them."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from workflows.api import event_shapes as shapes
from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.parsers import RawParser
from workflows.api.rate_limits import SubmitThrottle
from workflows.api.rendering import json_response
from workflows.api.requests import NoBody
from workflows.api.webhooks import PayloadTooLarge, WebhookAuthentication, refuse_announced
from workflows.services import events


class _PayloadParser(RawParser):
    limit = events.MAX_PAYLOAD


class SendEventView(ApiView):
    """The body is any JSON, whatever media type it says it is."""

    authentication_classes = (*ApiView.authentication_classes, WebhookAuthentication)
    parser_classes = (_PayloadParser,)
    throttle_classes = (SubmitThrottle,)

    @described("Send an event, which starts the runs of the bindings that match", answer=shapes.Accepted)
    def post(self, request: Request, namespace: str, discriminator: str = "") -> HttpResponse:
        payload = _payload(request)
        reception = events.accept(
            actor(request),
            namespace,
            discriminator,
            payload,
            shapes.event_metadata(request),
            key=shapes.event_key(request),
        )
        return json_response(shapes.show_reception(reception))


class SendPlainEventView(SendEventView):
    """Without a discriminator."""


class SendArgoEventView(SendEventView):
    """The same at the address that Argo's clients know."""


class SendPlainArgoEventView(SendEventView):
    """The same at the address that Argo's clients know, without a discriminator."""


class ReceivedEventListView(ApiView):
    @described(
        "List the events of a namespace, newest first", answer=shapes.EventPage, query=shapes.EventQuery
    )
    def get(self, request: Request, namespace: str) -> HttpResponse:
        query = valid(shapes.EventQuery, request.query_params)
        limit = query["limit"]
        found = events.list_events(actor(request), namespace, before=query.get("before"), limit=limit + 1)
        items = [shapes.show_event(event) for event in found[:limit]]
        return json_response({"items": items, "next": items[-1]["id"] if len(found) > limit else None})


class ReceivedEventView(ApiView):
    @described("Get an event with its payload", answer=shapes.EventDetail)
    def get(self, request: Request, namespace: str, event_id: int) -> HttpResponse:
        event = events.get_event(actor(request), namespace, event_id)
        content: dict[str, Any] = {"payload": event.payload, "metadata": orjson.loads(event.metadata)}
        return json_response(shapes.show_event(event) | content)


class ReplayEventView(ApiView):
    @described(
        "Ask the bindings that have not submitted a run once more", body=NoBody, answer=shapes.Accepted
    )
    def post(self, request: Request, namespace: str, event_id: int) -> HttpResponse:
        return json_response(shapes.show_reception(events.replay(actor(request), namespace, event_id)))


def _payload(request: Request) -> bytes:
    refuse_announced(request)
    body: bytes = request.data.get("payload", b"")
    if len(body) > events.MAX_PAYLOAD:
        raise PayloadTooLarge
    return body
