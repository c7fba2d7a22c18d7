"""The tree of a pattern, and how many ways a backtracking matcher could take through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workflows.expr.regex.charset import CharSet

BEGIN_TEXT: Final = "begin-text"
END_TEXT: Final = "end-text"
BEGIN_LINE: Final = "begin-line"
END_LINE: Final = "end-line"
WORD_BOUNDARY: Final = "word-boundary"
NO_WORD_BOUNDARY: Final = "no-word-boundary"


class Node:
    """Base of pattern nodes."""

    __slots__ = ()


@dataclass(slots=True)
class Empty(Node):
    pass


@dataclass(slots=True)
class Chars(Node):
    """One character out of a set."""

    chars: CharSet


@dataclass(slots=True)
class Assertion(Node):
    kind: str


@dataclass(slots=True)
class Concat(Node):
    parts: list[Node]


@dataclass(slots=True)
class Alternate(Node):
    parts: list[Node]


@dataclass(slots=True)
class Repeat(Node):
    """`high` is None for no upper bound."""

    node: Node
    low: int
    high: int | None
    greedy: bool


@dataclass(slots=True)
class Group(Node):
    """A capturing group, counted from 1."""

    node: Node
    index: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Paths:
    """At most ``factor * (n + 1) ** degree`` ways through a node on a text of n characters."""

    factor: int
    degree: int
    #: characters the shortest match takes
    width: int

    @property
    def is_single(self) -> bool:
        return self.factor == 1 and self.degree == 0


_CAP: Final = 1_000_000
_UNBOUNDED_DEGREE: Final = 99


def count_paths(node: Node) -> Paths:
    """The bound for a backtracking matcher; degree 99 stands for "no useful bound"."""
    if isinstance(node, Chars):
        return Paths(1, 0, 1)
    if isinstance(node, Group):
        return count_paths(node.node)
    if isinstance(node, Concat):
        return _in_sequence([count_paths(part) for part in node.parts])
    if isinstance(node, Alternate):
        parts = [count_paths(part) for part in node.parts]
        factor = min(sum(part.factor for part in parts), _CAP)
        return Paths(factor, max(part.degree for part in parts), min(part.width for part in parts))
    if isinstance(node, Repeat):
        return _repeated(node, count_paths(node.node))
    return Paths(1, 0, 0)


def _in_sequence(parts: list[Paths]) -> Paths:
    factor, degree, width = 1, 0, 0
    for part in parts:
        factor = min(factor * part.factor, _CAP)
        degree += part.degree
        width += part.width
    return Paths(factor, min(degree, _UNBOUNDED_DEGREE), width)


def _repeated(node: Repeat, body: Paths) -> Paths:
    width = body.width * node.low
    if not body.is_single or body.width == 0:
        return Paths(1, _UNBOUNDED_DEGREE, width)
    if node.high is None:
        return Paths(1, 1, width)
    return Paths(node.high - node.low + 1, 0, width)
