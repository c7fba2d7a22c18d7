"""What this installation is: its version, and what its settings tell pages to show.

Source: Argo's info service.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User

from workflows import VERSION
from workflows.engine.messages import JsonObject
from workflows.errors import EnvironmentFault
from workflows.spec.yaml import Limits, parse

#: the version of Argo whose manifests are understood
ARGO_VERSION: Final = "4.1"
LINK_SCOPES: Final = (
    "workflow", "workflow-list", "pod", "pod-logs", "chat", "event-source-logs", "sensor-logs",
)  # fmt: skip
_COLUMN_TYPES: Final = ("label", "annotation")
_LIMITS: Final = Limits(bytes=64 * 1024, documents=1, depth=10, nodes=5_000)
#: nothing that a browser would run
_URL: Final = re.compile(r"(https?://|mailto:|/)\S*")

_Read = Callable[[Mapping[str, Any]], JsonObject | None]


def links() -> list[JsonObject]:
    """Each with name, scope, url and, when it has one, target. Raises EnvironmentFault."""
    return _list("SLUICE_LINKS", _link)


def about() -> JsonObject:
    """Version, links, columns and colour. Raises EnvironmentFault when a setting is no such list."""
    return {
        "version": VERSION,
        "argoVersion": ARGO_VERSION,
        "links": links(),
        "columns": _list("SLUICE_COLUMNS", _column),
        "navColor": settings.SLUICE_NAV_COLOR,
    }


def argo_info() -> JsonObject:
    """As Argo's clients ask for it. No namespace is the managed one: rights tell which there are."""
    found = about()
    shown = {name: found[name] for name in ("links", "columns", "navColor")}
    return {"managedNamespace": "", "modals": {}, **shown}


def argo_version() -> JsonObject:
    """In the shape of Argo's; what only its build has is empty."""
    empty = ("buildDate", "gitCommit", "gitTag", "gitTreeState", "goVersion", "compiler", "platform")
    return {"version": VERSION} | dict.fromkeys(empty, "")


def argo_user_info(user: User) -> JsonObject:
    """As Argo tells who is signed in. Accounts are of Sluice's own, so there are no service accounts."""
    return {
        "issuer": "",
        "subject": user.get_username(),
        "name": user.get_full_name() or user.get_username(),
        "email": user.email,
        "emailVerified": False,
        "groups": sorted(user.groups.values_list("name", flat=True)),
        "serviceAccountName": "",
        "serviceAccountNamespace": "",
    }


def _list(setting: str, read: _Read) -> list[JsonObject]:
    return _parsed(setting, getattr(settings, setting), read)


@lru_cache(maxsize=16)
def _parsed(setting: str, text: str, read: _Read) -> list[JsonObject]:
    documents = list(parse(text, limits=_LIMITS)) if text.strip() else []
    if any(document.problems for document in documents) or len(documents) > 1:
        raise EnvironmentFault(f"{setting} is no YAML", code="misconfigured")
    entries = documents[0].value if documents else []
    if not isinstance(entries, list):
        raise EnvironmentFault(f"{setting} is no list", code="misconfigured")
    found = [read(entry) if isinstance(entry, dict) else None for entry in entries]
    for number, entry in enumerate(found, 1):
        if entry is None:
            raise EnvironmentFault(
                f"entry {number} of {setting} is not as described in docs/operations", code="misconfigured"
            )
    return [entry for entry in found if entry is not None]


def _link(entry: Mapping[str, Any]) -> JsonObject | None:
    name, scope, url = (entry.get(field) for field in ("name", "scope", "url"))
    target = entry.get("target", "")
    is_whole = isinstance(name, str) and isinstance(url, str) and isinstance(target, str)
    if not is_whole or scope not in LINK_SCOPES or not _URL.fullmatch(str(url)):
        return None
    return {"name": name, "scope": scope, "url": url} | ({"target": target} if target else {})


def _column(entry: Mapping[str, Any]) -> JsonObject | None:
    name, kind, key = (entry.get(field) for field in ("name", "type", "key"))
    if not (isinstance(name, str) and isinstance(key, str)) or kind not in _COLUMN_TYPES:
        return None
    return {"name": name, "type": kind, "key": key}
