"""Bodies that carry files: received to disk within a limit. What becomes of them is `services.uploads`'s."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

#: parts of a submit that are no artifacts
MANIFEST, REQUEST = "manifest", "request"
_MAX_MANIFEST = 12 * 1024 * 1024


class IncomingFile(UploadedFile):
    """A file on the disk that goes when it is closed."""

    def __init__(self, name: str, content_type: str, charset: str | None, extra: Any) -> None:
        folder = Path(settings.SLUICE_INCOMING_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = tempfile.NamedTemporaryFile(dir=folder)  # noqa: SIM115 - closed with the request
        super().__init__(file, name, content_type, 0, charset, extra)
        self.path = Path(file.name)


class LimitedFileHandler(FileUploadHandler):
    """Every file goes to the disk, whatever its size; all of a request together stay within the limit."""

    file: IncomingFile | None = None

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._left = int(settings.SLUICE_UPLOAD_MAX_BYTES)

    def new_file(self, *arguments: Any, **named: Any) -> None:
        super().new_file(*arguments, **named)
        self.file = IncomingFile(
            self.file_name or "", self.content_type or "", self.charset, self.content_type_extra
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._left -= len(raw_data)
        if self.file is None:
            return
        if self._left < 0:
            self.file.close()
            raise RequestDataTooBig
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> IncomingFile | None:
        if self.file is not None:
            self.file.seek(0)
            self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        if self.file is not None:
            self.file.close()


class FilesParser(MultiPartParser):
    """A form with files; fields that are no files are JSON or text."""


def is_form(request: Request) -> bool:
    return (request.content_type or "").startswith(FilesParser.media_type)


def received_files(request: Request) -> dict[str, tuple[Path, str]]:
    """Path and name of each file by its field. The files go when the request ends."""
    return {
        field: _received(file) for field, file in request.FILES.items() if field not in (MANIFEST, REQUEST)
    }


def submitted_fields(request: Request) -> dict[str, Any]:
    """The body of a submit from a form: `request` as JSON, `manifest` as text or file. Raises ParseError."""
    body = _json(_text(request, REQUEST) or "{}")
    manifest = _text(request, MANIFEST)
    return body if manifest is None else {**body, MANIFEST: manifest}


def _text(request: Request, field: str) -> str | None:
    file = request.FILES.get(field)
    if file is None:
        value = request.data.get(field)
        return value if isinstance(value, str) else None
    if file.size > _MAX_MANIFEST:
        raise RequestDataTooBig
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ParseError(f"the part {field!r} is no UTF-8 text") from error


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ParseError(f"the part {REQUEST!r} is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise ParseError(f"the part {REQUEST!r} must be a JSON object")
    return value


def _received(file: IncomingFile) -> tuple[Path, str]:
    file.flush()
    return file.path, file.name or ""
