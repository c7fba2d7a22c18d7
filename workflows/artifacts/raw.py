"""Artifacts whose content stands in the manifest. Input only. Source: Argo's raw driver."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import BinaryIO

from workflows.artifacts.driver import Stat, Stored
from workflows.artifacts.errors import ArtifactUnsupported
from workflows.artifacts.placing import placing


class RawDriver:
    """One text; keys are not looked at."""

    def __init__(self, data: str) -> None:
        self._content = data.encode("utf-8", "surrogatepass")

    def save(self, source: Path, key: str) -> None:
        raise ArtifactUnsupported("raw output artifacts unsupported")

    def load(self, key: str, target: Path) -> None:
        with placing(target) as temporary:
            temporary.write_bytes(self._content)

    def open(self, key: str, start: int = 0) -> BinaryIO:
        return io.BytesIO(self._content[start:])

    def list(self, key: str) -> list[Stored]:
        raise ArtifactUnsupported("raw artifacts are single files and cannot be listed")

    def delete(self, key: str) -> None:
        raise ArtifactUnsupported("raw artifacts stand in the manifest and cannot be deleted")

    def is_directory(self, key: str) -> bool:
        return False

    def stat(self, key: str) -> Stat:
        return Stat(False, len(self._content), hashlib.sha256(self._content).hexdigest())
