"""Visiting trees without recursion on long operator chains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from workflows.expr.syntax.nodes import (
    Array,
    Binary,
    Builtin,
    Call,
    Chain,
    Conditional,
    Let,
    Map,
    Member,
    Node,
    Predicate,
    Sequence,
    Slice,
    Unary,
)

_CHILDREN: Final[dict[type[Node], Callable[[Any], list[Node]]]] = {
    Unary: lambda node: [node.operand],
    Binary: lambda node: [node.left, node.right],
    Chain: lambda node: [node.node],
    Member: lambda node: [node.base, node.key],
    Slice: lambda node: [node.base, *(part for part in (node.start, node.stop) if part is not None)],
    Call: lambda node: [*node.arguments, node.callee],
    Builtin: lambda node: list(node.arguments),
    Predicate: lambda node: [node.body],
    Let: lambda node: [node.value, node.body],
    Sequence: lambda node: list(node.nodes),
    Conditional: lambda node: [node.condition, node.then, node.otherwise],
    Array: lambda node: list(node.items),
    Map: lambda node: [part for pair in node.pairs for part in pair],
}


def children(node: Node) -> list[Node]:
    """The direct children from left to right."""
    of = _CHILDREN.get(type(node))
    return of(node) if of is not None else []


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, parents first, left to right."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def walk_up(node: Node) -> list[Node]:
    """All nodes, children before their parents, left to right (the order of expr-lang's visitors)."""
    order: list[Node] = []
    stack = [node]
    while stack:
        current = stack.pop()
        order.append(current)
        stack.extend(children(current))
    order.reverse()
    return order
