"""The state of one evaluation: scope, budget, variables and the element a closure is looking at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflows.expr.context import Context
from workflows.expr.limits import Budget
from workflows.expr.scope import MISSING, has_children, nested

#: a compiled node
Closure = Callable[["Run"], Any]


class Run(Budget):
    """Handed to every compiled node and function; lives for one evaluation."""

    __slots__ = ("acc", "context", "get", "index", "item", "maps", "scope", "variables")

    def __init__(self, scope: Mapping[str, Any], context: Context, variables: int) -> None:
        super().__init__()
        self.scope = scope
        self.get = scope.get
        self.context = context
        self.variables: list[Any] = [None] * variables
        self.maps: dict[str, dict[str, Any]] = {}
        self.item: Any = None
        self.index = 0
        self.acc: Any = None

    def has_children(self, key: str) -> bool:
        return key in self.maps or has_children(self.scope, key)

    def map_below(self, key: str) -> dict[str, Any]:
        """The nested map of all keys below `key`, made once per evaluation."""
        found = self.maps.get(key)
        if found is None:
            found = self.maps[key] = nested(self.scope, key)
            self.allocate(len(found))
        return found

    def load(self, key: str) -> Any:
        """The value at a dotted path, `MISSING` when no key is there or below."""
        value = self.get(key, MISSING)
        if value is MISSING or self.has_children(key):
            return self.map_below(key) if self.has_children(key) else MISSING
        return value
