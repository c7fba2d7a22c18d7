"""Which phase and message the end of a container gives its node, in the words of Argo's controller. Pure.

Source: the texts of `inferFailedReason` (controller) and of the emissary (executor) in Argo 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SUCCEEDED: Final = "Succeeded"
FAILED: Final = "Failed"
RUNNING: Final = "Running"
ERROR: Final = "Error"

DEADLINE_MESSAGE: Final = "Pod was active on the node longer than the specified deadline"
#: Argo's executor ends with this code when it cannot start the command.
CANNOT_START: Final = 64
#: Argo takes these as "ended by Argo itself" and does not blame the container.
_ENDED_FROM_OUTSIDE: Final = frozenset({128 + 9, 128 + 15})
#: how sidecars end when they are told to
KILLED_SIDECAR: Final = _ENDED_FROM_OUTSIDE
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


def init_failure(container: str, code: int, *, detail: str = "", stopped: bool = False) -> Ending:
    """The ending after an init container exited with `code`; `stopped`: somebody asked for the end."""
    if code in _ENDED_FROM_OUTSIDE and not stopped:
        return Ending(ERROR, "Pod failed before main container starts due to PodInitializing: ")
    return container_failure(container, code, detail=detail, node_exit_code=None)


def container_failure(container: str, code: int, *, detail: str, node_exit_code: int | None) -> Ending:
    """The ending after `container` exited with `code`; `detail` is a termination message."""
    text = f"{container}: Error (exit code {code})"
    return Ending(FAILED, f"{text}: {detail}" if detail else text, node_exit_code)


def container_state(container: str, code: int, *, detail: str = "") -> tuple[str, str]:
    """Phase and message of the node of one container. Source: Argo's `assessNodeStatus`."""
    if code == 0:
        return SUCCEEDED, ""
    phase = ERROR if code == CANNOT_START else FAILED
    return phase, presentable(f"{container}: Error (exit code {code}): {detail}")


def presentable(message: str) -> str:
    """What may be stored anywhere: not longer than a termination message, nothing that is no character.

    Commands, and with them messages that quote them, may be anything.
    """
    return message[:MAX_MESSAGE_CHARACTERS].encode(errors="replace").decode().replace("\0", "\\0")


STOPPED_BEFORE_START: Final = "Stopped before the main container started"
LOST: Final = (
    "The process was ended because its supervisor was killed; what it did so far is unknown. Retry the node."
)
NOT_SAVED: Final = "The outputs were not saved: {}"
NOBODY_SAVED: Final = "no server took them in time"
