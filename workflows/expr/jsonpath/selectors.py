"""The selectors of a JSONPath and what each picks.

A selector gets the root, the current value and the selectors after it; lists apply what follows to
each of their items and drop items where that fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from workflows.expr.errors import LIMIT, Fault
from workflows.expr.limits import Budget
from workflows.expr.values import Int64, float_to_int, kind_name

if TYPE_CHECKING:
    from workflows.expr.jsonpath.scripts import Script


class Selector:
    """Base of selectors."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Root(Selector):
    pass


@dataclass(frozen=True, slots=True)
class Current(Selector):
    pass


@dataclass(frozen=True, slots=True)
class All(Selector):
    pass


@dataclass(frozen=True, slots=True)
class Descend(Selector):
    pass


@dataclass(frozen=True, slots=True)
class Length(Selector):
    pass


@dataclass(frozen=True, slots=True)
class Key(Selector):
    name: str


@dataclass(frozen=True, slots=True)
class Index(Selector):
    index: int


@dataclass(frozen=True, slots=True)
class Range(Selector):
    start: int | Script | None
    stop: int | Script | None
    step: int | Script | None


@dataclass(frozen=True, slots=True)
class Union(Selector):
    arguments: tuple[str | int | Script, ...]


@dataclass(frozen=True, slots=True)
class Filter(Selector):
    script: Script


@dataclass(frozen=True, slots=True)
class Computed(Selector):
    """``[(expression)]``: the key or index is computed."""

    script: Script


Rest = tuple[Selector, ...]
_COLLECTION: Final = "[array map slice]"


def apply(budget: Budget, root: Any, current: Any, selectors: Rest) -> Any:
    """What the selectors pick from `current`."""
    if not selectors:
        return current
    budget.spend(1)
    return _APPLY[type(selectors[0])](budget, root, current, selectors[0], selectors[1:])


def _wrong_target(name: str, value: Any, expected: str) -> Fault:
    got = "nil" if value is None else kind_name(value)
    return Fault(f"{name}: invalid token target. expected {expected} got [{got}]")


def _root(budget: Budget, root: Any, current: Any, selector: Root, rest: Rest) -> Any:
    return apply(budget, root, root, rest)


def _current(budget: Budget, root: Any, current: Any, selector: Current, rest: Rest) -> Any:
    return apply(budget, root, current, rest)


def _key(budget: Budget, root: Any, current: Any, selector: Key, rest: Rest) -> Any:
    if not isinstance(current, dict):
        raise _wrong_target("key", current, "[map]")
    if selector.name not in current:
        raise Fault(f"key: invalid token key '{selector.name}' not found")
    return apply(budget, root, current[selector.name], rest)


def _index(budget: Budget, root: Any, current: Any, selector: Index, rest: Rest) -> Any:
    if not isinstance(current, list):
        raise _wrong_target("index", current, "[array slice]")
    if not -len(current) <= selector.index < len(current):
        raise Fault("index: invalid token out of range")
    return apply(budget, root, current[selector.index], rest)


def _length(budget: Budget, root: Any, current: Any, selector: Length, rest: Rest) -> Any:
    if isinstance(current, dict):
        value: Any = current.get("length", Int64(len(current)))
    elif isinstance(current, list):
        value = Int64(len(current))
    elif isinstance(current, str):
        value = Int64(len(current.encode("utf-8", "replace")))
    else:
        raise _wrong_target("length", current, "[array map slice string]")
    return apply(budget, root, value, rest)


