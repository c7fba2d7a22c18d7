"""Memoization caches: list them, look into one, forget entries."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from workflows.errors import UserError
from workflows.management.base import SluiceCommand
from workflows.services import memos
from workflows.services.access import Actor
from workflows.wire import rfc3339

_PAGE = 500


class Command(SluiceCommand):
    help = "List memoization caches and their entries, and forget entries so that they are made anew."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=("list", "forget"), help="what to do")
        parser.add_argument("cache", nargs="?", default="", metavar="CACHE", help="the cache")
        parser.add_argument("key", nargs="?", default="", metavar="KEY", help="forget: this entry only")

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        cache, key = options["cache"], options["key"]
        if options["action"] == "list":
            if cache:
                self._entries(actor, namespace, cache)
            else:
                self._caches(actor, namespace)
        elif not cache:
            raise UserError("name the cache to forget")
        elif key:
            memos.delete_entry(actor, namespace, cache, key)
            self.stdout.write(f"{namespace}/{cache}: {key} is forgotten")
        else:
            count = memos.delete_cache(actor, namespace, cache)
            self.stdout.write(f"{namespace}/{cache}: {count} entries are forgotten")

    def _caches(self, actor: Actor, namespace: str) -> None:
        for cache in memos.list_caches(actor, namespace):
            used = rfc3339(cache.last_hit_at)
            self.stdout.write(f"{cache.entries:>6} entries {cache.size:>10} bytes  used {used}  {cache.name}")

    def _entries(self, actor: Actor, namespace: str, cache: str) -> None:
        after = ""
        while found := memos.list_entries(actor, namespace, cache, after=after, limit=_PAGE):
            for entry in found:
                made, used = rfc3339(entry.created_at), rfc3339(entry.last_hit_at)
                self.stdout.write(f"made {made}  used {used}  by {entry.run_name}  {entry.key}")
            after = found[-1].key
