"""Progress "N/M" of nodes and runs. Not for the sums of nodes that contain others, see `reach` and `totals`.

Source: Argo's `status.progress` and `status.nodes[*].progress`. Only nodes that do something count (pods,
containers, HTTP and plugin calls, suspends): one each, done when Succeeded, Skipped or Omitted; or as much as
the container itself reported.
"""

from __future__ import annotations

from collections.abc import Collection

from workflows.engine.node import Node
from workflows.engine.phases import CONTAINER, HTTP, OMITTED, PLUGIN, POD, SKIPPED, SUCCEEDED, SUSPEND

Progress = tuple[int, int]

EXECUTABLE = frozenset({POD, HTTP, PLUGIN, CONTAINER, SUSPEND})
_DONE = frozenset({SUCCEEDED, SKIPPED, OMITTED})


def parse_progress(text: object) -> Progress | None:
    """(N, M) of "N/M" with 0 ≤ N ≤ M and M > 0, else None."""
    if not isinstance(text, str):
        return None
    done, _, total = text.partition("/")
    if not (done.isdecimal() and total.isdecimal()):
        return None
    parts = int(done), int(total)
    return parts if parts[0] <= parts[1] and parts[1] > 0 else None


def own_progress(node: Node) -> Progress | None:
    """What the node itself adds to sums; None for types that only sum."""
    if node.type not in EXECUTABLE:
        return None
    reported = parse_progress(node.extra.get("progress")) if node.extra else None
    done, total = reported or (0, 1)
    return (total, total) if node.phase in _DONE else (done, total)


def total_progress(nodes: Collection[Node]) -> Progress:
    """The run's progress."""
    done = total = 0
    for node in nodes:
        own = own_progress(node)
        if own is not None:
            done += own[0]
            total += own[1]
    return done, total
