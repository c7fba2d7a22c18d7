"""Entries of memoization caches: read for the engine, written in the transaction of the node that made them.

Not for when an entry counts, see `engine.memo`. Not for what people see, see `services.memos`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from workflows.engine.messages import HitMemo, JsonObject, Millis, SaveMemo
from workflows.models import Memo
from workflows.store.rows import dump_optional, parse_optional

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

#: (cache, key)
MemoKey = tuple[str, str]

_IN_LIMIT = 400
_SAVE = (
    "INSERT INTO workflows_memo (namespace_id, cache, key, outputs, size, node_id, run_uid, run_name, "
    "created_at, last_hit_at) SELECT r.namespace_id, %s, %s, %s, %s, %s, r.uid, r.name, %s, %s "
    "FROM workflows_run r WHERE r.id = %s "
    "ON CONFLICT (namespace_id, cache, key) DO UPDATE SET outputs = excluded.outputs, size = excluded.size, "
    "node_id = excluded.node_id, run_uid = excluded.run_uid, run_name = excluded.run_name, "
    "created_at = excluded.created_at, last_hit_at = excluded.last_hit_at"
)
_HIT = (
    "UPDATE workflows_memo SET last_hit_at = %s WHERE cache = %s AND key = %s AND last_hit_at < %s "
    "AND namespace_id = (SELECT r.namespace_id FROM workflows_run r WHERE r.id = %s)"
)


@dataclass(frozen=True, slots=True)
class Found:
    """What stands under a key."""

    created_at: Millis
    outputs: JsonObject | None


def look_up(namespace: str, wanted: Collection[MemoKey]) -> dict[MemoKey, Found]:
    """The entries of a namespace under the given keys; those that do not exist are missing."""
    found: dict[MemoKey, Found] = {}
    keys = list(wanted)
    for start in range(0, len(keys), _IN_LIMIT):
        found |= _look_up(namespace, keys[start : start + _IN_LIMIT])
    return found


def _look_up(namespace: str, keys: Sequence[MemoKey]) -> dict[MemoKey, Found]:
    marks = " OR ".join(["(m.cache = %s AND m.key = %s)"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.cache, m.key, m.created_at, m.outputs FROM workflows_memo m "
            f"JOIN workflows_namespace s ON s.id = m.namespace_id WHERE s.name = %s AND ({marks})",
            [namespace, *(part for key in keys for part in key)],
        )
        return {
            (cache, key): Found(created_at, parse_optional(outputs))
            for cache, key, created_at, outputs in cursor.fetchall()
        }


def write_memos(cursor: CursorWrapper, records: Iterable[tuple[int, SaveMemo | HitMemo]]) -> None:
    """Save or refresh entries for runs, by row id; in the order of keys, so that no two writers deadlock."""
    for run_id, record in sorted(records, key=lambda entry: (entry[1].cache, entry[1].key)):
        if isinstance(record, HitMemo):
            cursor.execute(_HIT, [record.at, record.cache, record.key, record.at, run_id])
            continue
        outputs = dump_optional(record.outputs)
        entry: list[str | int] = [record.cache, record.key, outputs, len(outputs.encode()), record.node_id]
        cursor.execute(_SAVE, [*entry, record.at, record.at, run_id])


def prune_unused(before: Millis, *, limit: int) -> int:
    """Delete entries that nobody used since `before`; returns how many."""
    old = Memo.objects.filter(last_hit_at__lt=before).order_by("last_hit_at").values_list("id", flat=True)
    return _delete(list(old[:limit]))


def prune_beyond(most_bytes: int, *, limit: int) -> int:
    """Of namespaces whose caches hold more than `most_bytes`, delete what was used longest ago."""
    deleted = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT namespace_id, SUM(size) FROM workflows_memo GROUP BY namespace_id HAVING SUM(size) > %s",
            [most_bytes],
        )
        full = cursor.fetchall()
    for namespace_id, size in full:
        deleted += _delete(_oldest(namespace_id, int(size) - most_bytes, limit))
    return deleted


def _oldest(namespace_id: int, surplus: int, limit: int) -> list[int]:
    """The entries used longest ago that hold `surplus` bytes together, no more than `limit` of them."""
    rows = Memo.objects.filter(namespace_id=namespace_id).order_by("last_hit_at", "id")
    chosen: list[int] = []
    for memo_id, size in rows.values_list("id", "size")[:limit]:
        if surplus <= 0:
            break
        chosen.append(memo_id)
        surplus -= size
    return chosen


def _delete(ids: list[int]) -> int:
    deleted, _ = Memo.objects.filter(id__in=ids).delete()
    return deleted
