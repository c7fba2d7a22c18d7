"""Folders being removed. Large ones take long, so `rm` does it while the shepherd goes on."""

from __future__ import annotations

import os
from typing import Final

#: Commands may leave folders without rights behind, and overlays leave one; only their owner cares.
_REMOVE: Final = 'chmod -R u+rwx -- "$@" 2>/dev/null; exec rm -rf -- "$@"'
_SHELL: Final = "/bin/sh"
_MOST_AT_ONCE: Final = 500


class Trash:
    """Takes folders on the same file system and forgets them."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._count = 0
        self._remover = 0
        self.is_full = True  # an earlier shepherd may have left something

    @property
    def remover(self) -> int:
        """Process id of the running `rm`, 0 when there is none."""
        return self._remover

    def add(self, folder: str) -> None:
        """Raises nothing: what cannot be moved stays where it is until the next start."""
        self._count += 1
        try:
            os.rename(folder, f"{self._folder}/{os.getpid()}-{self._count}")
        except OSError:
            return
        self.is_full = True

    def empty(self) -> None:
        """Start removing what is there, unless that is going on already."""
        if self._remover or not self.is_full:
            return
        names = sorted(os.listdir(self._folder))
        self.is_full = len(names) > _MOST_AT_ONCE
        if names:
            paths = [f"{self._folder}/{name}" for name in names[:_MOST_AT_ONCE]]
            arguments = [_SHELL, "-c", _REMOVE, _SHELL, *paths]
            self._remover = os.posix_spawn(_SHELL, arguments, {"PATH": os.defpath}, setsid=True)

    def reaped(self, process: int) -> None:
        if process == self._remover:
            self._remover = 0
