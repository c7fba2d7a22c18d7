"""Secrets and ConfigMaps as executors want them: by namespace and name, values opened.

Rights are not checked: who may submit to a namespace may use what is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.db import connection, transaction

from workflows.engine.messages import Millis
from workflows.models import ConfigEntry, Secret
from workflows.store import cipher

_Found = TypeVar("_Found")


def read_secret(namespace: str, name: str) -> dict[str, bytes] | None:
    """The opened values by key, None without such a Secret. Raises EnvironmentFault without the key."""

    def read() -> dict[str, str] | None:
        rows = Secret.objects.filter(namespace__name=namespace, name=name)
        return rows.values_list("data", flat=True).first()

    sealed = _from_any_thread(read)
    return None if sealed is None else {key: cipher.unseal(token) for key, token in sealed.items()}


def read_secret_and_author(namespace: str, name: str) -> tuple[dict[str, bytes], int]:
    """The opened values and the id of the user who stored them last; nothing and 0 without such a Secret.

    Read at once, so that nobody's values are taken for somebody else's. For threads of requests. Raises
    EnvironmentFault without the key.
    """
    rows = Secret.objects.filter(namespace__name=namespace, name=name)
    found = rows.values_list("data", "updated_by_id").first()
    data, author_id = found or ({}, None)
    return {key: cipher.unseal(token) for key, token in data.items()}, author_id or 0


def read_config_map(namespace: str, name: str) -> dict[str, bytes] | None:
    """The values by key, in UTF-8, None when there is no such ConfigMap."""

    def read() -> dict[str, str] | None:
        rows = ConfigEntry.objects.filter(namespace__name=namespace, name=name)
        return rows.values_list("data", flat=True).first()

    found = _from_any_thread(read)
    return None if found is None else {key: value.encode() for key, value in found.items()}


def sealed(values: Mapping[str, bytes]) -> dict[str, str]:
    """What is kept in `Secret.data`."""
    return {key: cipher.seal(value) for key, value in values.items()}


def reseal_all(now: Millis) -> int:
    """Seal every value anew with the newest key, in one transaction; returns how many Secrets there are."""
    count = 0
    with transaction.atomic():
        for row in Secret.objects.select_for_update().order_by("id"):
            row.data = {key: cipher.reseal(token) for key, token in row.data.items()}
            row.updated_at = now
            row.save(update_fields=["data", "updated_at"])
            count += 1
    return count


def _from_any_thread(read: Callable[[], _Found]) -> _Found:
    """A thread that has used no connection before is not left with one: pools of threads come and go."""
    fresh = connection.connection is None
    try:
        return read()
    finally:
        if fresh and not connection.in_atomic_block:
            connection.close()
