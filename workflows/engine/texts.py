"""Rendering texts with tags, in the three strictnesses the language knows.

LENIENT      what cannot be resolved stays as it is (templates, hooks): other languages use braces too
REFERENCES   ``steps.…`` and ``tasks.…`` must resolve (arguments of steps and tasks)
STRICT       everything must resolve (iterations of loops, names of ConfigMaps)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.expr import LENIENT, NO_CONTEXT, STRICT, Context, Strictness, Text, Tree, strict_for

__all__ = ["LENIENT", "REFERENCES", "STRICT", "Strictness", "reference", "render", "render_value"]

REFERENCES = strict_for("steps", "tasks")


def render(
    text: Text, scope: Mapping[str, Any], context: Context = NO_CONTEXT, strictness: Strictness = LENIENT
) -> str:
    """The text with its tags replaced. Raises ExprError."""
    return text.render(scope, context=context, strictness=strictness)


def render_value(
    tree: Tree, scope: Mapping[str, Any], context: Context = NO_CONTEXT, strictness: Strictness = LENIENT
) -> Any:
    """A JSON value with the tags of all its texts replaced. Raises ExprError."""
    return tree.render(scope, context=context, strictness=strictness)


def reference(text: Text) -> str | None:
    """The variable that a text is nothing but a reference to, as in ``{{steps.a.outputs.result}}``; None
    otherwise.
    """
    tag = text.tags[0] if len(text.tags) == 1 else None
    return (
        tag.body.strip() if tag is not None and tag.kind == "simple" and tag.source == text.source else None
    )
