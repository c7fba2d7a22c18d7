"""JSONPath for the function ``jsonpath``: ``$.list[?(@.size > 1)].name``.

The dialect is the one Argo's library reads: dots and brackets, ``*``, ``..``, ``length``, unions,
ranges with steps, filters and scripts. Not for resource conditions, which have their own JSONPath.
"""

from __future__ import annotations

from typing import Any, Final

from workflows.expr.cache import TextCache
from workflows.expr.errors import limit_fault
from workflows.expr.jsonpath.parser import parse
from workflows.expr.jsonpath.selectors import Selector, apply
from workflows.expr.limits import Budget

_LONGEST: Final = 10_000
_cache: Final[TextCache[tuple[Selector, ...]]] = TextCache(parse, characters=200_000)


def query(budget: Budget, document: Any, path: str) -> Any:
    """The value or values at `path`; raises a `Fault` with the library's text."""
    if len(path) > _LONGEST:
        raise limit_fault(f"JSONPath of {len(path)} characters exceeds the limit of {_LONGEST}")
    budget.spend(len(path) // 8)
    try:
        return apply(budget, document, document, _cache.get(path))
    except RecursionError:
        raise limit_fault("jsonpath: document is nested too deeply") from None
