"""Calling values and finding methods: what Go does by reflection.

Methods exist on instants, durations, zones, months and weekdays. Faults carry Go's panic texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows.expr import operators
from workflows.expr.errors import Fault
from workflows.expr.methods import find_method
from workflows.expr.values import Function, type_name

if TYPE_CHECKING:
    from workflows.expr.run import Run


def fetch_member(run: Run, value: Any, key: Any) -> Any:
    """``value.key``: an item of a list or map, else a method."""
    if isinstance(value, dict | list | str | bytes):
        return operators.fetch(value, key)
    if type(key) is str and (method := find_method(value, key)) is not None:
        return method
    return operators.fetch(value, key)


def call_value(run: Run, function: Any, arguments: list[Any]) -> Any:
    """Call whatever an expression names as a function."""
    if function is None:
        raise Fault("invalid operation: cannot call nil")
    if not isinstance(function, Function):
        raise Fault(f"invalid operation: cannot call non-function of type {type_name(function)}")
    run.spend(1)
    return function.call(run, *arguments)
