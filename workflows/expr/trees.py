"""JSON-like trees with tags in their texts, compiled once and rendered often.

Rendering costs as much as there are dynamic texts and the containers on the way to them; everything
else is shared with the source, so what comes out must not be changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflows.expr.context import NO_CONTEXT, Context
from workflows.expr.errors import LIMIT, ExprError
from workflows.expr.limits import LIMITS
from workflows.expr.tags import LENIENT, Strictness, Tag, Text, parse_text

#: renders one text the way the caller asked for
_Render = Callable[[Text], str]


class Tree:
    """A compiled tree. `names` and `tags` are those of all its texts; `source` is what was compiled."""

    __slots__ = ("_plan", "is_constant", "names", "source", "tags")

    def __init__(self, source: Any) -> None:
        texts: list[Text] = []
        self.source = source
        self._plan = _compile(source, texts, 0)
        self.is_constant = self._plan is None
        self.tags: tuple[Tag, ...] = tuple(tag for text in texts for tag in text.tags)
        self.names: frozenset[str] = frozenset().union(*(text.names for text in texts))

    def render(
        self, scope: Mapping[str, Any], *, context: Context = NO_CONTEXT, strictness: Strictness = LENIENT
    ) -> Any:
        """The tree with all texts rendered; the arguments are those of `Text.render`."""
        if self._plan is None:
            return self.source
        return self._plan.render(lambda text: text.render(scope, context=context, strictness=strictness))


def compile_tree(source: Any) -> Tree:
    """Find the tags in all texts and keys of a tree of dicts, lists and scalars."""
    return Tree(source)


def render_tree(
    tree: Tree, scope: Mapping[str, Any], *, context: Context = NO_CONTEXT, strictness: Strictness = LENIENT
) -> Any:
    """`Tree.render` as a function."""
    return tree.render(scope, context=context, strictness=strictness)


class _TextPlan:
    __slots__ = ("text",)

    def __init__(self, text: Text) -> None:
        self.text = text

    def render(self, render: _Render) -> Any:
        return render(self.text)


class _ListPlan:
    """`items` holds only the places that change."""

    __slots__ = ("items", "source")

    def __init__(self, source: list[Any], items: list[tuple[int, _Plan]]) -> None:
        self.source = source
        self.items = items

    def render(self, render: _Render) -> Any:
        result = list(self.source)
        for index, plan in self.items:
            result[index] = plan.render(render)
        return result


class _DictPlan:
    """`items` holds only the values that change; `keys` the texts of all keys if one of them does."""

    __slots__ = ("items", "keys", "source")

    def __init__(self, source: dict[str, Any], items: dict[str, _Plan], keys: dict[str, Text]) -> None:
        self.source = source
        self.items = items
        self.keys = keys

    def render(self, render: _Render) -> Any:
        result = dict(self.source)
        for key, plan in self.items.items():
            result[key] = plan.render(render)
        if not self.keys:
            return result
        return {(render(self.keys[key]) if key in self.keys else key): value for key, value in result.items()}


_Plan = _TextPlan | _ListPlan | _DictPlan


def _compile(source: Any, texts: list[Text], depth: int) -> _Plan | None:
    """What to do with a value, None when it is constant."""
    if isinstance(source, str):
        text = _dynamic(source, texts)
        return _TextPlan(text) if text is not None else None
    if not isinstance(source, dict | list):
        return None
    if depth > LIMITS.value_depth:
        raise ExprError("value is nested too deeply", code=LIMIT)
    if isinstance(source, list):
        items = [
            (index, plan) for index, item in enumerate(source) if (plan := _compile(item, texts, depth + 1))
        ]
        return _ListPlan(source, items) if items else None
    keys = {key: text for key in source if isinstance(key, str) and (text := _dynamic(key, texts))}
    values = {key: plan for key, item in source.items() if (plan := _compile(item, texts, depth + 1))}
    return _DictPlan(source, values, keys) if values or keys else None


def _dynamic(source: str, texts: list[Text]) -> Text | None:
    if "{{" not in source:
        return None
    text = parse_text(source)
    if text.is_constant:
        return None
    texts.append(text)
    return text
