"""Memoization caches: list them, look into them, forget entries."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from workflows.api import memo_shapes as shapes
from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.rendering import json_response
from workflows.services import memos


class CacheListView(ApiView):
    @described("List the memoization caches of a namespace", answer=shapes.Caches)
    def get(self, request: Request, namespace: str) -> HttpResponse:
        found = memos.list_caches(actor(request), namespace)
        return json_response({"items": [shapes.show_cache(cache) for cache in found]})


class CacheView(ApiView):
    @described(
        "List the entries of a memoization cache", answer=shapes.CacheEntryPage, query=shapes.EntryQuery
    )
    def get(self, request: Request, namespace: str, cache: str) -> HttpResponse:
        query = valid(shapes.EntryQuery, request.query_params)
        limit = query["limit"]
        found = memos.list_entries(actor(request), namespace, cache, after=query["after"], limit=limit + 1)
        items = [shapes.show_entry(entry) for entry in found[:limit]]
        return json_response({"items": items, "next": items[-1]["key"] if len(found) > limit else None})

    @described("Forget all entries of a memoization cache", answer=shapes.Forgotten)
    def delete(self, request: Request, namespace: str, cache: str) -> HttpResponse:
        return json_response({"deleted": memos.delete_cache(actor(request), namespace, cache)})


class CacheEntryView(ApiView):
    @described("Get an entry of a memoization cache with its outputs", answer=shapes.CacheEntryDetail)
    def get(self, request: Request, namespace: str, cache: str, key: str) -> HttpResponse:
        return json_response(shapes.show_entry_detail(memos.get_entry(actor(request), namespace, cache, key)))

    @described("Forget an entry of a memoization cache: the next call with its key runs", status=204)
    def delete(self, request: Request, namespace: str, cache: str, key: str) -> HttpResponse:
        memos.delete_entry(actor(request), namespace, cache, key)
        return HttpResponse(status=204)
