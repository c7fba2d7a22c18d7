"""Keys of stores and paths in containers as text: joining, cleaning, refusing to climb out. No disk."""

from __future__ import annotations

import posixpath

from workflows.artifacts.errors import ArtifactInvalid

_MAX_KEY_BYTES = 1024  # what S3 and GCS take
_MAX_SEGMENT_BYTES = 255  # what file systems take


def clean(path: str) -> str:
    """The shortest equal path, as Go's `path.Clean`: no `//`, no `.`, `..` resolved, no slash at the end."""
    cleaned = posixpath.normpath(path) if path else "."
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def segments(key: str) -> tuple[str, ...]:
    """The segments of a store key. Raises ArtifactInvalid for keys that climb or cannot be file names."""
    if not key.strip("/"):
        raise ArtifactInvalid("the key is empty")
    if len(key.encode("utf-8", "surrogatepass")) > _MAX_KEY_BYTES:
        raise ArtifactInvalid(f"the key is longer than {_MAX_KEY_BYTES} bytes: {key[:60]!r}…")
    parts = tuple(part for part in key.split("/") if part)
    for part in parts:
        _check_segment(part, key)
    return parts


def _check_segment(part: str, key: str) -> None:
    if part in (".", ".."):
        raise ArtifactInvalid(f"the key {key!r} contains {part!r}; write it without")
    if any(ord(character) < 32 or ord(character) == 127 for character in part):
        raise ArtifactInvalid(f"the key {key!r} contains control characters")
    try:
        size = len(part.encode())
    except UnicodeEncodeError as fault:
        raise ArtifactInvalid(f"the key {key!r} is not valid Unicode") from fault
    if size > _MAX_SEGMENT_BYTES:
        raise ArtifactInvalid(f"a part of the key is longer than {_MAX_SEGMENT_BYTES} bytes: {part[:60]!r}…")


def folder_prefix(key: str) -> str:
    """What the keys of all files below the folder `key` start with."""
    cleaned = clean(key)
    return "" if cleaned == "." else cleaned.rstrip("/") + "/"


def below(key: str, requested: str) -> str:
    """The key of `requested` inside the folder `key`, for paths that come from a browser.

    A slash at the end is kept: it asks for a listing. Raises ArtifactInvalid for what would leave the folder.
    """
    if "\\" in requested or requested.startswith("/"):
        raise ArtifactInvalid(f"not a path inside the artifact: {requested!r}")
    if not requested:
        return folder_prefix(key)
    ending = "/" if requested.endswith("/") else ""
    return folder_prefix(key) + "/".join(segments(requested)) + ending


def clean_artifact_path(path: str, name: str) -> str:
    """An artifact's path in the container, cleaned. `name` is the artifact's, for the message.

    A `..` may not lead out of the part of the path before it, so that a tag at the end cannot climb.
    Source: Argo's `Artifact.CleanPath`.
    """
    if not path:
        raise ArtifactInvalid(f"Artifact '{name}' did not specify a path")
    # The slash at the end finds a `..` that is the last part as well.
    head, climbing, _ = f"{path}/".partition("/../")
    cleaned = clean(path)
    climbs = climbing and head and not (cleaned.startswith(head + "/") and len(cleaned) > len(head) + 1)
    if climbs:
        raise ArtifactInvalid(
            f"Artifact '{name}' attempted to use a path containing '..'. Directory traversal is not permitted"
        )
    return cleaned
