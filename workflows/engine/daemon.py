"""Daemons: pods that count as done for what follows once they are ready, and end with their template.

While a daemon runs, its node is Running and `daemoned`; a retried one makes its Retry node so, too. It is
killed, and Succeeded, when the steps or DAG template around it ends.

Source: Argo's `assessNodeStatus`, `killDaemonedChildren` and `processNodeRetries`.
"""

from __future__ import annotations

from workflows.engine import phases
from workflows.engine.frame import ABANDONED_MESSAGE
from workflows.engine.messages import NodeFact, NodeReady, NodeStarted
from workflows.engine.pod import Pod

#: why a node is not Running yet although its process is
READINESS = {"reason": "readiness"}


class Daemon(Pod):
    """A pod of a template with `daemon: true`."""

    __slots__ = ()

    def restore(self) -> None:
        super().restore()
        if self.call.made.daemoned:
            self.core.add_daemon(self.call)

    def take(self, fact: NodeFact) -> None:
        if isinstance(fact, NodeReady):
            self._ready(fact)
        else:
            super().take(fact)

    def _started(self, fact: NodeStarted) -> None:
        """A daemon stays Pending until it is ready."""
        node = self.call.made
        if node.phase == phases.PENDING and node.waiting is None:
            node.host = fact.host or node.host
            node.waiting = READINESS
            self.core.touch(node)

    def _ready(self, fact: NodeReady) -> None:
        node = self.call.made
        if node.daemoned:
            return
        node.waiting = None
        node.extra = {**(node.extra or {}), "daemoned": True, "podIP": fact.address}
        self.core.add_daemon(self.call)
        self.core.saw_running_pod = True
        if self.call.id in self.core.locked:
            # it counts as done, so others may have what it needed to come up
            self.core.unlock(self.call.id)
        self.core.set_phase(node, phases.RUNNING)
        boundary = self.call.boundary
        if boundary is not None and boundary.fulfilled:
            # what it was started for has failed meanwhile
            self.core.end_daemons(boundary.id)

    def conclude(self, phase: str, message: str | None) -> None:
        """A daemon that ends by itself has failed."""
        super().conclude(phases.FAILED if phase == phases.SUCCEEDED else phase, message)
        self.call.made.forget_daemon()

    def retire(self) -> None:
        """The template around the daemon ends, or the run does."""
        node = self.call.made
        if node.fulfilled:
            return
        self.kill()
        if node.daemoned:
            super().conclude(phases.SUCCEEDED, None)
            node.forget_daemon()
        else:
            super().conclude(phases.FAILED, ABANDONED_MESSAGE)
