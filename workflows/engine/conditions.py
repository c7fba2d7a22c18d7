"""A step's or task's `when`. Source: Argo's `shouldExecute`."""

from __future__ import annotations

from workflows.engine.errors import EngineError
from workflows.expr import ExprError, compile_condition
from workflows.expr.formatting import format_go


def should_execute(when: str) -> bool:
    """Whether a condition, with its tags already substituted, holds. Raises EngineError with Argo's text."""
    if not when:
        return True
    try:
        value = compile_condition(when).evaluate()
    except ExprError as error:
        hint = ""
        if "Invalid token" in error.message:
            hint = ' (hint: try wrapping the affected expression in quotes ("))'
        raise EngineError(f"Invalid 'when' expression '{when}': {error.message}{hint}") from None
    if not isinstance(value, bool):
        raise EngineError(f"Expected boolean evaluation for '{when}'. Got {format_go(value)}")
    return value
