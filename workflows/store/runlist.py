"""Pages of the run list, newest first, by keyset: a page costs the same however many runs there are.

Every namespace and phase asked for is one short walk along an index; the walks are merged. A label or name
that few runs have is looked up first, since walking the order of creation would meet it too seldom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db import connection

from workflows.engine.messages import Millis
from workflows.store import dialect
from workflows.store.read import RECORD_COLUMNS, RECORD_TABLES, RunRecord, record_from_row

#: More combinations of namespace and phase than this are filtered along one walk instead.
_MAX_WALKS = 24
#: A name prefix with at most this many runs is looked up by name.
_RARE = 2000

Place = tuple[Millis, int]


@dataclass(frozen=True, slots=True)
class RunFilter:
    """None or empty means any. `namespaces` None means all there are; an empty list means none.

    `phases` may hold "" for runs that no engine has taken up yet; `labels` must all match; times are those
    of creation.
    """

    namespaces: Sequence[str] | None = None
    phases: Sequence[str] = ()
    name: str = ""
    name_prefix: str = ""
    labels: Sequence[tuple[str, str]] = ()
    template: str = ""
    created_after: Millis | None = None
    created_before: Millis | None = None


def list_runs(filters: RunFilter, *, limit: int, after: Place | None = None) -> list[RunRecord]:
    """At most `limit` runs, beginning behind the run created at `after[0]` with row id `after[1]`."""
    if filters.namespaces is not None and not filters.namespaces:
        return []
    ids = _page_ids(filters, limit=limit, after=after)
    if not ids:
        return []
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {RECORD_COLUMNS} FROM {RECORD_TABLES} WHERE r.id IN ({marks}) "
            "ORDER BY r.created_at DESC, r.id DESC",
            ids,
        )
        return [record_from_row(row) for row in cursor.fetchall()]


def _page_ids(filters: RunFilter, *, limit: int, after: Place | None) -> list[int]:
    conditions, values = _conditions(filters, after)
    namespace_ids = _namespace_ids(filters.namespaces)
    if namespace_ids == []:
        return []
    rare = _rare_ids(filters, namespace_ids)
    if rare is not None:
        conditions = [*conditions, f"r.id IN ({', '.join(map(str, rare)) or 'NULL'})"]
    walks = [_walk(scope, conditions, values, limit) for scope in _scopes(filters, namespace_ids)]
    statement = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS w{i}" for i, (sql, _) in enumerate(walks))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM ({statement}) AS pages ORDER BY created_at DESC, id DESC LIMIT %s",
            [value for _, part in walks for value in part] + [limit],
        )
        return [run_id for (run_id,) in cursor.fetchall()]


def _walk(
    scope: tuple[list[str], list[Any]], conditions: list[str], values: list[Any], limit: int
) -> tuple[str, list[Any]]:
    where = " AND ".join(scope[0] + conditions) or "1 = 1"
    sql = (
        f"SELECT r.id, r.created_at FROM workflows_run r WHERE {where} "
        "ORDER BY r.created_at DESC, r.id DESC LIMIT %s"
    )
    return sql, [*scope[1], *values, limit]


def _scopes(filters: RunFilter, namespace_ids: list[int] | None) -> list[tuple[list[str], list[Any]]]:
    """One entry per walk: the conditions that pin the leading columns of an index."""
    namespaces: Sequence[int | None] = [None] if namespace_ids is None else namespace_ids
    phases: Sequence[str | None] = list(dict.fromkeys(filters.phases)) or [None]
    if len(namespaces) * len(phases) > _MAX_WALKS:
        return [_filtered(namespace_ids, filters.phases)]
    scopes: list[tuple[list[str], list[Any]]] = []
    for namespace, phase in product(namespaces, phases):
        pinned = [("r.namespace_id = %s", namespace), ("r.phase = %s", phase)]
        used = [(sql, value) for sql, value in pinned if value is not None]
        scopes.append(([sql for sql, _ in used], [value for _, value in used]))
    return scopes


def _filtered(namespace_ids: list[int] | None, phases: Sequence[str]) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    for column, wanted in (("r.namespace_id", namespace_ids), ("r.phase", phases)):
        if wanted:
            conditions.append(f"{column} IN ({', '.join(['%s'] * len(wanted))})")
            values.extend(wanted)
    return conditions, values


def _conditions(filters: RunFilter, after: Place | None) -> tuple[list[str], list[Any]]:
    """What every walk filters by, besides its scope."""
    parts: list[tuple[str, list[Any]]] = []
    if after is not None:
        parts.append(("(r.created_at, r.id) < (%s, %s)", [*after]))
    if filters.created_after is not None:
        parts.append(("r.created_at >= %s", [filters.created_after]))
    if filters.created_before is not None:
        parts.append(("r.created_at < %s", [filters.created_before]))
    if filters.name:
        parts.append(("r.name = %s", [filters.name]))
    if filters.name_prefix:
        # The empty text keeps the planner from walking along names and sorting all it finds.
        parts.append((_between("(r.name || '')"), [*_prefix_range(filters.name_prefix)]))
    if filters.template:
        # Said twice, as the index is partial and the planner of SQLite compares texts.
        parts.append(("NOT (r.template_name = '') AND r.template_name = %s", [filters.template]))
    for key, value in filters.labels:
        parts.append(
            (
                "EXISTS (SELECT 1 FROM workflows_runlabel l "
                "WHERE l.run_id = r.id AND l.key = %s AND l.value = %s)",
                [key, value],
            )
        )
    return [sql for sql, _ in parts], [value for _, values in parts for value in values]


def _between(column: str) -> str:
    statements = dialect.current()
    return f"{column} {statements.NOT_BEFORE} %s AND {column} {statements.BEFORE} %s"


def _prefix_range(prefix: str) -> tuple[str, str]:
    return prefix, prefix + "\U0010ffff"


def _namespace_ids(names: Sequence[str] | None) -> list[int] | None:
    if names is None:
        return None
    marks = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM workflows_namespace WHERE name IN ({marks})", list(names))
        return [namespace_id for (namespace_id,) in cursor.fetchall()]


def _rare_ids(filters: RunFilter, namespace_ids: list[int] | None) -> list[int] | None:
    """All candidates by label or name when they are few, None when they are many or nothing was asked."""
    if filters.labels:
        key, value = filters.labels[0]
        return _at_most_rare(
            "SELECT run_id FROM workflows_runlabel WHERE key = %s AND value = %s LIMIT %s", [key, value]
        )
    if not (filters.name or filters.name_prefix):
        return None
    scope = "(SELECT id FROM workflows_namespace)"
    if namespace_ids is not None:
        scope = f"({', '.join(map(str, namespace_ids))})"
    if filters.name:
        condition, values = "name = %s", [filters.name]
    else:
        condition, values = _between("name"), [*_prefix_range(filters.name_prefix)]
    return _at_most_rare(
        f"SELECT id FROM workflows_run WHERE namespace_id IN {scope} AND {condition} LIMIT %s", values
    )


def _at_most_rare(sql: str, values: list[Any]) -> list[int] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, _RARE + 1])
        found = [run_id for (run_id,) in cursor.fetchall()]
    return found if len(found) <= _RARE else None
