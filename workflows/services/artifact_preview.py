"""The beginning of an artifact as people want to see it: text, JSON, a table, an image, or what is inside.

Bounded in bytes, rows and characters whatever the artifact holds. Not for showing it whole.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Literal

import orjson

from workflows.artifacts.errors import ArtifactUnsupported
from workflows.artifacts.preview import Entry
from workflows.services.artifact_content import Download, list_entries, open_content
from workflows.services.artifacts import Artifact

Kind = Literal["text", "json", "table", "image", "folder", "archive", "other"]

MAX_TEXT = 64 * 1024
MAX_JSON = 256 * 1024
MAX_IMAGE = 5 * 1024**2
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 200, 50, 500
MAX_ENTRIES = 500

_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class Preview:
    """`entry` is set when the one file of an archive is shown. `is_whole` is False when there is more.

    An image has no more than its kind: it is fetched like any content. `size` is in bytes, None if not told.
    """

    kind: Kind
    media_type: str = ""
    size: int | None = None
    is_whole: bool = True
    entry: str = ""
    text: str = ""
    rows: Sequence[Sequence[str]] = field(default_factory=tuple)
    entries: Sequence[Entry] = field(default_factory=tuple)


def preview(artifact: Artifact, *, path: str = "", entry: str = "") -> Preview:
    """Raises as `artifact_content.open_content` does, but for folders and archives, which are listed."""
    if entry:
        return replace(_file(artifact, path, entry), entry=entry)
    try:
        listing = list_entries(artifact, path=path)
    except ArtifactUnsupported:
        return _file(artifact, path, "")
    if listing.is_archive and listing.is_whole and len(listing.entries) == 1:
        # What Argo packs by default is most often a single file: that is what people want to see.
        only = listing.entries[0]
        if not only.is_directory:
            return replace(_file(artifact, path, only.name), entry=only.name)
    return Preview(
        "archive" if listing.is_archive else "folder",
        is_whole=listing.is_whole and len(listing.entries) <= MAX_ENTRIES,
        entries=listing.entries[:MAX_ENTRIES],
    )


def _file(artifact: Artifact, path: str, entry: str) -> Preview:
    content = open_content(artifact, path=path, entry=entry)
    with closing(Download(content, length=MAX_JSON + 1)) as download:
        media_type = download.media_type
        plain = media_type.partition(";")[0]
        if plain in _IMAGES:
            kind: Kind = "image" if content.size is None or content.size <= MAX_IMAGE else "other"
            return Preview(kind, media_type, content.size, is_whole=kind == "image")
        if plain != "application/json" and not plain.startswith("text/"):
            return Preview("other", media_type, content.size, is_whole=False)
        head = b"".join(download)
    return replace(_text(plain, head), media_type=media_type, size=content.size)


def _text(media_type: str, head: bytes) -> Preview:
    if media_type == "application/json" and len(head) <= MAX_JSON and _is_json(head):
        return Preview("json", text=head.decode())
    cut, is_whole = head[:MAX_TEXT], len(head) <= MAX_TEXT
    text = cut.decode(errors="replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")
    if media_type == "text/csv":
        table = _table(text, is_whole=is_whole)
        if table is not None:
            return table
    return Preview("text", text=text, is_whole=is_whole)


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _table(text: str, *, is_whole: bool) -> Preview | None:
    """None for what the csv reader does not take."""
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error:
        return None
    if not is_whole:
        rows = rows[:-1]  # most likely cut in the middle
    shown = [[cell[:MAX_CELL] for cell in row[:MAX_COLUMNS]] for row in rows[:MAX_ROWS]]
    return Preview("table", rows=shown, is_whole=is_whole and shown == rows)
