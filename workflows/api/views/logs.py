"""What a node's containers wrote, as text; with ``follow=true`` for as long as the node runs."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.following import follow
from workflows.api.requests import LogQuery
from workflows.services import logs

_TEXT = "text/plain; charset=utf-8"


class LogView(ApiView):
    @described("Get the output of a node", query=LogQuery, text="text/plain")
    def get(self, request: Request, uid: str, node_id: str) -> HttpResponseBase:
        query = valid(LogQuery, request.query_params)
        chunks = logs.read_logs(actor(request), uid, node_id, **query)
        if query["follow"]:
            response: HttpResponseBase = StreamingHttpResponse(follow(chunks), content_type=_TEXT)
        else:
            response = HttpResponse("".join(chunk.text for chunk in chunks), content_type=_TEXT)
        response["Cache-Control"] = "no-store"
        # Proxies that collect what is streamed would make following pointless.
        response["X-Accel-Buffering"] = "no"
        return response
