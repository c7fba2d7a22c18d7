"""Constant paths such as ``steps['a'].outputs.result``: straight to the flat key of the scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workflows.expr.calls import fetch_member
from workflows.expr.errors import Fault
from workflows.expr.functions import ENVIRONMENT
from workflows.expr.run import Closure, Run
from workflows.expr.scope import MISSING
from workflows.expr.syntax.nodes import Constant, Member, Name, Node

#: what a broken optional chain hands outwards until the chain ends
BROKEN: Final[Any] = object()


def constant_path(node: Node, is_variable: Callable[[str], bool] | None = None) -> list[Member] | None:
    """The members of ``a.b['c']`` from the left, None unless all keys are constant texts on a scope name."""
    members: list[Member] = []
    while isinstance(node, Member):
        if not isinstance(node.key, Constant) or type(node.key.value) is not str or node.method:
            return None
        members.append(node)
        node = node.base
    if not isinstance(node, Name) or node.name in ENVIRONMENT or node.name == "$env":
        return None
    if is_variable is not None and is_variable(node.name):
        return None
    members.reverse()
    return members


def dotted(members: list[Member]) -> str:
    """The flat key of a constant path."""
    root = members[0].base
    keys = [member.key.value for member in members if isinstance(member.key, Constant)]
    return ".".join([root.name if isinstance(root, Name) else "", *keys])


def path_closure(path: list[Member]) -> Closure:
    """The closure that loads a constant path."""
    key = dotted(path)
    prefixes = [dotted(path[: index + 1]) for index in range(len(path))]

    def load(run: Run) -> Any:
        value = run.load(key)
        return _walk(run, path, prefixes) if value is MISSING else value

    return load


def _walk(run: Run, path: list[Member], prefixes: list[str]) -> Any:
    """No such key: take the longest beginning that exists and go on member by member."""
    value, start = _longest_known(run, path, prefixes)
    for member in path[start:]:
        if value is None and member.optional:
            return BROKEN
        key = member.key.value if isinstance(member.key, Constant) else None
        value = fetch_at(run, value, key, member.at)
    return value


def _longest_known(run: Run, path: list[Member], prefixes: list[str]) -> tuple[Any, int]:
    """The value of the longest beginning, and the first member to look up in it.

    A beginning with other keys below it is a map that lacks the next key: that one is nil at once.
    """
    root = path[0].base
    names = [root.name if isinstance(root, Name) else "", *prefixes]
    for known in range(len(path), -1, -1):
        if run.has_children(names[known]):
            return None, known + 1
        value = run.get(names[known], MISSING)
        if value is not MISSING:
            return value, known
    return None, 0


def fetch_at(run: Run, value: Any, key: Any, at: int) -> Any:
    try:
        return fetch_member(run, value, key)
    except Fault as fault:
        fault.locate(at)
        raise
