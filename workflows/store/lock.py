"""One server per data folder: a lock that the operating system lets go with the process, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from workflows.errors import EnvironmentFault

_held: dict[Path, int] = {}


def hold(folder: Path) -> None:
    """Keep the folder for this process until it ends; holding it twice is once.

    Raises EnvironmentFault, naming the other process, when it is taken.
    """
    path = folder.resolve() / "server.lock"
    if path in _held:
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        owner = os.read(descriptor, 32).decode().strip() or "unknown"
        os.close(descriptor)
        raise EnvironmentFault(
            f"another server (process {owner}) uses the data folder {folder}: stop it, "
            "or choose another folder with SLUICE_DATA_DIR",
            code="data-folder-in-use",
        ) from fault
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    _held[path] = descriptor
