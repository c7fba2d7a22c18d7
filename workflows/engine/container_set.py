"""Container sets: a pod whose containers are nodes of their own, children of the pod's node.

Source: Argo's `executeContainerSet` and, for the phases of the containers, `assessNodeStatus`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workflows.engine import phases
from workflows.engine.daemon import Daemon
from workflows.engine.messages import ContainerChanged, NodeFact
from workflows.engine.pod import Pod

if TYPE_CHECKING:
    from workflows.engine.node import Node

_CUT_SHORT = "Pod Failed whilst container running"


class ContainerSet(Pod):
    """A pod of a containerSet template."""

    __slots__ = ()

    def accompany(self, node: Node) -> None:
        """One node for each container, below those it depends on."""
        core, call = self.core, self.call
        containers = call.template.spec.container_set
        for container in containers.containers if containers is not None else ():
            needs = container.get("dependencies") or ()
            core.add(
                self._name(str(container["name"])),
                phases.CONTAINER,
                phases.PENDING,
                boundary=node,
                parents=[core.node_id(self._name(name)) for name in needs] or [node.id],
                template_name=node.template_name,
                template_ref=node.template_ref,
                template_scope=node.template_scope,
                flag=call.flag,
            )

    def take(self, fact: NodeFact) -> None:
        if isinstance(fact, ContainerChanged):
            self._changed(fact)
        else:
            super().take(fact)

    def _changed(self, fact: ContainerChanged) -> None:
        node = self.core.nodes.get(self.core.node_id(self._name(fact.container)))
        if node is None or node.type != phases.CONTAINER or node.fulfilled:
            return
        if fact.phase in phases.FULFILLED:
            node.finished_at = max(fact.at, node.started_at or fact.at)
            self.core.set_phase(node, fact.phase, fact.message)
        elif node.phase == phases.PENDING:
            self.core.set_phase(node, phases.RUNNING)

    def conclude(self, phase: str, message: str | None) -> None:
        self._settle(phase, message or "")
        super().conclude(phase, message)

    def timer(self, kind: str) -> None:
        super().timer(kind)
        self._follow_pod()

    def cut_off(self) -> None:
        super().cut_off()
        self._follow_pod()

    def _follow_pod(self) -> None:
        node = self.call.made
        if node.fulfilled:
            self._settle(node.phase, node.message)

    def _settle(self, phase: str, message: str) -> None:
        """The pod ends: so do the containers that nothing more was heard of."""
        for node in self._open():
            if phase == phases.SUCCEEDED:
                self.core.set_phase(node, phases.SUCCEEDED)
            else:
                reason = _CUT_SHORT if node.phase == phases.RUNNING else message
                self.core.set_phase(node, phases.FAILED, reason)

    def _open(self) -> Iterator[Node]:
        for node_id in self.core.containers.get(self.call.made.id, ()):
            node = self.core.nodes.get(node_id)
            if node is not None and not node.fulfilled:
                yield node

    def _name(self, container: str) -> str:
        return f"{self.call.name}.{container}"


class DaemonSet(Daemon, ContainerSet):
    """A containerSet template with `daemon: true`."""

    __slots__ = ()
