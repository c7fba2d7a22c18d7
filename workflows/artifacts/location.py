"""Where an artifact is: one store and a key, from and to Argo's JSON; what is missing from a repository.

Not for tags: keys are taken as they are, the engine resolves tags before and after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from workflows.artifacts.errors import ArtifactInvalid
from workflows.artifacts.stores import KINDS, Git, Raw, Store
from workflows.spec.locations import join_keys


@dataclass(frozen=True, slots=True)
class Location:
    """A store with a key. `kind` is the field of Argo's artifact: s3, http, git …"""

    kind: str
    store: Store

    @property
    def key(self) -> str:
        """The key in the store, "" for none. git and raw never have one."""
        return "" if isinstance(self.store, Git | Raw) else self.store.key

    def is_complete(self) -> bool:
        """Whether nothing of a repository is needed. Source: Argo's `HasLocation`."""
        return self.store.is_complete()

    def with_key(self, key: str) -> Location:
        if isinstance(self.store, Git | Raw):
            raise ArtifactInvalid(f"key unsupported: {self.kind} artifacts do not have keys")
        return replace(self, store=self.store.with_key(key))

    def with_sub_path(self, sub_path: str) -> Location:
        """The file or folder `sub_path` inside this folder. Source: Argo's `AppendToKey`."""
        return self.with_key(join_keys(self.key, sub_path)) if sub_path else self

    def relocated(self, default: Location | None) -> Location:
        """This location if it is complete, otherwise `default` with this one's key, which may be "" for the
        whole store. Source: `Relocate`.
        """
        if self.is_complete():
            return self
        if default is None:
            raise ArtifactInvalid("the artifact names only a key, and no artifact repository is configured")
        return default.with_key(self.key)

    def to_json(self) -> dict[str, object]:
        """The fields to put into Argo's artifact, such as ``{"s3": {"key": …}}``."""
        return {self.kind: msgspec.json.decode(msgspec.json.encode(self.store))}


def read_location(artifact: Mapping[str, object]) -> Location | None:
    """The location an artifact, archive location or repository default names; None when it names none.

    Raises ArtifactInvalid for more than one store, unknown fields and values of a wrong type.
    """
    named = [kind for kind in KINDS if artifact.get(kind) is not None]
    if not named:
        return None
    if len(named) > 1:
        raise ArtifactInvalid(
            f"at most one artifact location can be specified, not {', '.join(sorted(named))}"
        )
    kind = named[0]
    return Location(kind, read_store(kind, artifact[kind]))


def read_store(kind: str, fields: object) -> Store:
    """One store from its JSON fields. Null values count as absent, as in Kubernetes."""
    try:
        return msgspec.convert(_without_nulls(fields), KINDS[kind])
    except msgspec.ValidationError as fault:
        raise ArtifactInvalid(f"{kind} location: {fault}") from fault


def _without_nulls(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    if isinstance(value, list | tuple):
        return [_without_nulls(member) for member in value]
    return value


def saved_location(own: Location | None, archive: Location | None, file_name: str) -> Location:
    """Where an output artifact goes: its own location, its key in the archive's store, or the default key.

    `archive` is the repository's or template's location, its key format resolved; `file_name` comes from
    `archive.file_name`. Source: Argo's `saveArtifactFromFile`.
    """
    if own is not None and own.key:
        return own.relocated(archive)
    if archive is None:
        raise ArtifactInvalid(
            "no artifact repository is configured; configure one or give the artifact a location"
        )
    return archive.with_key(join_keys(archive.key, file_name))
