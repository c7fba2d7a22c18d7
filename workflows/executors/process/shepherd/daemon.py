"""Become a process of one's own: detached from Sluice, alone on the state folder, with a log file."""

from __future__ import annotations

import fcntl
import os
from typing import Final

_MAX_LOG_BYTES: Final = 1 << 20


def become_daemon() -> None:
    """Go on in a child that is nobody's child; the caller's parent sees the process it started end."""
    if os.fork():
        os._exit(0)
    os.chdir("/")
    os.umask(0o022)


def acquire_lock(path: str) -> bool:
    """Held until this process ends, however it ends; no started process inherits it. The file tells who."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return True


def redirect_output(path: str) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    if os.path.exists(path) and os.path.getsize(path) > _MAX_LOG_BYTES:
        flags |= os.O_TRUNC
    descriptor = os.open(path, flags, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
