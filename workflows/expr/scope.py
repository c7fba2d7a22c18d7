"""Scopes: flat mappings of dotted keys, and the nested maps that expressions see in them.

``inputs.parameters.a`` is one key of a scope. An expression walks ``inputs``, ``parameters``, ``a`` as
nested maps. Where one key is the beginning of others (``inputs.parameters`` and
``inputs.parameters.a``) the nested map hides it, as in Argo's util/expand. Simple tags see flat keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

MISSING: Final[Any] = object()


class Layer(Mapping[str, Any]):
    """An immutable part of a scope that knows which keys have others below them; share it between scopes."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values_by_key = values

    @cached_property
    def inner(self) -> frozenset[str]:
        """Every proper dotted beginning of a key."""
        found: set[str] = set()
        for key in self.values_by_key:
            end = key.rfind(".")
            while end > 0 and (prefix := key[:end]) not in found:
                found.add(prefix)
                end = key.rfind(".", 0, end)
        return frozenset(found)

    def __getitem__(self, key: str) -> Any:
        return self.values_by_key[key]

    def __contains__(self, key: object) -> bool:
        return key in self.values_by_key

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_key)

    def __len__(self) -> int:
        return len(self.values_by_key)


class Scope(Mapping[str, Any]):
    """Layers looked up in order, the first that has the key wins. The values must not change."""

    def __init__(self, *layers: Mapping[str, Any]) -> None:
        self.layers = tuple(
            layer if isinstance(layer, Layer) else Layer(layer)
            for part in layers
            for layer in _layers_of(part)
        )

    def with_layer(self, values: Mapping[str, Any]) -> Scope:
        """A scope in which `values` hide what is here."""
        return Scope(values, *self.layers)

    def has_children(self, key: str) -> bool:
        """Whether some key begins with ``key.``"""
        return any(key in layer.inner for layer in self.layers)

    def get(self, key: str, default: Any = None) -> Any:
        for layer in self.layers:
            value = layer.values_by_key.get(key, MISSING)
            if value is not MISSING:
                return value
        return default

    def __getitem__(self, key: str) -> Any:
        value = self.get(key, MISSING)
        if value is MISSING:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        return any(key in layer.values_by_key for layer in self.layers)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key for layer in self.layers for key in layer))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _layers_of(part: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return part.layers if isinstance(part, Scope) else (part,)


def has_children(scope: Mapping[str, Any], key: str) -> bool:
    """Whether some key of the scope begins with ``key.``; a `Scope` knows, others are searched."""
    if isinstance(scope, Scope):
        return scope.has_children(key)
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
