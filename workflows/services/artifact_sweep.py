"""What the folder store of a namespace holds though nothing names it any more: left by deleted runs.

Argo deletes artifacts only as `artifactGC` says, so this is never done unasked. Errs on the side of keeping.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from workflows.artifacts.driver import Stored
from workflows.artifacts.folder import FolderDriver
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.services.artifact_stores import folder_of
from workflows.store import clock
from workflows.store.artifact_keys import artifact_texts, run_names

#: what is younger may be in use by somebody who has not written it down yet
_YOUNG_MS = 24 * 3_600_000
_KEY_FIELDS = frozenset({"key", "blob", "keyFormat"})
_TAG = "{{"


def sweep(actor: Actor, namespace: str, *, delete: bool) -> list[Stored]:
    """Files that nothing in the namespace names; with `delete` they are gone. For its administrators."""
    home = get_namespace(Access(actor), namespace, Right.ADMINISTER)
    store = FolderDriver(folder_of(home.name))
    before = clock.now() - _YOUNG_MS
    # First the files, then the names: what is stored meanwhile is not looked at, what is named is kept.
    files = [file for file, written in store.aged() if written < before]
    named = _named(home.name)
    found = [file for file in files if not named.covers(file.key)]
    if delete:
        for file in found:
            store.delete(file.key)
    return found


@dataclass(slots=True)
class _Names:
    """Keys that are named, as whole keys or folders; and beginnings of keys whose rest a tag gives."""

    keys: set[str] = field(default_factory=set)
    beginnings: set[str] = field(default_factory=set)

    def add(self, key: str) -> None:
        plain, tag, _ = key.partition(_TAG)
        if not tag:
            self.keys.add(key.strip("/"))
        elif plain.strip("/"):
            self.beginnings.add(plain.lstrip("/"))

    def covers(self, key: str) -> bool:
        parts = key.split("/")
        whole = ("/".join(parts[:end]) for end in range(1, len(parts) + 1))
        return any(part in self.keys for part in whole) or key.startswith(tuple(self.beginnings))


def _named(namespace: str) -> _Names:
    names = _Names()
    for text in artifact_texts(namespace):
        for key in _keys_in(orjson.loads(text)):
            names.add(key)
    # A run that goes on may write below its own name at any time.
    names.keys |= run_names(namespace)
    return names


def _keys_in(value: Any) -> Iterator[str]:
    """Texts under the fields that hold keys, however deep."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield from (text for name, text in found.items() if name in _KEY_FIELDS and isinstance(text, str))
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
