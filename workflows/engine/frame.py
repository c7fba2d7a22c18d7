"""The base of everything that owns calls: one frame for each composite node that is not fulfilled.

A frame is told when a call it owns moved and is advanced once the worklist reaches it; there it decides what
follows. Frames hold no truth of their own: they are rebuilt from rows. See `steps`, `dag`, `retry`, `workflow`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflows.engine.calls import Call
    from workflows.engine.core import Core
    from workflows.engine.errors import EngineError


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
        """A call of this frame could not be started or carried on; its node, if there is one, says so already."""
        raise NotImplementedError

    def timer(self, kind: str) -> None:
        """A timer asked for under this frame's node went off."""

    def abandoned(self) -> bool:
        """Whether an enclosing frame ended before this one."""
        frame: Frame | None = self
        while frame is not None:
            if frame.closed:
                return True
            frame = frame.call.owner if frame.call is not None else None
        return False
