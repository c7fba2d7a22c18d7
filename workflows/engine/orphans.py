"""Pods whose composite ended before them, found after a restart.

Nothing follows from them any more, but the run may not end while they are active.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from workflows.engine import names, phases
from workflows.engine.calls import Call
from workflows.engine.compiled_calls import CompiledCall
from workflows.engine.errors import EngineError
from workflows.engine.frame import ABANDONED_MESSAGE, Frame
from workflows.engine.messages import Kill
from workflows.engine.retry import attempt_variables
from workflows.spec import DAGTask, TemplateRef, WorkflowStep

if TYPE_CHECKING:
    from workflows.engine.core import Core
    from workflows.engine.node import Node

_EXIT_HANDLER = re.compile(r"\.onExit(?=[.\[(]|$)")


class Orphanage(Frame):
    """Owns calls from which nothing follows."""

    def moved(self, call: Call) -> None:
        pass

    def errored(self, call: Call, error: EngineError) -> None:
        """Its template is not to be found any more: whatever runs for the node must not go on unwatched."""
        run, node = self.core.run, call.made
        self.core.order(Kill(run_uid=run.uid, namespace=run.namespace, node_id=node.id, attempt=node.attempt))

    def inside(self) -> Iterable[Node]:
        return ()


def adopt_orphans(core: Core) -> None:
    """Take up the pods that are active although the composite around them has ended, and end what else is
    open.
    """
    for node in sorted(core.nodes.values(), key=lambda node: node.idx):
        boundary = core.nodes.get(node.boundary_id)
        if node.fulfilled or boundary is None or not boundary.fulfilled or node.id in core.calls:
            continue
        if node.type in phases.LAUNCHED:
            core.early_ends += 1
            _adopt(core, node, boundary)
        else:
            core.set_phase(node, phases.FAILED, ABANDONED_MESSAGE)


def _adopt(core: Core, node: Node, boundary: Node) -> None:
    call = Call(
        Orphanage(core),
        _called(node, boundary),
        node.name,
        base=core.program.base_labelled(node.template_scope),
        arguments={},
        boundary=boundary,
        parents=node.parents,
        depth=1,
        on_exit=_EXIT_HANDLER.search(node.name) is not None,
    )
    if node.retried:
        call.about_attempt = attempt_variables(_attempts_before(core, node), core.now)
    call.start()


def _attempts_before(core: Core, node: Node) -> list[Node]:
    kids = core.kids.get(node.parents[0], [])
    return [core.nodes[kid] for kid in kids if core.nodes[kid].idx < node.idx and core.nodes[kid].retried]


def _called(node: Node, boundary: Node) -> CompiledCall:
    reference = node.template_ref
    made = DAGTask if boundary.type == phases.DAG else WorkflowStep
    name = names.caller_name(node.name)
    if reference is None:
        return CompiledCall(made(name=name, template=node.template_name))
    return CompiledCall(
        made(
            name=name,
            template_ref=TemplateRef(
                name=reference["name"],
                template=reference["template"],
                cluster_scope=bool(reference.get("clusterScope")),
            ),
        )
    )
