"""Make the folders that something will be mounted on, without changing the host.

New folders go to the layer of the slot that takes changes. Where the host's own folder is bound there is no
such layer; it is opened up, that is replaced by a plain folder in which every entry is bound one by one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Final

from .plan import PRIVATE, CannotMountError, Plan, is_below

_KERNEL_FOLDERS: Final = frozenset({"/dev", "/proc", "/sys"})
_MAX_ENTRIES: Final = 500


def make_mount_points(
    folder: str, plan: Plan, *, wanted: Iterable[str], claimed: Sequence[str], files: Iterable[str] = ()
) -> list[str]:
    """Make the folders `wanted` and the `files` where they are missing, and `claimed` so that this user owns
    them.

    Returns what is to be bound instead of `plan.bound`. Raises OSError, CannotMountError.
    """
    points = _MountPoints(folder, plan)
    for path in claimed:
        points.make(os.path.realpath(path), claimed=True)
    for path in wanted:
        points.make(os.path.realpath(path), claimed=False)
    for path in files:
        points.make_file(os.path.realpath(path))
    return points.bound


class _MountPoints:
    def __init__(self, folder: str, plan: Plan) -> None:
        self._folder = folder
        self._plan = plan
        self.bound = list(plan.bound)

    def make(self, path: str, *, claimed: bool) -> None:
        if path in _KERNEL_FOLDERS or is_below(path, "/proc"):
            raise CannotMountError(f"nothing can be mounted or written on {path}")
        while (holder := self._holder_of(path)) is not None:
            if os.path.isdir(path) and not claimed:
                return
            self._open_up(holder)
        os.makedirs(self._layer_path(path), exist_ok=True)

    def make_file(self, path: str) -> None:
        if os.path.isfile(path) and not any(is_below(path, private) for private in PRIVATE):
            return
        if os.path.isdir(path) and not any(is_below(path, private) for private in PRIVATE):
            raise CannotMountError(f"{path} is a folder, and what goes there is a file")
        self.make(os.path.dirname(path), claimed=False)
        while (holder := self._holder_of(path)) is not None:
            self._open_up(holder)
        os.close(os.open(self._layer_path(path), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))

    def _holder_of(self, path: str) -> str | None:
        return next((bound for bound in self.bound if is_below(path, bound)), None)

    def _open_up(self, holder: str) -> None:
        if holder in _KERNEL_FOLDERS:
            raise CannotMountError(f"nothing can be mounted or written on {holder}")
        self.bound.remove(holder)
        os.makedirs(self._layer_path(holder), exist_ok=True)
        with os.scandir(holder) as entries:
            found = list(entries)
        if len(found) > _MAX_ENTRIES:
            raise CannotMountError(f"{holder} has too many entries to mount something among them")
        for entry in found:
            self._copy(entry)

    def _copy(self, entry: os.DirEntry[str]) -> None:
        """An entry of an opened folder: a link is made anew, all else is bound on an empty file or folder."""
        copy = self._layer_path(entry.path)
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), copy)
            return
        if entry.is_dir():
            os.makedirs(copy, exist_ok=True)
        else:
            os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
        self.bound.append(entry.path)

    def _layer_path(self, path: str) -> str:
        """Where on disk a folder of the view must be made."""
        for private, name in PRIVATE.items():
            if is_below(path, private):
                return f"{self._folder}/{name}{path.removeprefix(private)}"
        if any(layer != "/" and is_below(path, layer) for layer in self._plan.layers):
            return f"{self._folder}/layers{path}"
        return f"{self._folder}/upper{path}"
