"""The base of everything that owns calls: one frame for each composite node that is not fulfilled.

A frame is told when a call it owns moved and is advanced once the worklist reaches it; there it decides
what follows. Frames hold no truth of their own: they are rebuilt from rows. See `steps`, `dag`, `retry`,
`workflow`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, cast

from workflows.engine import phases

if TYPE_CHECKING:
    from workflows.engine.calls import Call
    from workflows.engine.core import Core
    from workflows.engine.errors import EngineError
    from workflows.engine.node import Node

#: of nodes that were open when a template around them ended; Argo leaves those Running for ever
ABANDONED_MESSAGE = "the template around it has ended"


class Frame:
    """`queued`: on the worklist. `closed`: its node is fulfilled, nothing more may follow from it."""

    call: Call | None = None

    def __init__(self, core: Core) -> None:
        self.core = core
        self.queued = False
        self.closed = False

    def advance(self) -> None:
        """Decide what follows from what happened since the last time."""
        raise NotImplementedError

    def moved(self, call: Call) -> None:
        """The node of a call of this frame was created or changed its phase."""
        raise NotImplementedError

    def errored(self, call: Call, error: EngineError) -> None:
        """A call of this frame could not be started or carried on. Told instead of `moved`; its node says
        so already.
        """
        raise NotImplementedError

    def timer(self, kind: str) -> None:
        """A timer asked for under this frame's node went off."""

    def inside(self) -> Iterable[Node]:
        """The nodes that this frame looks after: those of its calls and of its groups."""
        raise NotImplementedError

    def cut_off(self) -> None:
        """The node has ended before its template did."""
        abandon(self)


class _Daemonic(Protocol):
    """What carries a daemon, or its retry."""

    def retire(self) -> None: ...


def retire(call: Call) -> None:
    """End the daemon of `call`, or its retry, because the template around it ends."""
    if call.frame is not None:
        cast(_Daemonic, call.frame).retire()


def abandon(frame: Frame) -> None:
    """Close a frame and end everything open inside it, except for what was launched: that goes on, and
    nothing follows from it.
    """
    core = frame.core
    frames = [frame]
    while frames:
        current = frames.pop()
        current.closed = True
        if core.daemons and current.call is not None and current.call.node is not None:
            core.end_daemons(current.call.node.id)
        for node in current.inside():
            if node.phase in phases.FULFILLED or (node.type in phases.LAUNCHED and not node.at_lock):
                continue
            call = core.calls.get(node.id)
            core.leave(node.id)
            core.counters.pop(node.id, None)
            core.set_phase(node, phases.FAILED, ABANDONED_MESSAGE)
            if call is not None and isinstance(call.frame, Frame):
                frames.append(call.frame)
