"""How much an artifact may hold. Hostile archives and endless streams stop here, not at a full disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from workflows.artifacts.errors import ArtifactTooLarge

#: bytes moved at a time
BLOCK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """`max_bytes` counts content after unpacking, `max_members` files and folders, `max_depth` segments."""

    max_bytes: int = 16 * 1024**3
    max_members: int = 500_000
    max_depth: int = 100


DEFAULT_LIMITS = Limits()


class Budget:
    """What is left of `Limits` while one artifact is moved."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._bytes = 0
        self._members = 0

    def take_bytes(self, count: int) -> None:
        self._bytes += count
        if self._bytes > self._limits.max_bytes:
            raise ArtifactTooLarge(f"the artifact holds more than {self._limits.max_bytes} bytes")

    def take_member(self, parts: tuple[str, ...]) -> None:
        self._members += 1
        if self._members > self._limits.max_members:
            raise ArtifactTooLarge(
                f"the artifact holds more than {self._limits.max_members} files and folders"
            )
        if len(parts) > self._limits.max_depth:
            raise ArtifactTooLarge(f"the artifact has a path of more than {self._limits.max_depth} levels")

    def copy(self, source: BinaryIO, target: BinaryIO) -> int:
        """Copy all of `source`; returns its bytes."""
        copied = 0
        while block := source.read(BLOCK):
            self.take_bytes(len(block))
            target.write(block)
            copied += len(block)
        return copied
