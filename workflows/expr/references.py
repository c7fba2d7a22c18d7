"""References such as ``valueFrom.parameter``: one tag whose value is taken as it is, not as text.

Source: Argo's ResolveVar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from workflows.expr.context import NO_CONTEXT, Context
from workflows.expr.errors import LIMIT, ExprError, UnresolvedError
from workflows.expr.expression import compile_expression
from workflows.expr.formatting import quote_go
from workflows.expr.gotext import SPACES
from workflows.expr.scope import MISSING


class Resolved(NamedTuple):
    """`tag` is the reference without braces and blanks."""

    tag: str
    value: Any


def resolve_reference(text: str, scope: Mapping[str, Any], context: Context = NO_CONTEXT) -> Resolved:
    """The value behind ``{{name}}`` or ``{{=expression}}``; braces may be missing.

    Raises `UnresolvedError` for a name that is not in the scope, `ExprError` for a bad expression.
    """
    tag = text.removeprefix("{{").removesuffix("}}").strip(SPACES)
    if tag.startswith("="):
        return Resolved(tag, _evaluated(tag, scope, context))
    value = scope.get(tag, MISSING)
    if value is MISSING:
        raise UnresolvedError(f"Unable to resolve: {quote_go(tag)}", name=tag)
    return Resolved(tag, value)


def _evaluated(tag: str, scope: Mapping[str, Any], context: Context) -> Any:
    shown = quote_go(tag[1:])
    try:
        expression = compile_expression(tag[1:])
        expression.check(scope)
    except ExprError as error:
        raise ExprError(f"Unable to compile: {shown}", code=error.code, detail=error.message) from None
    try:
        value = expression.evaluate(scope, context)
    except ExprError as error:
        message = error.message if error.code == LIMIT else f"Invalid expression: {shown}"
        raise ExprError(message, code=error.code, detail=error.message) from None
    if value is None:
        raise ExprError(f"Unable to resolve: {quote_go(tag)}")
    return value
