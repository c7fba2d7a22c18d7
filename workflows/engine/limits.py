"""How many nodes may be active at once: parallelism of the run and of a template, and template-level
failFast.

A call that may not start yet waits here, in order; it has no node (as in Argo) until it is let in.
Source: Argo's `checkParallelism`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from workflows.engine import phases
from workflows.engine.frame import Frame

if TYPE_CHECKING:
    from workflows.engine.calls import Call
    from workflows.engine.core import Core
    from workflows.engine.node import Node

FAIL_FAST_MESSAGE = "template has failed or errored children and failFast enabled"

_COMPOSITE = frozenset({phases.STEPS, phases.DAG})
_COUNTED = _COMPOSITE | {phases.POD}


class Counter(Frame):
    """Counts the direct children of one boundary, or the pods of the whole run, and keeps who waits for a
    place.
    """

    def __init__(
        self, core: Core, *, limit: int | None, owner: Frame | None = None, fail_fast: bool = False
    ) -> None:
        super().__init__(core)
        self.limit = limit
        self.fail_fast = fail_fast
        self.owner = owner
        self.active = 0
        self.active_pods = 0
        self.unsuccessful = 0
        self.waiting: deque[Call] = deque()
        #: composites from before a restart or manual retry, as long as nobody has taken them up
        self._asleep: list[Node] = []
        self._settled = False

    @property
    def stopped(self) -> bool:
        """failFast has struck: nothing more may start."""
        return self.fail_fast and self.unsuccessful > 0

    def count(self, node: Node, before: str, after: str) -> None:
        """A node of this boundary was created (`before` is "") or changed its phase."""
        if node.type not in _COUNTED:
            return
        change = _takes_place(node, after) - _takes_place(node, before)
        if change:
            self.active += change
            if node.type == phases.POD:
                self.active_pods += change
        if after in phases.FAILED_OR_ERROR:
            self.unsuccessful += 1
        if change < 0 and self.waiting:
            self.core.enqueue(self)
        # a daemon that fails leaves no place, but strikes too
        if self.fail_fast and self.owner is not None and (change < 0 or after in phases.FULFILLED):
            self.core.enqueue(self.owner)

    def recount(self, nodes: Iterable[Node]) -> None:
        """Count the nodes from before a restart or manual retry."""
        for node in nodes:
            self.count(node, "", node.phase)
            if node.type in _COMPOSITE and not node.fulfilled:
                self._asleep.append(node)

    def full(self) -> bool:
        return self.limit is not None and self.active - self._sleepers() >= self.limit

    def _sleepers(self) -> int:
        """How many composites keep a place although they wait for what stands in line, as those do whose
        daemon a manual retry starts anew. All that can be taken up is when the boundary has settled.
        """
        if not self._asleep or not self._settled:
            return 0
        calls = self.core.calls
        self._asleep = [node for node in self._asleep if not node.fulfilled and node.id not in calls]
        return len(self._asleep)

    def wait(self, call: Call) -> None:
        """Put a call in line."""
        self.waiting.append(call)
        if self._asleep and not self._settled:
            self.core.enqueue(self)

    def advance(self) -> None:
        """Let in who waits, as far as there are places."""
        self._settled = True
        for _ in range(len(self.waiting)):
            if self.full() or self.stopped:
                return
            self.waiting.popleft().enter_late()


def _takes_place(node: Node, phase: str) -> bool:
    """A daemon takes no place once it is ready: it goes on until everything else has ended."""
    return phase == phases.PENDING or (phase == phases.RUNNING and not node.daemoned)


def admit(core: Core, call: Call) -> bool:
    """Whether `call` may create its node now; if not, it waits in line and will be tried again."""
    if core.run.suspended:
        core.held.append(call)
        return False
    for counter in (core.run_counter, core.counters.get(call.boundary.id) if call.boundary else None):
        if counter is None:
            continue
        if counter.stopped:
            return False
        if counter.full():
            counter.wait(call)
            return False
    return True
