"""Scopes: flat mappings of dotted keys, and the nested maps that expressions see in them.

``inputs.parameters.a`` is one key of a scope. An expression walks ``inputs``, ``parameters``, ``a`` as
nested maps. Where one key is the beginning of others (``inputs.parameters`` and
``inputs.parameters.a``) the nested map hides it, as in Argo's util/expand. Simple tags see flat keys.

A scope of many keys should have a method ``has_children(key)`` that knows whether some key begins with
``key.``; without one all keys are searched for each reference of each evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

MISSING: Final[Any] = object()


def has_children(scope: Mapping[str, Any], key: str) -> bool:
    """Whether some key begins with ``key.``; the scope's own method of this name answers, if it has one."""
    known: Callable[[str], bool] | None = getattr(scope, "has_children", None)
    if known is not None:
        return known(key)
    start = key + "."
    return any(name.startswith(start) for name in scope)


def nested(scope: Mapping[str, Any], key: str = "") -> dict[str, Any]:
    """The keys below `key` as nested maps; all keys for an empty one."""
    start = f"{key}." if key else ""
    root: dict[str, Any] = {}
    branches: dict[str, dict[str, Any]] = {"": root}
    # a key sorts before the keys below it, so a branch replaces the leaf of its name
    for name in sorted(name for name in scope if name.startswith(start)):
        path = name[len(start) :]
        parent, _, last = path.rpartition(".")
        _branch(branches, parent)[last] = scope[name]
    return root


def _branch(branches: dict[str, dict[str, Any]], path: str) -> dict[str, Any]:
    """The map at `path`, made with all those above it where missing."""
    missing: list[str] = []
    while path not in branches:
        missing.append(path)
        path = path.rpartition(".")[0]
    found = branches[path]
    for below in reversed(missing):
        found[below.rpartition(".")[2]] = branches[below] = {}
        found = branches[below]
    return found
