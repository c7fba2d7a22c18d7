"""Look at and signal processes. Not for deciding which: see `keeper` and `recovery`."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from typing import Final

#: Environment variable that marks every process of an attempt.
MARK: Final = "SLUICE_ATTEMPT"

_TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")


def signal_group(leader: int, number: int) -> None:
    """No error when nobody is left, or nobody that may be signalled."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(process, signal.SIGKILL)


def living_children() -> list[int]:
    """Processes whose parent this process is, adopted orphans included, zombies not."""
    me = os.getpid()
    try:
        with open(f"/proc/{me}/task/{me}/children") as file:
            children = [int(word) for word in file.read().split()]
    except FileNotFoundError:  # a kernel without CONFIG_PROC_CHILDREN
        children = [process for process in all_processes() if _stat(process)[1:2] == [str(me)]]
    return [process for process in children if _stat(process)[:1] not in ([], ["Z"], ["X"])]


def all_processes() -> Iterator[int]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            yield int(name)


def session_of(process: int) -> int:
    """0 when there is no such process."""
    try:
        return os.getsid(process)
    except OSError:
        return 0


def mark_of(process: int) -> str:
    """The value of MARK the process was started with, empty when it has none or may not be looked at."""
    try:
        with open(f"/proc/{process}/environ", "rb") as file:
            variables = file.read().split(b"\0")
    except OSError:
        return ""
    prefix = f"{MARK}=".encode()
    values = [variable for variable in variables if variable.startswith(prefix)]
    return values[0].removeprefix(prefix).decode(errors="replace") if values else ""


def started_after_boot(process: int) -> int | None:
    """Milliseconds between boot and the start of the process, None when it is gone."""
    fields = _stat(process)
    return int(fields[19]) * 1000 // _TICKS_PER_SECOND if fields else None


def _stat(process: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on (the third) , empty when the process is gone."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []
