"""Which phase and message the end of a container gives its node, in the words of Argo's controller. Pure.

Source: the texts of `inferFailedReason` (controller) and of the emissary (executor) in Argo 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SUCCEEDED: Final = "Succeeded"
FAILED: Final = "Failed"
ERROR: Final = "Error"

DEADLINE_MESSAGE: Final = "Pod was active on the node longer than the specified deadline"
#: Argo's executor ends with this code when it cannot start the command.
CANNOT_START: Final = 64
#: Argo takes these as "ended by Argo itself" and does not blame the container.
_ENDED_FROM_OUTSIDE: Final = frozenset({128 + 9, 128 + 15})
_MAIN: Final = "main"
#: Kubernetes' limit of a termination message.
MAX_MESSAGE_CHARACTERS: Final = 4096


@dataclass(frozen=True)
class Ending:
    """How an attempt ended. `exit_code` is that of the main container, None when it never ran."""

    phase: str
    message: str = ""
    exit_code: int | None = None


def kubernetes_exit_code(code: int) -> int:
    """From Python's convention (minus the signal's number) to that of container runtimes (128 plus it)."""
    return 128 - code if code < 0 else code


def ending_of(
    container: str, code: int, *, detail: str = "", stopped: bool = False, deadline: bool = False
) -> Ending:
    """The ending after `container` was the last to run and exited with `code` (runtime convention).

    `detail` is a termination message; `stopped` tells that somebody asked for the end.
    """
    exit_code = code if container == _MAIN else None
    if deadline:
        return Ending(FAILED, DEADLINE_MESSAGE, exit_code)
    if code == 0 and container == _MAIN:
        return Ending(SUCCEEDED, "", exit_code)
    if container != _MAIN and code in _ENDED_FROM_OUTSIDE and not stopped:
        return Ending(ERROR, "Pod failed before main container starts due to PodInitializing: ")
    if code == 0:
        return Ending(FAILED, STOPPED_BEFORE_START)
    text = f"{container}: Error (exit code {code})"
    return Ending(FAILED, f"{text}: {detail}" if detail else text, exit_code)


def presentable(message: str) -> str:
    """What may be stored anywhere: not longer than a termination message, nothing that is no character.

    Commands, and with them messages that quote them, may be anything.
    """
    return message[:MAX_MESSAGE_CHARACTERS].encode(errors="replace").decode().replace("\0", "\\0")


STOPPED_BEFORE_START: Final = "Stopped before the main container started"
LOST: Final = (
    "The process was ended because its supervisor was killed; what it did so far is unknown. Retry the node."
)
