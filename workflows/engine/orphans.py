"""Pods whose composite ended before them, found after a restart.

Nothing follows from them any more, but the run may not end while they are active.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.engine import phases
from workflows.engine.calls import Call
from workflows.engine.errors import EngineError
from workflows.engine.frame import Frame
from workflows.engine.program import CompiledCall
from workflows.spec import TemplateRef, WorkflowStep

if TYPE_CHECKING:
    from workflows.engine.core import Core
    from workflows.engine.node import Node
    from workflows.engine.program import TemplateBase


class Orphanage(Frame):
    """Owns calls from which nothing follows."""

    def moved(self, call: Call) -> None:
        pass

    def errored(self, call: Call, error: EngineError) -> None:
        pass


def adopt_orphans(core: Core) -> None:
    """Take up pods that no frame claimed."""
    unclaimed = [
        node
        for node in core.nodes.values()
        if node.type == phases.POD and not node.fulfilled and node.id not in core.calls
    ]
    for node in unclaimed:
        core.early_ends += 1
        _adopt(core, node)


def _adopt(core: Core, node: Node) -> None:
    reference = node.template_ref
    step = (
        WorkflowStep(template=node.template_name)
        if reference is None
        else WorkflowStep(
            template_ref=TemplateRef(
                name=reference["name"],
                template=reference["template"],
                cluster_scope=bool(reference.get("clusterScope")),
            )
        )
    )
    try:
        call = Call(
            Orphanage(core),
            CompiledCall(step),
            node.name,
            base=_base(core, node),
            arguments={},
            boundary=core.nodes.get(node.boundary_id),
            parents=node.parents,
            depth=1,
        )
        call.start()
    except EngineError as error:
        core.set_phase(node, phases.ERROR, error.message)


def _base(core: Core, node: Node) -> TemplateBase:
    scope, _, name = node.template_scope.partition("/")
    return core.program.base if scope == "local" else core.program.library_base(scope, name)
