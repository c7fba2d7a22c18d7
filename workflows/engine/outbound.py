"""What a composite or retried node stands for: its last attempt, and the last nodes inside it.

Edges to what follows a node are drawn from the latter. Source: Argo's `getOutboundNodes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from workflows.engine.memo import is_hit
from workflows.engine.phases import DAG, RETRY, STEPS, TASK_GROUP

if TYPE_CHECKING:
    from workflows.engine.core import Core
    from workflows.engine.node import Node


def last_attempt(core: Core, node: Node) -> Node:
    """The node itself or, for a Retry node, its last attempt, whose outputs it stands for."""
    if node.type == RETRY:
        for kid in reversed(core.kids.get(node.id, ())):
            if not core.nodes[kid].hooked:
                return core.nodes[kid]
    return node


def outbound_of(core: Core, nodes: Iterable[Node]) -> list[str]:
    """Ids of the last nodes inside `nodes`; a composite that a cache answered has none but itself."""
    found: dict[str, None] = {}
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        if node.type in (STEPS, DAG) and not is_hit(node):
            stack.extend(core.nodes[inner] for inner in reversed(node.outbound or ()) if inner in core.nodes)
        elif node.type == TASK_GROUP and core.kids.get(node.id):
            stack.extend(core.nodes[kid] for kid in reversed(core.kids[node.id]))
        elif node.type == RETRY:
            found.update(dict.fromkeys(core.kids.get(node.id, ())[-1:]))
        elif node.id in core.containers:
            found.update(dict.fromkeys(_last_containers(core, node.id)))
        else:
            found[node.id] = None
    return list(found)


def parents_after(core: Core, nodes: Iterable[Node]) -> list[str]:
    """Ids of the parents of what follows `nodes`: the last nodes inside each of them.

    A template that failFast ended has none; it stands for itself, where Argo draws no edge at all.
    """
    found: dict[str, None] = {}
    for node in nodes:
        found.update(dict.fromkeys(outbound_of(core, [node]) or [node.id]))
    return list(found)


def _last_containers(core: Core, pod_id: str) -> list[str]:
    """The containers of a set on which no other one depends."""
    containers = core.containers[pod_id]
    needed = {parent for container in containers for parent in core.nodes[container].parents}
    return [container for container in containers if container not in needed]
