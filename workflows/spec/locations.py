"""Where an artifact is, read from and written into its JSON: the kind of store, the key, what is complete.

Not for checking manifests (see `lint.artifacts`) nor for opening stores.
Source: Argo's `ArtifactLocation`: `HasLocation`, `GetKey`, `SetKey`, `AppendToKey`, `Relocate`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from workflows.errors import UserError
from workflows.spec.arguments import ARTIFACT_LOCATIONS
from workflows.spec.value import JsonObject

#: fields that together make a location complete
_COMPLETE: Final[dict[str, tuple[str, ...]]] = {
    "s3": ("endpoint", "bucket", "key"),
    "git": ("repo",),
    "artifactory": ("url", "usernameSecret"),
    "azure": ("endpoint", "container", "blob"),
    "hdfs": ("addresses",),
    "http": ("url",),
    "gcs": ("bucket", "key"),
    "oss": ("bucket", "endpoint", "key"),
    # Argo asks for a configuration too; the store named `folder` needs none
    "plugin": ("name", "key"),
    "raw": (),
}
_KEYS: Final = {"s3": "key", "gcs": "key", "oss": "key", "plugin": "key", "azure": "blob", "hdfs": "path"}
_ADDRESSED: Final = ("http", "artifactory")
_NOT_CONFIGURED = (
    "artifact storage is not configured; see the docs for setup instructions: "
    "https://argo-workflows.readthedocs.io/en/latest/configure-artifact-repository/"
)


class LocationError(UserError):
    """A location that has no key, or cannot have the one it is given. The message is Argo's."""

    code = "artifact-location"


def location_kind(artifact: Mapping[str, Any]) -> str:
    """The field that says where the artifact is, such as ``s3``; "" when none does."""
    return next((kind for kind in ARTIFACT_LOCATIONS if artifact.get(kind) is not None), "")


def has_location(artifact: Mapping[str, Any]) -> bool:
    """Whether the location is complete, so that nothing of a repository is needed."""
    kind = location_kind(artifact)
    return bool(kind) and all(artifact[kind].get(part) for part in _COMPLETE[kind])


def has_location_or_key(artifact: Mapping[str, Any]) -> bool:
    """Whether the artifact says where it is, completely or as a key in the run's repository."""
    if has_location(artifact):
        return True
    try:
        return bool(key_of(artifact))
    except LocationError:
        return False


def key_of(artifact: Mapping[str, Any]) -> str:
    """The key in the store, "" when it is not given. Raises LocationError for stores without keys."""
    kind = location_kind(artifact)
    if kind in _KEYS:
        return str(artifact[kind].get(_KEYS[kind]) or "")
    if kind in _ADDRESSED:
        return unquote(_split(artifact[kind]).path)
    raise LocationError(f"key unsupported: {kind} artifact does not have a key" if kind else _NOT_CONFIGURED)


def with_key(artifact: JsonObject, key: str) -> JsonObject:
    """The same artifact under another key. Raises LocationError for stores without keys."""
    kind = location_kind(artifact)
    if kind in _KEYS:
        return {**artifact, kind: {**artifact[kind], _KEYS[kind]: key}}
    if kind in _ADDRESSED:
        parts = _split(artifact[kind])
        path = key if key.startswith("/") or not parts.netloc else f"/{key}"
        return {**artifact, kind: {**artifact[kind], "url": urlunsplit(parts._replace(path=quote(path)))}}
    raise LocationError(f"key unsupported: cannot set key on {kind} artifact" if kind else _NOT_CONFIGURED)


def with_sub_path(artifact: JsonObject, sub_path: str) -> JsonObject:
    """The file or folder `sub_path` inside the artifact. Raises LocationError for stores without keys."""
    return with_key(artifact, join_keys(key_of(artifact), sub_path))


def relocated(artifact: JsonObject, repository: JsonObject | None) -> JsonObject:
    """The artifact with a complete location: its own, or its key in the store of `repository`.

    Raises LocationError.
    """
    if has_location(artifact):
        return artifact
    if repository is None:
        raise LocationError("template artifact location not set")
    key = key_of(artifact)
    kind = location_kind(repository)
    if not kind:
        raise LocationError(_NOT_CONFIGURED)
    elsewhere = {field: value for field, value in artifact.items() if field not in ARTIFACT_LOCATIONS}
    return with_key({**elsewhere, kind: repository[kind]}, key)


def join_keys(*parts: str) -> str:
    """Join as Go's `path.Join`: empty parts do not count and the result is clean; "" for nothing."""
    filled = [part for part in parts if part]
    if not filled:
        return ""
    cleaned = posixpath.normpath("/".join(filled))
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def _split(store: Mapping[str, Any]) -> Any:
    try:
        return urlsplit(str(store.get("url") or ""))
    except ValueError:
        # the URL is not repeated: it may hold a password
        raise LocationError("the url of the artifact is not a URL") from None
