"""Showing artifacts in a browser without trusting them: content types, response headers, folder listings.

Only values: sending bytes is the API's. Artifacts are written by anyone's code, so nothing of them may run
with the rights of the page. Source: Argo's artifact server, its headers and its index.html rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from workflows.artifacts import keys
from workflows.artifacts.driver import Stored

#: how many bytes of a file `content_type` wants to see
HEAD_LENGTH = 512
INDEX = "index.html"
_BINARY = "application/octet-stream"
_TEXT = "text/plain; charset=utf-8"
_CONTENT_SECURITY_POLICY = (
    "sandbox; base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'self'; "
    "img-src 'self' data:; style-src 'self' 'unsafe-inline'"
)

# A table of our own: the machine's would make answers differ between machines.
_BY_ENDING = {
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "gif": "image/gif",
    "gz": "application/gzip",
    "htm": "text/html; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "log": _TEXT,
    "md": "text/markdown; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "tar": "application/x-tar",
    "tgz": "application/gzip",
    "txt": _TEXT,
    "webp": "image/webp",
    "xml": "application/xml",
    "yaml": _TEXT,
    "yml": _TEXT,
    "zip": "application/zip",
}
_BY_BEGINNING = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"PK\x03\x04", "application/zip"),
)
#: shown in place; scripts and markup among them are held by the sandbox
_SHOWN = frozenset(
    {"application/json", "image/gif", "image/jpeg", "image/png", "image/svg+xml", "image/webp"}
    | {"text/css", "text/csv", "text/html", "text/markdown", "text/plain"}
)


def content_type(name: str, head: bytes = b"") -> str:
    """The media type by the file's ending, otherwise by its first bytes; never HTML from a guess."""
    ending = name.rpartition("/")[2].rpartition(".")
    known = _BY_ENDING.get(ending[2].lower()) if ending[1] else None
    if known is not None:
        return known
    for beginning, media_type in _BY_BEGINNING:
        if head.startswith(beginning):
            return media_type
    return _TEXT if head and _is_text(head[:HEAD_LENGTH]) else _BINARY


def _is_text(head: bytes) -> bool:
    if any(byte < 32 and byte not in b"\t\n\f\r\x1b" for byte in head):
        return False
    try:
        head.decode()
    except UnicodeDecodeError as fault:
        # A character cut off by the end of what was read is no fault.
        return (
            len(head) == HEAD_LENGTH
            and fault.start >= len(head) - 3
            and fault.reason == "unexpected end of data"
        )
    return True


def response_headers(name: str, media_type: str, *, download: bool = False) -> dict[str, str]:
    """Headers for one file. `download` makes the browser save what it would show."""
    shown = not download and media_type.partition(";")[0] in _SHOWN
    return {
        "Content-Type": media_type,
        "Content-Disposition": disposition("inline" if shown else "attachment", name),
        "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-cache",
    }


def disposition(kind: Literal["inline", "attachment"], name: str) -> str:
    """Content-Disposition with a file name for any browser (RFC 6266); `name` cannot end the header."""
    base = name.rstrip("/").rpartition("/")[2] or "artifact"
    plain = "".join(
        character if 32 <= ord(character) < 127 and character not in '"\\%' else "_" for character in base
    )
    header = f'{kind}; filename="{plain}"'
    if plain == base:
        return header
    return f"{header}; filename*=UTF-8''{quote(base.encode('utf-8', 'replace'), safe='')}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a listing. `size` is in bytes, for a folder the sum of all below it."""

    name: str
    is_directory: bool
    size: int


def list_folder(stored: Iterable[Stored], key: str) -> list[Entry]:
    """The direct members of the folder `key`, folders first, from the driver's flat list of all below it."""
    prefix = keys.folder_prefix(key)
    folders: dict[str, int] = {}
    files: dict[str, int] = {}
    for file in stored:
        if not file.key.startswith(prefix):
            continue
        first, deeper, _ = file.key.removeprefix(prefix).partition("/")
        members = folders if deeper else files
        members[first] = members.get(first, 0) + file.size
    return _entries(folders, is_directory=True) + _entries(files, is_directory=False)


def _entries(sizes: Mapping[str, int], *, is_directory: bool) -> list[Entry]:
    return [Entry(name, is_directory, size) for name, size in sorted(sizes.items())]


def index_key(stored: Iterable[Stored], key: str) -> str | None:
    """The key of the folder's own index.html, which is shown instead of a listing; None when it has none."""
    wanted = keys.folder_prefix(key) + INDEX
    return wanted if any(file.key == wanted for file in stored) else None
