"""Links of the settings, filled in for one run or one of its nodes."""

from __future__ import annotations

from workflows.engine.messages import JsonObject
from workflows.engine.names import pod_name
from workflows.engine.workflow import template_name
from workflows.services import runs
from workflows.services.access import Access, Actor
from workflows.services.installation import links
from workflows.services.presentation import show_summary
from workflows.store import clock, read
from workflows.store.read import RunRecord
from workflows.wire.links import links_of_node, links_of_run
from workflows.wire.nodes import node_detail


def links_for_run(actor: Actor, uid: str) -> list[JsonObject]:
    """Raises NotFoundError."""
    record = runs.get_run(actor, uid)
    return links_of_run(links(), _shown(actor, record), clock.now())


def links_for_node(actor: Actor, uid: str, node_id: str) -> list[JsonObject]:
    """None for a node without a pod. Raises NotFoundError."""
    record = runs.get_run(actor, uid)
    node = runs.get_node(actor, uid, node_id).node
    if node.type != "Pod":
        return []
    name = pod_name(record.run.name, node.name, template_name(node), node.id)
    shown = node_detail(node, children=[])
    return links_of_node(links(), _shown(actor, record), shown, name, clock.now())


def _shown(actor: Actor, record: RunRecord) -> JsonObject:
    """The Workflow object without its nodes, which may be many."""
    workflow = read.get_manifest(record.run_id).workflow
    return show_summary(record, Access(actor)) | {"spec": workflow["spec"]}
