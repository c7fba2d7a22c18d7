"""Rendering texts with tags in the three strictnesses the language knows.

LENIENT      what cannot be resolved stays as it is (templates, hooks): other languages use braces too
REFERENCES   ``steps.…`` and ``tasks.…`` must resolve (arguments of steps and tasks)
STRICT       everything must resolve (iterations of loops, names of ConfigMaps)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.expr import NO_CONTEXT, Context, Text, Tree, render_tree

Strictness = tuple[str, ...] | None

LENIENT: Strictness = None
REFERENCES: Strictness = ("steps", "tasks")
STRICT: Strictness = ()


def render(
    text: Text, scope: Mapping[str, Any], context: Context = NO_CONTEXT, strictness: Strictness = LENIENT
) -> str:
    """The text with its tags replaced. Raises ExprError."""
    return text.render(scope, context=context, strict=strictness)


def render_value(
    tree: Tree, scope: Mapping[str, Any], context: Context = NO_CONTEXT, strictness: Strictness = LENIENT
) -> Any:
    """A JSON value with the tags of all its texts replaced. Raises ExprError."""
    return render_tree(tree, scope, context=context, strict=strictness)
