"""Which variables an expression uses: for dependency analysis, and Argo's stricter list for tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workflows.expr.compiler import constant_path, dotted
from workflows.expr.functions import ENVIRONMENT
from workflows.expr.syntax.nodes import Binary, Call, Constant, Let, Member, Name, Node
from workflows.expr.syntax.walk import children, walk, walk_up


@dataclass(frozen=True, slots=True)
class Reference:
    """A use of a variable: the dotted path, its first name and where that stands in the source.

    `is_required` is false inside arguments of library functions, which Argo does not check.
    """

    path: str
    root: str
    position: int
    is_required: bool


_OWN: Final = frozenset({"$env", *ENVIRONMENT})


def find_references(tree: Node) -> list[Reference]:
    """All uses from left to right; names declared by ``let`` and functions are left out."""
    found: list[Reference] = []
    stack: list[tuple[Node, frozenset[str], bool]] = [(tree, frozenset(), True)]
    while stack:
        node, declared, required = stack.pop()
        if isinstance(node, Name | Member):
            reference = _reference(node, declared, required=required)
            if reference is not None:
                found.append(reference)
                continue
        stack.extend(reversed(_below(node, declared, required=required)))
    return found


def _below(
    node: Node, declared: frozenset[str], *, required: bool
) -> list[tuple[Node, frozenset[str], bool]]:
    if isinstance(node, Let):
        return [(node.value, declared, required), (node.body, declared | {node.name}, required)]
    if isinstance(node, Call) and _is_library_call(node):
        return [(argument, declared, False) for argument in node.arguments]
    if isinstance(node, Call) and isinstance(node.callee, Name) and node.callee.name in ENVIRONMENT:
        return [(argument, declared, required) for argument in node.arguments]
    if isinstance(node, Member) and isinstance(node.key, Constant):
        return [(node.base, declared, required)]
    return [(child, declared, required) for child in children(node)]


def _is_library_call(node: Call) -> bool:
    """Calls of ``sprig.x``: nothing is known of them, so nothing is checked."""
    callee = node.callee
    return isinstance(callee, Member) and isinstance(callee.base, Name) and callee.base.name == "sprig"


def _reference(node: Name | Member, declared: frozenset[str], *, required: bool) -> Reference | None:
    if isinstance(node, Name):
        if node.name in declared or node.name in _OWN:
            return None
        return Reference(node.name, node.name, node.at, required)
    path = constant_path(node)
    if path is None:
        return None
    root = path[0].base
    if not isinstance(root, Name) or root.name in declared:
        return None
    return Reference(dotted(path), root.name, root.at, required)


def identifiers(tree: Node) -> tuple[str, ...]:
    """Argo's getIdentifiers: names and paths without those guarded by ``??`` or ``?.``."""
    guarded = _guarded(tree)
    found: dict[str, None] = {}
    for node in walk_up(tree):
        if id(node) in guarded:
            continue
        if isinstance(node, Name):
            found[node.name] = None
        elif isinstance(node, Member) and (path := _strict_path(node)) is not None:
            found[path] = None
    return tuple(found)


def _guarded(tree: Node) -> set[int]:
    found: set[int] = set()
    for node in walk(tree):
        if isinstance(node, Binary) and node.operator == "??":
            found.update(id(below) for below in walk(node.left) if isinstance(below, Member))
        elif isinstance(node, Member) and node.optional and isinstance(node.base, Member):
            found.add(id(node.base))
    return found


def _strict_path(node: Member) -> str | None:
    parts: list[str] = []
    current: Node = node
    while isinstance(current, Member):
        if current.optional or not isinstance(current.key, Constant) or type(current.key.value) is not str:
            return None
        parts.append(current.key.value)
        current = current.base
    if not isinstance(current, Name):
        return None
    return ".".join([current.name, *reversed(parts)])
