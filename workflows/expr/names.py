"""Which variables an expression uses: for dependency analysis, and Argo's stricter list for tags."""

from __future__ import annotations

from typing import Final, NamedTuple

from workflows.expr.functions import ENVIRONMENT
from workflows.expr.paths import constant_path, dotted
from workflows.expr.syntax.nodes import Binary, Constant, Let, Member, Name, Node
from workflows.expr.syntax.walk import children, walk, walk_up


class Reference(NamedTuple):
    """A use of a variable: the dotted path and its first name."""

    path: str
    root: str


_OWN: Final = frozenset({"$env", *ENVIRONMENT})


def find_references(tree: Node) -> list[Reference]:
    """All uses from left to right; names declared by ``let`` and functions are left out."""
    found: list[Reference] = []
    stack: list[tuple[Node, frozenset[str]]] = [(tree, frozenset())]
    while stack:
        node, declared = stack.pop()
        reference = _reference(node, declared) if isinstance(node, Name | Member) else None
        if reference is not None:
            found.append(reference)
        elif isinstance(node, Let):
            stack += [(node.body, declared | {node.name}), (node.value, declared)]
        else:
            stack.extend((child, declared) for child in reversed(children(node)))
    return found


def declared_names(tree: Node) -> list[str]:
    """The variables that ``let`` declares."""
    return list(dict.fromkeys(node.name for node in walk(tree) if isinstance(node, Let)))


def _reference(node: Name | Member, declared: frozenset[str]) -> Reference | None:
    if isinstance(node, Name):
        return None if node.name in declared or node.name in _OWN else Reference(node.name, node.name)
    key = _text_key(node)
    if key is not None and isinstance(node.base, Name) and node.base.name == "$env":
        return Reference(key, key)
    path = constant_path(node)
    root = path[0].base if path else None
    if path is None or not isinstance(root, Name) or root.name in declared:
        return None
    return Reference(dotted(path), root.name)


def _text_key(node: Member) -> str | None:
    key = node.key.value if isinstance(node.key, Constant) else None
    return key if type(key) is str else None


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
        key = _text_key(current)
        if current.optional or key is None:
            return None
        parts.append(key)
        current = current.base
    if not isinstance(current, Name):
        return None
    return ".".join([current.name, *reversed(parts)])
