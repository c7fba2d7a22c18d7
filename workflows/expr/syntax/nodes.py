"""The tree of an expression. Every node knows where it starts in the source (characters from 0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, eq=False)
class Node:
    at: int


@dataclass(slots=True, eq=False)
class Constant(Node):
    """nil, bool, int, float, text or bytes."""

    value: Any


@dataclass(slots=True, eq=False)
class Name(Node):
    name: str


@dataclass(slots=True, eq=False)
class Unary(Node):
    """`operator` is one of ``! not - +``."""

    operator: str
    operand: Node


@dataclass(slots=True, eq=False)
class Binary(Node):
    """`operator` as written: ``and`` and ``&&`` are two spellings of one."""

    operator: str
    left: Node
    right: Node


@dataclass(slots=True, eq=False)
class Chain(Node):
    """The extent of an optional chain: a nil met at ``?.`` makes the whole of it nil."""

    node: Node


@dataclass(slots=True, eq=False)
class Member(Node):
    base: Node
    key: Node
    optional: bool = False
    method: bool = False


@dataclass(slots=True, eq=False)
class Slice(Node):
    base: Node
    start: Node | None
    stop: Node | None


@dataclass(slots=True, eq=False)
class Call(Node):
    callee: Node
    arguments: list[Node]


@dataclass(slots=True, eq=False)
class Builtin(Node):
    """A call of a built-in function; closures among the arguments are `Predicate` nodes."""

    name: str
    arguments: list[Node]


@dataclass(slots=True, eq=False)
class Predicate(Node):
    body: Node


@dataclass(slots=True, eq=False)
class Pointer(Node):
    """``#`` (name is empty), ``#index`` or ``#acc``."""

    name: str


@dataclass(slots=True, eq=False)
class Let(Node):
    name: str
    value: Node
    body: Node


@dataclass(slots=True, eq=False)
class Sequence(Node):
    nodes: list[Node]


@dataclass(slots=True, eq=False)
class Conditional(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(slots=True, eq=False)
class Array(Node):
    items: list[Node]


@dataclass(slots=True, eq=False)
class Map(Node):
    pairs: list[tuple[Node, Node]]
