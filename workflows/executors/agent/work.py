"""The border between the agent and the kinds of templates it carries out.

A `Work` is one attempt of one node. `advance` is called in a thread and may block; while the work has nothing
to do it returns a `Pause` instead of keeping the thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from workflows.engine.messages import Launch
from workflows.engine.phases import FAILED, SUCCEEDED

#: Argo's executor ends with this code when it cannot do what the template says
CANNOT = 64


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt ended, in the words of the engine's NodeFinished."""

    phase: str
    message: str = ""
    exit_code: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    result: str | None = None
    artifacts: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing to do for `seconds`, or until `topic` (the uid of a run) is heard of.

    `phase` and `message` are what the node shows meanwhile, `progress` (``N/M``) how far it is; "" for no
    change.
    """

    seconds: float
    topic: str = ""
    phase: str = ""
    message: str = ""
    progress: str = ""


class Failed(Exception):
    """The work cannot succeed; the text is for the node's message."""


class Work(Protocol):
    #: whether `advance` may wait long for somebody else
    is_slow: bool

    def advance(self) -> Ending | Pause:
        """Raises Failed, SluiceError; anything else is a defect."""

    def failed(self, message: str) -> Ending:
        """How the attempt ends for that reason."""

    def limit(self) -> tuple[float, Ending] | None:
        """After how many seconds it ends, and how, apart from the order's own deadline."""

    def cancel(self) -> None:
        """From another thread: give up what blocks `advance`. Its outcome is not wanted any more."""

    def killed(self) -> None:
        """An order ends the attempt, and `advance` is not being called: end what it began elsewhere."""


#: adds a line to the attempt's log; never with a secret in it
Note = Callable[[str], None]
#: makes the work of an order. Raises Failed.
MakeWork = Callable[[Launch, Note], Work]


def failed_node(message: str) -> Ending:
    """A node without a pod. Source: Argo's `processTask`."""
    return Ending(FAILED, message)


def failed_pod(message: str) -> Ending:
    """A pod whose main container gave up. Source: Argo's `HandleError` and `inferFailedReason`."""
    return Ending(FAILED, f"main: Error (exit code {CANNOT}): {message}", exit_code=CANNOT)


def succeeded_pod(*, parameters: Mapping[str, str] | None = None, result: str | None = None) -> Ending:
    return Ending(SUCCEEDED, exit_code=0, parameters=parameters or {}, result=result)
