"""Progress "N/M" of nodes and runs, summed as Argo sums it. Not for progress that a container reports itself.

Source: Argo's `status.progress` and `status.nodes[*].progress`. Only nodes that do something count (pods,
containers, HTTP and plugin calls, suspends): one each, done when Succeeded, Skipped or Omitted. Every other
node sums what can be reached from it through `children`, each reachable node once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from workflows.engine.node import Node
from workflows.engine.phases import CONTAINER, HTTP, OMITTED, PLUGIN, POD, SKIPPED, SUCCEEDED, SUSPEND

Progress = tuple[int, int]

EXECUTABLE = frozenset({POD, HTTP, PLUGIN, CONTAINER, SUSPEND})
_DONE = frozenset({SUCCEEDED, SKIPPED, OMITTED})

#: Steps of graph walking one call may spend. A node whose sum would need more is left out of the answer:
#: exact sums over shared descendants cost the square of the nodes, and a progress bar is not worth that.
WALK_BUDGET = 2_000_000


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


def node_progress(
    nodes: Collection[Node], children: Mapping[str, Sequence[str]], *, budget: int = WALK_BUDGET
) -> dict[str, Progress]:
    """Progress by node id; nodes whose sum is empty or too costly are missing."""
    own = {node.id: own_progress(node) for node in nodes}
    reachable = _Reachable(own, children, budget)
    # Roots first, since their sums matter most. Then from the last node backwards: a child mostly comes after
    # its parent, so that the sum of a lone child is known when its parent asks.
    for node in sorted(nodes, key=lambda node: (bool(node.parents), -node.idx)):
        reachable.sum_below(node.id)
    result = {node_id: mine for node_id, mine in own.items() if mine is not None}
    for node_id, below in reachable.sums.items():
        if own[node_id] is None and below[1] > 0:
            result[node_id] = below
    return result


class _Reachable:
    """Sums over everything reachable from a node, the node itself excluded."""

    def __init__(
        self, own: Mapping[str, Progress | None], children: Mapping[str, Sequence[str]], budget: int
    ) -> None:
        self._own = own
        self._children = children
        self._budget = budget
        self.sums: dict[str, Progress] = {}

    def sum_below(self, node_id: str) -> None:
        """Fill in the node's sum; for nodes that have progress of their own only when that costs nothing."""
        below = self._below(node_id)
        if not below:
            self.sums[node_id] = (0, 0)
        elif len(below) == 1 and below[0] in self.sums:
            self.sums[node_id] = _add(self.sums[below[0]], self._own[below[0]])
        elif self._own[node_id] is None:
            self._walk(node_id, below)

    def _below(self, node_id: str) -> list[str]:
        return [child for child in self._children.get(node_id, ()) if child in self._own]

    def _walk(self, node_id: str, below: Sequence[str]) -> None:
        seen = set(below)
        stack = list(seen)
        total: Progress = (0, 0)
        while stack:
            self._budget -= 1
            if self._budget < 0:
                return
            current = stack.pop()
            total = _add(total, self._own[current])
            unseen = [child for child in self._below(current) if child not in seen]
            seen.update(unseen)
            stack.extend(unseen)
        self.sums[node_id] = total


def _add(left: Progress, right: Progress | None) -> Progress:
    return left if right is None else (left[0] + right[0], left[1] + right[1])
