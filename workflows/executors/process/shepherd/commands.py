"""Find a program as Argo's executor does and start it, with its error texts.

Source: Go's `exec.LookPath` and the emissary of Argo 4.1, whose errors become the container's termination
message. The caller has already entered the file system the program is to see.
"""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Mapping, Sequence
from typing import Final

DEFAULT_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

#: Python ignores these, and the shepherd ignores more; ignored signals would be inherited.
_RESET_SIGNALS: Final = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


class CannotStartError(Exception):
    """The command cannot be started; the text is Argo's termination message."""


def start(
    arguments: Sequence[str], environment: Mapping[str, str], folder: str, files: tuple[int, int, int]
) -> int:
    """Start `arguments` in `folder` as leader of a new session; `files` become 0, 1 and 2.

    Returns the process id. Raises CannotStartError; leaves the working directory of the caller changed.
    """
    _enter_working_directory(folder)
    program = find_program(arguments[0], environment.get("PATH", DEFAULT_PATH))
    redirections = [(os.POSIX_SPAWN_DUP2, file, number) for number, file in enumerate(files)]
    try:
        return os.posix_spawn(
            program,
            (program, *arguments[1:]),
            environment,
            setsid=True,
            setsigdef=_RESET_SIGNALS,
            file_actions=redirections,
        )
    except OSError as error:
        text = f"failed to start command: fork/exec {program}: {_reason(error)}"
        raise CannotStartError(text) from error
    except ValueError as error:
        raise CannotStartError(f"failed to start command: fork/exec {program}: invalid argument") from error


def find_program(name: str, path: str) -> str:
    """The file that `name` means. Raises CannotStartError."""
    if "/" in name:
        fault = _fault(name)
        if fault:
            raise _not_found(name, fault)
        return name
    for folder in path.split(":"):
        candidate = f"{folder}/{name}" if folder else f"./{name}"
        if name and "\0" not in candidate and os.access(candidate, os.X_OK) and not _fault(candidate):
            return candidate
    raise _not_found(name, "executable file not found in $PATH")


def _enter_working_directory(folder: str) -> None:
    """Container runtimes make a missing working directory."""
    try:
        try:
            os.chdir(folder)
        except FileNotFoundError:
            os.makedirs(folder, exist_ok=True)
            os.chdir(folder)
    except (OSError, ValueError) as error:
        raise CannotStartError(f"failed to start command: chdir {folder}: {_reason(error)}") from error


def _fault(program: str) -> str:
    try:
        status = os.stat(program)
    except OSError as error:
        return f"stat {program}: {_reason(error)}"
    except ValueError:
        return f"stat {program}: invalid argument"
    if stat.S_ISDIR(status.st_mode):
        return "is a directory"
    return "" if os.access(program, os.X_OK) else "permission denied"


def _not_found(name: str, fault: str) -> CannotStartError:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return CannotStartError(f'failed to find name in PATH: exec: "{quoted}": {fault}')


def _reason(error: OSError | ValueError) -> str:
    return (
        os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "invalid argument"
    )
