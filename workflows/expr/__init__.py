"""Expressions, conditions and tags of Argo manifests. Pure: no clock, no randomness, no I/O of its own.

* expr-lang: `compile_expression` gives an `Expression`; `evaluate_bool` for hooks, ``depends``, retries
* conditions of ``when``: `evaluate_when`, `compile_condition`
* tags in texts and trees: `parse_text`, `compile_tree`, with `Strictness` for unresolved ones;
  `resolve_reference` for one tag whose value is not wanted as text
* scopes: any mapping of dotted keys; a large one should answer `has_children(key)` itself

Everything raises `ExprError` and nothing else for whatever text a user may write.
"""

from workflows.expr.conditions import Condition, compile_condition, evaluate_when
from workflows.expr.context import NO_CONTEXT, Context
from workflows.expr.errors import EVALUATION, LIMIT, SYNTAX, ExprError, UnresolvedError
from workflows.expr.expression import Expression, compile_expression, evaluate_bool
from workflows.expr.limits import LIMITS, Limits
from workflows.expr.references import Resolved, resolve_reference
from workflows.expr.sprig import UNAVAILABLE as UNAVAILABLE_SPRIG
from workflows.expr.tags import (
    LATE_BOUND,
    LENIENT,
    STRICT,
    Strictness,
    Tag,
    Text,
    format_value,
    parse_text,
    strict_for,
)
from workflows.expr.trees import Tree, compile_tree, render_tree

__all__ = [
    "EVALUATION",
    "LATE_BOUND",
    "LENIENT",
    "LIMIT",
    "LIMITS",
    "NO_CONTEXT",
    "STRICT",
    "SYNTAX",
    "UNAVAILABLE_SPRIG",
    "Condition",
    "Context",
    "ExprError",
    "Expression",
    "Limits",
    "Resolved",
    "Strictness",
    "Tag",
    "Text",
    "Tree",
    "UnresolvedError",
    "compile_condition",
    "compile_expression",
    "compile_tree",
    "evaluate_bool",
    "evaluate_when",
    "format_value",
    "parse_text",
    "render_tree",
    "resolve_reference",
    "strict_for",
]
