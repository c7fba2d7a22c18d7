"""Files and folders on the local disk: laid beside their place, renamed there when whole. Knows no store."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from workflows.artifacts.errors import ArtifactInvalid
from workflows.artifacts.limits import Budget


@contextmanager
def placing(target: Path) -> Iterator[Path]:
    """A path beside `target` to write a file or folder to; it becomes `target` when the block ends well."""
    if os.path.lexists(target):
        raise ArtifactInvalid(f"there is already something at {target}")
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f".{uuid.uuid4().hex}.part"
    try:
        yield temporary
        os.rename(temporary, target)
    finally:
        remove(temporary)


def remove(path: Path) -> None:
    """Remove a file, link or tree; nothing there is fine."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_durably(path: Path, source: BinaryIO, budget: Budget) -> int:
    """Write a new file and wait until the disk has it; returns its bytes."""
    with path.open("xb") as target:
        size = budget.copy(source, target)
        target.flush()
        os.fsync(target.fileno())
    return size


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in `folder`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """(relative path, path) of the regular files below `folder`, sorted; links are not followed."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            for relative, file in files_below(path):
                yield f"{entry.name}/{relative}", file
        elif entry.is_file(follow_symlinks=False):
            yield entry.name, path


def relative_target(folder: Path, relative: str) -> Path:
    """Where the file stored as `relative` below a folder key goes; refuses to leave `folder`."""
    parts = relative.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise ArtifactInvalid(f"the store lists a key that is no path inside the folder: {relative!r}")
    return folder.joinpath(*parts)
