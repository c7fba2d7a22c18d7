"""What the containers of a node wrote, from wherever the executor keeps it."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.executors import registry
from workflows.executors.base import Attempt, LogChunk
from workflows.services.access import Actor
from workflows.services.runs import get_node


def read_logs(
    actor: Actor, uid: str, node_id: str, *, container: str = "main", offset: int = 0, follow: bool = False
) -> Iterator[LogChunk]:
    """Pieces of output from byte `offset` of each stream on; with `follow` until the node ended.

    Raises NotFoundError before the first piece when there is no such node or none the actor may see.
    """
    node = get_node(actor, uid, node_id).node
    attempt = Attempt(uid, node.id, node.attempt)
    return registry.current().logs(attempt, container=container, offset=offset, follow=follow)