def _members(name: str, value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    if isinstance(value, list):
        return value
    raise _wrong_target(name, value, _COLLECTION)


def _or_nothing(budget: Budget, root: Any, item: Any, rest: Rest) -> Any:
    """What `rest` picks, None where it fails."""
    try:
        return apply(budget, root, item, rest)
    except Fault as fault:
        if fault.code == LIMIT:
            raise
        return None


def _each(budget: Budget, root: Any, items: list[Any], rest: Rest) -> list[Any]:
    """`rest` applied to every item, without the items where it fails or gives nothing."""
    budget.allocate(len(items))
    if not rest:
        return list(items)
    picked = (_or_nothing(budget, root, item, rest) for item in items)
    return [value for value in picked if value is not None]


def _collected(budget: Budget, root: Any, items: list[Any], rest: Rest) -> Any:
    """An index right after a list-making selector picks from the list, other selectors from its items."""
    if rest and isinstance(rest[0], Index):
        return apply(budget, root, items, rest)
    return _each(budget, root, items, rest)


def _all(budget: Budget, root: Any, current: Any, selector: All, rest: Rest) -> Any:
    return _each(budget, root, _members("wildcard", current), rest)


def _filter(budget: Budget, root: Any, current: Any, selector: Filter, rest: Rest) -> Any:
    if not selector.script.text:
        raise Fault("invalid expression. is empty")
    found = []
    for item in _members("filter", current):
        try:
            value = selector.script.evaluate(budget, root, item)
        except Fault as fault:
            if fault.code == LIMIT:
                raise
            value = None
        if _is_kept(value):
            found.append(item)
    return _collected(budget, root, found, rest)


def _is_kept(value: Any) -> bool:
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return len(value) > 2
    return bool(value)


def _descend(budget: Budget, root: Any, current: Any, selector: Descend, rest: Rest) -> Any:
    found: list[Any] = []
    stack = [current]
    while stack:
        value = stack.pop()
        budget.allocate(1)
        if value is None:
            continue
        picked = _or_nothing(budget, root, value, rest) if rest else value
        if isinstance(picked, list) and rest:
            found.extend(picked)
        elif picked is not None:
            found.append(picked)
        if isinstance(value, dict | list):
            stack.extend(reversed(_members("recursive", value)))
    return found


def _computed(budget: Budget, root: Any, current: Any, selector: Computed, rest: Rest) -> Any:
    value = selector.script.evaluate_or_explain(budget, root, current)
    if value is None:
        raise Fault("unexpected expression result. expected [int string] got [nil]")
    if isinstance(value, str):
        return _key(budget, root, current, Key(value), rest)
    index = whole_number(value)
    if index is None:
        raise Fault(f"unexpected expression result. expected [int string] got [{kind_name(value)}]")
    return _index(budget, root, current, Index(index), rest)


def whole_number(value: Any) -> int | None:
    """The value as an integer if it is one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return int(value)
    return float_to_int(value) if isinstance(value, float) and value == value // 1 else None


def _range(budget: Budget, root: Any, current: Any, selector: Range, rest: Rest) -> Any:
    if not isinstance(current, list):
        raise _wrong_target("range", current, "[array slice]")
    length = len(current)

    def bound(argument: int | Script | None, default: int) -> int:
        if argument is None:
            return default
        value = argument if isinstance(argument, int) else _range_value(budget, root, current, argument)
        return min(max(value + length if value < 0 else value, 0), length)

    start, stop = bound(selector.start, 0), bound(selector.stop, length)
    step: Any = selector.step
    if step is None:
        step = 1
    elif not isinstance(step, int):
        step = _range_value(budget, root, current, step)
    if step == 0:
        raise Fault("range: invalid token out of range")
    picked = current[start:stop:step] if step > 0 else current[start:stop][::step]
    return _collected(budget, root, picked, rest)


def _range_value(budget: Budget, root: Any, current: Any, script: Script) -> int:
    value = script.evaluate_or_explain(budget, root, current)
    number = whole_number(value)
    if number is None:
        got = "nil" if value is None else kind_name(value)
        raise Fault(f"range: invalid token unexpected expression result. expected [int] got [{got}]")
    return number


def _union(budget: Budget, root: Any, current: Any, selector: Union, rest: Rest) -> Any:
    arguments = [_union_value(budget, root, current, argument) for argument in selector.arguments]
    by_key = isinstance(arguments[0], str)
    if any(isinstance(argument, str) is not by_key for argument in arguments):
        got, expected = ("int", "string") if by_key else ("string", "int")
        raise Fault(f"union: invalid token argument. expected [{expected}] got [{got}]")
    if by_key:
        if not isinstance(current, dict):
            raise _wrong_target("union", current, "[map]")
        picked = [current[key] for key in arguments if key in current]
    else:
        if not isinstance(current, list):
            raise _wrong_target("union", current, "[array slice]")
        picked = [current[index] for index in arguments if -len(current) <= index < len(current)]
    return _collected(budget, root, picked, rest)


def _union_value(budget: Budget, root: Any, current: Any, argument: str | int | Script) -> Any:
    if isinstance(argument, str | int):
        return argument
    value = argument.evaluate_or_explain(budget, root, current)
    if isinstance(value, str):
        return value
    number = whole_number(value)
    if number is None:
        got = "nil" if value is None else kind_name(value)
        raise Fault(f"union: invalid token argument. expected [int string] got [{got}]")
    return number


_APPLY: Final[dict[type[Selector], Callable[..., Any]]] = {
    Root: _root,
    Current: _current,
    Key: _key,
    Index: _index,
    Length: _length,
    All: _all,
    Filter: _filter,
    Descend: _descend,
    Computed: _computed,
    Range: _range,
    Union: _union,
}
