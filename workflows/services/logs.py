"""What the containers of a node wrote: from the executor while it has it, afterwards from the archived log.

One stream for the reader either way. Archived logs are artifacts like others: `CONTAINER-logs`.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from django.db import connection

from workflows.artifacts.limits import BLOCK
from workflows.errors import NotFoundError
from workflows.executors import registry
from workflows.executors.base import Attempt, LogChunk
from workflows.services.access import Actor
from workflows.services.artifacts import Artifact, Side, find_in, open_store
from workflows.services.runs import get_node, get_run

#: the stream archived logs are given out as, in which the executor has put all of them together
_STREAM = "stdout"


def read_logs(
    actor: Actor, uid: str, node_id: str, *, container: str = "main", offset: int = 0, follow: bool = False
) -> Iterator[LogChunk]:
    """Pieces of output from byte `offset` of each stream on; with `follow` until the node ended.

    Raises NotFoundError before the first piece when there is no such node or none the actor may see.
    """
    node = get_node(actor, uid, node_id).node
    attempt = Attempt(uid, node.id, node.attempt)
    live = registry.current().logs(attempt, container=container, offset=offset, follow=follow)
    return _live_or_archived(actor, live, attempt, container, offset)


def _live_or_archived(
    actor: Actor, live: Iterator[LogChunk], attempt: Attempt, container: str, offset: int
) -> Iterator[LogChunk]:
    is_silent = True
    for chunk in live:
        is_silent = is_silent and not chunk.text
        yield chunk
    if is_silent:
        # Asked only now: a node that was followed may have been archived meanwhile.
        artifact = _archived(actor, attempt, container)
        if artifact is not None:
            yield from _read_archived(artifact, container, offset)


def _archived(actor: Actor, attempt: Attempt, container: str) -> Artifact | None:
    """None when the log was not archived, or has been deleted."""
    # Logs are followed in threads of a pool, which are not to keep connections.
    is_borrowed = connection.connection is not None
    try:
        return find_in(get_run(actor, attempt.run_uid), attempt.node_id, Side.OUTPUTS, f"{container}-logs")
    except NotFoundError:
        return None
    finally:
        if not is_borrowed:
            connection.close()


def _read_archived(artifact: Artifact, container: str, offset: int) -> Iterator[LogChunk]:
    driver, location = open_store(artifact)
    size = driver.stat(location.key).size
    if size is not None and offset >= size:
        return
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    with driver.open(location.key, offset) as stream:
        while block := stream.read(BLOCK):
            yield LogChunk(container, _STREAM, offset, decoder.decode(block))
            offset += len(block)
    if rest := decoder.decode(b"", final=True):
        yield LogChunk(container, _STREAM, offset, rest)
