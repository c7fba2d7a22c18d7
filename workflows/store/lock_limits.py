"""How many may hold a lock at once: mutexes one, semaphores what a ConfigMap or a row of limits says now.

Not for who holds them, see `locks`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db.models import Q

from workflows.engine.messages import LockRef
from workflows.models import ConfigEntry, LockLimit

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")


def read_limits(refs: Sequence[LockRef]) -> dict[LockRef, int]:
    """Limits by lock, none below zero; a lock whose limit cannot be read is missing."""
    limits = {ref: 1 for ref in refs if ref.mutex}
    maps: dict[tuple[str, str], list[tuple[str, LockRef]]] = {}
    keys: dict[tuple[str, str], LockRef] = {}
    for ref in refs:
        namespace, kind, resource = ref.name.split("/", 2)
        if ref.mutex:
            continue
        if kind == "ConfigMap":
            name, _, key = resource.partition("/")
            maps.setdefault((namespace, name), []).append((key, ref))
        else:
            keys[namespace, resource] = ref
    if maps:
        limits |= _from_config_maps(maps)
    if keys:
        limits |= _from_rows(keys)
    return limits


def _from_config_maps(maps: dict[tuple[str, str], list[tuple[str, LockRef]]]) -> dict[LockRef, int]:
    wanted = Q()
    for namespace, name in maps:
        wanted |= Q(namespace__name=namespace, name=name)
    limits = {}
    for namespace, name, data in ConfigEntry.objects.filter(wanted).values_list(
        "namespace__name", "name", "data"
    ):
        for key, ref in maps[namespace, name]:
            text = str(data.get(key, ""))
            if _NUMBER.fullmatch(text):
                limits[ref] = max(0, int(text))
    return limits


def _from_rows(keys: dict[tuple[str, str], LockRef]) -> dict[LockRef, int]:
    wanted = Q()
    for namespace, key in keys:
        wanted |= Q(namespace__name=namespace, key=key)
    rows = LockLimit.objects.filter(wanted).values_list("namespace__name", "key", "limit")
    return {keys[namespace, key]: limit for namespace, key, limit in rows}
