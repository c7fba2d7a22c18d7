"""What people see of memoization caches and do to them: list them, look at an entry, have it made anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet, Sum

from workflows.engine.messages import Millis
from workflows.errors import NotFoundError
from workflows.models import Memo
from workflows.services.access import Access, Actor, Right
from workflows.store.memo import prune_beyond, prune_unused

_DAY_MS = 86_400_000
#: entries deleted in one round of housekeeping
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class CacheSummary:
    """`last_hit_at` is when an entry of the cache was used or made last."""

    name: str
    entries: int
    size: int
    last_hit_at: Millis


def list_caches(actor: Actor, namespace: str) -> list[CacheSummary]:
    """The caches of a namespace that hold something, by name."""
    rows = _entries(actor, namespace, Right.VIEW).values("cache")
    counted = rows.annotate(entries=Count("id"), bytes=Sum("size"), last=Max("last_hit_at")).order_by("cache")
    return [CacheSummary(row["cache"], row["entries"], row["bytes"], row["last"]) for row in counted]


def list_entries(
    actor: Actor, namespace: str, cache: str, *, after: str = "", limit: int = 100
) -> Sequence[Memo]:
    """Entries by key, those after the key `after`."""
    return list(_entries(actor, namespace, Right.VIEW, cache).filter(key__gt=after).order_by("key")[:limit])


def get_entry(actor: Actor, namespace: str, cache: str, key: str) -> Memo:
    """Raises NotFoundError."""
    found = _entries(actor, namespace, Right.VIEW, cache).filter(key=key).first()
    if found is None:
        raise NotFoundError(f"cache {cache!r} of namespace {namespace!r} has no entry {key!r}")
    return found


def delete_entry(actor: Actor, namespace: str, cache: str, key: str) -> None:
    """The next call with that key runs again. Raises NotFoundError."""
    deleted, _ = _entries(actor, namespace, Right.OPERATE, cache).filter(key=key).delete()
    if not deleted:
        raise NotFoundError(f"cache {cache!r} of namespace {namespace!r} has no entry {key!r}")


def delete_cache(actor: Actor, namespace: str, cache: str) -> int:
    """Forget all entries; returns how many there were."""
    deleted, _ = _entries(actor, namespace, Right.OPERATE, cache).delete()
    return deleted


def prune(now: Millis, *, days: int, megabytes: int) -> int:
    """Delete what was not used for `days`, and what a namespace has beyond `megabytes`; 0 for no limit."""
    deleted = prune_unused(now - days * _DAY_MS, limit=_BATCH) if days else 0
    return deleted + (prune_beyond(megabytes * 2**20, limit=_BATCH) if megabytes else 0)


def _entries(actor: Actor, namespace: str, right: Right, cache: str | None = None) -> QuerySet[Memo]:
    Access(actor).require(namespace, right)
    rows = Memo.objects.filter(namespace__name=namespace)
    return rows if cache is None else rows.filter(cache=cache)
