"""JSONPath for the function ``jsonpath``: ``$.list[?(@.size > 1)].name``.

The dialect is the one Argo's library reads: dots and brackets, ``*``, ``..``, ``length``, unions,
ranges with steps, filters and scripts. Not for resource conditions, which have their own JSONPath.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from workflows.expr.errors import Fault
from workflows.expr.jsonpath.parser import parse
from workflows.expr.jsonpath.selectors import Selector, apply
from workflows.expr.limits import Budget


@lru_cache(maxsize=256)
def _compiled(path: str) -> tuple[Selector, ...]:
    return parse(path)


def query(budget: Budget, document: Any, path: str) -> Any:
    """The value or values at `path`; raises a `Fault` with the library's text."""
    budget.text(len(path))
    try:
        return apply(budget, document, document, _compiled(path))
    except RecursionError:
        raise Fault("jsonpath: document is nested too deeply") from None
