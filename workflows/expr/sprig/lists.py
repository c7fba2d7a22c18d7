"""sprig's lists. Source: sprig documentation, "Lists and List Functions". The ``must`` forms fail alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workflows.expr.errors import Fault
from workflows.expr.operators import deep_equal
from workflows.expr.run import Run
from workflows.expr.sprig.cast import to_int
from workflows.expr.sprig.defaults import is_empty
from workflows.expr.values import NestedList, NilList, kind_name

_NIL_POINTER: Final = "runtime error: invalid memory address or nil pointer dereference"


def _items(run: Run, value: Any, problem: str) -> list[Any]:
    if isinstance(value, list):
        run.allocate(len(value))
        return value
    if value is None:
        raise Fault(_NIL_POINTER)
    raise Fault(f"{problem} type {kind_name(value)}")


def _push(run: Run, value: Any, item: Any) -> list[Any]:
    return [*_items(run, value, "Cannot push on"), item]


def _prepend(run: Run, value: Any, item: Any) -> list[Any]:
    return [item, *_items(run, value, "Cannot prepend on")]


def _chunk(run: Run, size: int, value: Any) -> NestedList:
    items = _items(run, value, "Cannot chunk")
    if size <= 0:
        raise Fault("runtime error: makeslice: len out of range")
    return NestedList(list(items[start : start + size]) for start in range(0, len(items), size))


def _last(run: Run, value: Any) -> Any:
    items = _items(run, value, "Cannot find last on")
    return items[-1] if items else None


def _first(run: Run, value: Any) -> Any:
    items = _items(run, value, "Cannot find first on")
    return items[0] if items else None


def _rest(run: Run, value: Any) -> list[Any]:
    items = _items(run, value, "Cannot find rest on")
    return list(items[1:]) if items else NilList()


def _initial(run: Run, value: Any) -> list[Any]:
    items = _items(run, value, "Cannot find initial on")
    return list(items[:-1]) if items else NilList()


def _reverse(run: Run, value: Any) -> list[Any]:
    return list(reversed(_items(run, value, "Cannot find reverse on")))


def _compact(run: Run, value: Any) -> list[Any]:
    return [item for item in _items(run, value, "Cannot compact on") if not is_empty(item)]


def _is_in(run: Run, items: list[Any], wanted: Any) -> bool:
    run.spend(len(items) + 1)
    return any(deep_equal(wanted, item, run) for item in items)


def _uniq(run: Run, value: Any) -> list[Any]:
    found: list[Any] = []
    for item in _items(run, value, "Cannot find uniq on"):
        if not _is_in(run, found, item):
            found.append(item)
    return found


def _without(run: Run, value: Any, *unwanted: Any) -> list[Any]:
    items = _items(run, value, "Cannot find without on")
    return [item for item in items if not _is_in(run, list(unwanted), item)]


def _has(run: Run, needle: Any, value: Any) -> bool:
    return False if value is None else _is_in(run, _items(run, value, "Cannot find has on"), needle)


def _slice(run: Run, value: Any, *indexes: Any) -> Any:
    if value is not None and not isinstance(value, list):
        raise Fault(f"list should be type of slice or array but {kind_name(value)}")
    items = _items(run, value, "")
    if not items:
        return None
    start = to_int(indexes[0]) if indexes else 0
    end = to_int(indexes[1]) if len(indexes) > 1 else len(items)
    if not 0 <= start <= end <= len(items):
        raise Fault("reflect.Value.Slice: slice index out of bounds")
    return type(items)(items[start:end])


def _concat(run: Run, *lists: Any) -> list[Any]:
    result: list[Any] = NilList()
    for part in lists:
        if not isinstance(part, list):
            kind = kind_name(part)
            raise Fault(_NIL_POINTER if part is None else f"Cannot concat type {kind} as list")
        run.allocate(len(part))
        result = [*result, *part] if part or result else result
    return result


_PLAIN: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "prepend": ("any, any", _prepend),
    "first": ("any", _first),
    "rest": ("any", _rest),
    "last": ("any", _last),
    "initial": ("any", _initial),
    "reverse": ("any", _reverse),
    "uniq": ("any", _uniq),
    "compact": ("any", _compact),
    "without": ("any, any...", _without),
    "has": ("any, any", _has),
    "slice": ("any, any...", _slice),
    "chunk": ("int, any", _chunk),
    "append": ("any, any", _push),
    "push": ("any, any", _push),
}

FUNCTIONS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    **_PLAIN,
    **{f"must{name[0].upper()}{name[1:]}": entry for name, entry in _PLAIN.items()},
    "list": ("any...", lambda run, *items: _made(run, items)),
    "tuple": ("any...", lambda run, *items: _made(run, items)),
    "concat": ("any...", _concat),
}


def _made(run: Run, items: tuple[Any, ...]) -> list[Any]:
    run.allocate(len(items))
    return list(items)
