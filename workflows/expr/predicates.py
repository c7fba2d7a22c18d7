"""Built-in functions that run a closure over a list: map, filter, any, reduce, sortBy …

The element, its index and the accumulator live in the `Run` while the closure runs and are put back
afterwards, so closures nest. Every turn is charged with the size of the closure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cmp_to_key
from typing import Any, Final

from workflows.expr import operators
from workflows.expr.errors import Fault
from workflows.expr.run import Closure, Run
from workflows.expr.values import GroupMap, Uint8, exact_key, kind_name, type_name

#: makes a closure of the compiled arguments and the cost of one turn
Maker = Callable[[list[Closure], int], Closure]
#: what a loop does: gets the run, the items and a function that runs the closure on (index, item)
Turn = Callable[[int, Any], Any]
Body = Callable[[Run, list[Any], Turn], Any]


def _items(value: Any) -> list[Any]:
    """What Go's reflection can index."""
    if isinstance(value, list):
        return value
    if isinstance(value, str | bytes):
        raw = value.encode("utf-8", "replace") if isinstance(value, str) else value
        return [Uint8(byte) for byte in raw]
    if isinstance(value, dict) and not value:
        return []
    if isinstance(value, dict):
        raise Fault("reflect: call of reflect.Value.Index on map Value")
    kind = "zero" if value is None else kind_name(value)
    raise Fault(f"reflect: call of reflect.Value.Len on {kind} Value")


def _loop(body: Body) -> Maker:
    def maker(arguments: list[Closure], weight: int) -> Closure:
        collection = arguments[0]
        predicate = arguments[1] if len(arguments) > 1 else None

        def call(run: Run) -> Any:
            items = _items(collection(run))
            outer = run.item, run.index

            def turn(index: int, item: Any) -> Any:
                run.spend(weight)
                run.item, run.index = item, index
                return item if predicate is None else predicate(run)

            try:
                return body(run, items, turn)
            finally:
                run.item, run.index = outer

        return call

    return maker


def _is_true(value: Any) -> bool:
    return operators.as_bool(value)


def _all(_: Run, items: list[Any], turn: Turn) -> bool:
    return all(_is_true(turn(index, item)) for index, item in enumerate(items))


def _none(_: Run, items: list[Any], turn: Turn) -> bool:
    return not any(_is_true(turn(index, item)) for index, item in enumerate(items))


def _any(_: Run, items: list[Any], turn: Turn) -> bool:
    return any(_is_true(turn(index, item)) for index, item in enumerate(items))


def _one(run: Run, items: list[Any], turn: Turn) -> bool:
    return _count(run, items, turn) == 1


def _count(_: Run, items: list[Any], turn: Turn) -> int:
    return sum(1 for index, item in enumerate(items) if _is_true(turn(index, item)))


def _filter(run: Run, items: list[Any], turn: Turn) -> list[Any]:
    found = [item for index, item in enumerate(items) if _is_true(turn(index, item))]
    run.allocate(len(found))
    return found


def _map(run: Run, items: list[Any], turn: Turn) -> list[Any]:
    run.allocate(len(items))
    return [turn(index, item) for index, item in enumerate(items)]


def _sum(_: Run, items: list[Any], turn: Turn) -> Any:
    total: Any = 0
    for index, item in enumerate(items):
        total = operators.add(turn(index, item), total)
    return total


def _first_index(items: Iterable[tuple[int, Any]], turn: Turn) -> int | None:
    return next((index for index, item in items if _is_true(turn(index, item))), None)


def _backwards(items: list[Any]) -> Iterable[tuple[int, Any]]:
    return zip(range(len(items) - 1, -1, -1), reversed(items), strict=True)


def _find(_: Run, items: list[Any], turn: Turn) -> Any:
    index = _first_index(enumerate(items), turn)
    return None if index is None else items[index]


def _find_index(_: Run, items: list[Any], turn: Turn) -> Any:
    return _first_index(enumerate(items), turn)


def _find_last(_: Run, items: list[Any], turn: Turn) -> Any:
    index = _first_index(_backwards(items), turn)
    return None if index is None else items[index]


def _find_last_index(_: Run, items: list[Any], turn: Turn) -> Any:
    return _first_index(_backwards(items), turn)


def _group_by(run: Run, items: list[Any], turn: Turn) -> GroupMap:
    groups = GroupMap()
    run.allocate(len(items))
    for index, item in enumerate(items):
        key = turn(index, item)
        if isinstance(key, list | dict | bytes):
            raise Fault(f"hash of unhashable type: {type_name(key)}")
        groups.setdefault(exact_key(key), []).append(item)
    return groups


def _sort_by(arguments: list[Closure], weight: int) -> Closure:
    order = arguments[2] if len(arguments) > 2 else None

    def body(run: Run, items: list[Any], turn: Turn) -> list[Any]:
        descending = False if order is None else is_descending(order(run))
        run.allocate(len(items))
        keys = [turn(index, item) for index, item in enumerate(items)]
        return [items[index] for index in sorted_order(run, keys, descending=descending)]

    return _loop(body)(arguments[:2], weight)


def is_descending(order: Any) -> bool:
    """The third argument of sortBy."""
    if type(order) is not str:
        raise Fault("sortBy order argument must be a string")
    if order not in ("asc", "desc"):
        raise Fault("unknown order, use asc or desc")
    return order == "desc"


def sorted_order(run: Run, keys: list[Any], *, descending: bool) -> list[int]:
    """The indexes of `keys` in order, compared by expr-lang's ``<``."""
    count = len(keys)
    run.spend(count * max(count.bit_length(), 1))

    def compare(a: int, b: int) -> int:
        x, y = (keys[b], keys[a]) if descending else (keys[a], keys[b])
        if operators.less(x, y):
            return -1
        return 1 if operators.less(y, x) else 0

    return sorted(range(count), key=cmp_to_key(compare))


def _reduce(arguments: list[Closure], weight: int) -> Closure:
    initial = arguments[2] if len(arguments) > 2 else None

    def body(run: Run, items: list[Any], turn: Turn) -> Any:
        outer = run.acc
        start = 0
        if initial is not None:
            value = initial(run)
        elif items:
            value, start = items[0], 1
        else:
            raise Fault("reduce of empty array with no initial value")
        try:
            for index in range(start, len(items)):
                run.acc = value
                value = turn(index, items[index])
        finally:
            run.acc = outer
        return value

    return _loop(body)(arguments[:2], weight)


PREDICATE_COMPILERS: Final[dict[str, Maker]] = {
    "all": _loop(_all),
    "none": _loop(_none),
    "any": _loop(_any),
    "one": _loop(_one),
    "filter": _loop(_filter),
    "map": _loop(_map),
    "count": _loop(_count),
    "sum": _loop(_sum),
    "find": _loop(_find),
    "findIndex": _loop(_find_index),
    "findLast": _loop(_find_last),
    "findLastIndex": _loop(_find_last_index),
    "groupBy": _loop(_group_by),
    "sortBy": _sort_by,
    "reduce": _reduce,
}
