"""What a node's containers wrote, as text; with ``follow=true`` for as long as the node runs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.following import follow
from workflows.api.requests import LogQuery
from workflows.api.streaming import Generated, Stream
from workflows.executors.base import LogChunk
from workflows.services import logs

_TEXT = "text/plain; charset=utf-8"
#: characters that are answered at once; of longer logs the rest is streamed
_AT_ONCE = 1024 * 1024


class LogView(ApiView):
    @described("Get the output of a node", query=LogQuery, text="text/plain")
    def get(self, request: Request, uid: str, node_id: str) -> HttpResponseBase:
        query = valid(LogQuery, request.query_params)
        chunks = logs.read_logs(actor(request), uid, node_id, **query)
        response = (
            StreamingHttpResponse(follow(chunks), content_type=_TEXT) if query["follow"] else _text(chunks)
        )
        response["Cache-Control"] = "no-store"
        # Proxies that collect what is streamed would make following pointless.
        response["X-Accel-Buffering"] = "no"
        return response


def _text(chunks: Iterator[LogChunk]) -> HttpResponseBase:
    texts = (chunk.text for chunk in chunks)
    begin: list[str] = []
    length = 0
    for text in texts:
        begin.append(text)
        length += len(text)
        if length > _AT_ONCE:
            blocks = (text.encode() for text in chain(begin, texts))
            return StreamingHttpResponse(Stream(Generated(blocks)), content_type=_TEXT)
    return HttpResponse("".join(begin), content_type=_TEXT)
