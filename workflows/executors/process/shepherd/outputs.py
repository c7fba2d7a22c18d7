"""Read the files that become output parameters and open output artifacts, once the main container has ended.

The caller has entered the file system of the attempt, so links lead nowhere else.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from typing import Final

from .syscalls import open_for_reading, open_path

MAX_PARAMETER_BYTES: Final = 256 * 1024
#: File times are those of the kernel's last tick.
_CLOCK_TOLERANCE_MS: Final = 20
_PROGRESS: Final = re.compile(r"\d{1,12}/\d{1,12}")
_PROGRESS_BYTES: Final = 64
#: what `open_artifact` says of a path where nothing is
ABSENT: Final = "absent"


class UnreadableOutputError(Exception):
    """An output file is there but cannot become a parameter; the text says why."""


def read_outputs(paths: Mapping[str, str], *, since: int = 0) -> dict[str, str]:
    """Contents by parameter name, without one trailing newline; absent files are left out.

    So are files last changed before `since` (milliseconds): on a shared file system they are somebody else's.
    Bytes that are not UTF-8 are replaced. Raises UnreadableOutputError.
    """
    contents = {name: _read(name, path, since) for name, path in paths.items()}
    return {name: content for name, content in contents.items() if content is not None}


def _read(name: str, path: str, since: int) -> str | None:
    try:
        descriptor = open_for_reading(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        reason = (
            os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "invalid path"
        )
        raise UnreadableOutputError(f"output parameter '{name}': open {path}: {reason}") from error
    try:
        return _contents(name, path, descriptor, since)
    finally:
        os.close(descriptor)


def _contents(name: str, path: str, descriptor: int, since: int) -> str | None:
    status = os.fstat(descriptor)
    if status.st_mtime_ns // 1_000_000 < since - _CLOCK_TOLERANCE_MS:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableOutputError(f"output parameter '{name}': {path} is not a regular file")
    if status.st_size > MAX_PARAMETER_BYTES:
        text = f"{path} has {status.st_size} bytes, more than the {MAX_PARAMETER_BYTES} a parameter can hold"
        raise UnreadableOutputError(f"output parameter '{name}': {text}")
    return os.read(descriptor, MAX_PARAMETER_BYTES + 1).decode(errors="replace").removesuffix("\n")


def open_artifact(path: str, since: int = 0) -> int | str:
    """A descriptor that stands for the file or folder at `path`, or why there is none: ABSENT or a reason.

    `since` as in `read_outputs`; a folder that was there before counts as somebody else's, too.
    """
    try:
        descriptor = open_path(path)
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    except (OSError, ValueError) as error:
        return os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "invalid"
    status = os.fstat(descriptor)
    fault = ""
    if status.st_mtime_ns // 1_000_000 < since - _CLOCK_TOLERANCE_MS:
        fault = ABSENT
    elif not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)) or _is_kernels(status):
        fault = "neither a file nor a folder"
    if fault:
        os.close(descriptor)
        return fault
    return descriptor


def _is_kernels(status: os.stat_result) -> bool:
    """What /proc shows depends on who looks, and never ends."""
    return status.st_dev == os.stat("/proc").st_dev


def read_progress(path: str) -> str:
    """The last complete line "N/M" of a progress file, empty when there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        size = os.fstat(descriptor).st_size
        tail = os.pread(descriptor, _PROGRESS_BYTES, max(0, size - _PROGRESS_BYTES))
    except OSError:
        return ""
    finally:
        os.close(descriptor)
    lines = tail.decode(errors="replace").split()
    return lines[-1] if lines and _PROGRESS.fullmatch(lines[-1]) else ""
