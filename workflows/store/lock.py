"""One server per data folder: a lock that the operating system lets go with the process, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import TextIO

from workflows.errors import EnvironmentFault

_held: dict[Path, TextIO] = {}


def hold(folder: Path) -> None:
    """Keep the folder for this process until it ends; holding it twice is once.

    Raises EnvironmentFault, naming the other process, when it is taken.
    """
    path = folder.resolve() / "server.lock"
    if path in _held:
        return
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        file.seek(0)
        owner = file.read().strip() or "unknown"
        file.close()
        raise EnvironmentFault(
            f"another server (process {owner}) uses the data folder {folder}: stop it, "
            "or choose another folder with SLUICE_DATA_DIR",
            code="data-folder-in-use",
        ) from fault
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    _held[path] = file
