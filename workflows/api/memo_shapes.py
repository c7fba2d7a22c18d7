"""Memoization caches in the API: queries it takes, answers it gives, rows turned into them."""

from __future__ import annotations

import json
from typing import Any

from rest_framework import serializers

from workflows.models import Memo
from workflows.services.memos import CacheSummary
from workflows.wire import rfc3339


class EntryQuery(serializers.Serializer[Any]):
    after = serializers.CharField(required=False, default="", help_text="`next` of the page before")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=1000, default=100)


class Cache(serializers.Serializer[Any]):
    name = serializers.CharField()
    entries = serializers.IntegerField()
    bytes = serializers.IntegerField(help_text="size of the outputs of all entries")
    lastHitAt = serializers.DateTimeField(help_text="when an entry was used or made last")


class Caches(serializers.Serializer[Any]):
    items = Cache(many=True)


class CacheEntry(serializers.Serializer[Any]):
    key = serializers.CharField()
    nodeID = serializers.CharField(help_text="the node that made it")
    runUid = serializers.CharField(help_text="its run, which may be gone")
    runName = serializers.CharField()
    bytes = serializers.IntegerField()
    createdAt = serializers.DateTimeField()
    lastHitAt = serializers.DateTimeField()


class CacheEntryDetail(CacheEntry):
    outputs = serializers.DictField(allow_null=True, help_text="as in a node's `outputs`")


class CacheEntryPage(serializers.Serializer[Any]):
    items = CacheEntry(many=True)
    next = serializers.CharField(allow_null=True)


class Forgotten(serializers.Serializer[Any]):
    deleted = serializers.IntegerField(help_text="entries that are gone")


def show_cache(cache: CacheSummary) -> dict[str, Any]:
    return {
        "name": cache.name,
        "entries": cache.entries,
        "bytes": cache.size,
        "lastHitAt": rfc3339(cache.last_hit_at),
    }


def show_entry(entry: Memo) -> dict[str, Any]:
    return {
        "key": entry.key,
        "nodeID": entry.node_id,
        "runUid": entry.run_uid,
        "runName": entry.run_name,
        "bytes": entry.size,
        "createdAt": rfc3339(entry.created_at),
        "lastHitAt": rfc3339(entry.last_hit_at),
    }


def show_entry_detail(entry: Memo) -> dict[str, Any]:
    return {**show_entry(entry), "outputs": json.loads(entry.outputs) if entry.outputs else None}
