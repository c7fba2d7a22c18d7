"""Sums over everything that can be reached from a node through `children`, each reachable node once.

Every node with a weight has a bit; what can be reached from a node is one whole number, the union of its
children's. A sum is then a count of common bits, one for each binary digit of the weights, so that shared
descendants cost a few machine words and not a walk. Not for what is summed up: see `progress` and `usage`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

#: one number for each of several things that are summed up at once; none is negative
Weights = tuple[int, ...]


def sums_below(
    node_ids: Sequence[str],
    children: Mapping[str, Sequence[str]],
    weights: Mapping[str, Weights],
    wanted: Collection[str],
) -> dict[str, Weights]:
    """The sums for the `wanted` nodes, themselves excluded. Nodes on a cycle, which no run has, get none."""
    scale = _Scale(weights)
    known = set(node_ids)
    below = {
        node_id: [kid for kid in dict.fromkeys(children.get(node_id, ())) if kid in known]
        for node_id in node_ids
    }
    sums: dict[str, Weights] = {}
    for node_id, reached in _reaches(below, scale.bit):
        if node_id in wanted:
            sums[node_id] = scale.weigh(reached)
    return sums


class _Scale:
    """Weighs sets of nodes that are given as whole numbers."""

    def __init__(self, weights: Mapping[str, Weights]) -> None:
        self._places = {node_id: place for place, node_id in enumerate(weights)}
        self._digits = [_digits(column) for column in zip(*weights.values(), strict=True)]

    def bit(self, node_id: str) -> int:
        place = self._places.get(node_id)
        return 0 if place is None else 1 << place

    def weigh(self, reached: int) -> Weights:
        return tuple(
            sum((reached & digit).bit_count() << power for power, digit in enumerate(digits))
            for digits in self._digits
        )


def _digits(numbers: Sequence[int]) -> list[int]:
    """For each binary digit, the set of places whose number has it."""
    sets = []
    for power in range(max(numbers, default=0).bit_length()):
        text = "".join("1" if number >> power & 1 else "0" for number in reversed(numbers))
        sets.append(int(text, 2))
    return sets


def _reaches(below: Mapping[str, Sequence[str]], bit: Callable[[str], int]) -> Iterable[tuple[str, int]]:
    """Each node with what it reaches, children before parents; a set is forgotten once nobody needs it."""
    parents: dict[str, list[str]] = {}
    for node_id, kids in below.items():
        for kid in kids:
            parents.setdefault(kid, []).append(node_id)
    unknown = {node_id: len(kids) for node_id, kids in below.items()}
    needed = {node_id: len(above) for node_id, above in parents.items()}
    reached: dict[str, int] = {}
    # of nodes with the same children, as between the layers of a wide join, the first does the work
    shared: dict[str, tuple[Sequence[str], int]] = {}
    ready = [node_id for node_id, count in unknown.items() if not count]
    while ready:
        node_id = ready.pop()
        kids = below[node_id]
        found = _union(kids, reached, bit, shared)
        for kid in kids:
            needed[kid] -= 1
            if not needed[kid]:
                del reached[kid]
                shared.pop(kid, None)
        yield node_id, found
        if node_id in parents:
            reached[node_id] = found
        for parent in parents.get(node_id, ()):
            unknown[parent] -= 1
            if not unknown[parent]:
                ready.append(parent)


def _union(
    kids: Sequence[str],
    reached: Mapping[str, int],
    bit: Callable[[str], int],
    shared: dict[str, tuple[Sequence[str], int]],
) -> int:
    if not kids:
        return 0
    known = shared.get(kids[0])
    if known is not None and known[0] == kids:
        return known[1]
    found = 0
    for kid in kids:
        found |= reached[kid] | bit(kid)
    if len(kids) > 1:
        shared[kids[0]] = kids, found
    return found
