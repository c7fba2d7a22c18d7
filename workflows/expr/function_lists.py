"""expr-lang's functions on lists and maps. Source: language definition, "Array" and "Map Functions".

Keys of maps come in sorted order; Go leaves the order open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workflows.expr import operators
from workflows.expr.errors import Fault, limit_fault
from workflows.expr.formatting import format_go, sorted_items
from workflows.expr.limits import LIMITS
from workflows.expr.methods import find_method
from workflows.expr.predicates import sorted_order
from workflows.expr.run import Run
from workflows.expr.values import (
    INTEGERS,
    NUMBERS,
    AnyMap,
    NilList,
    PairList,
    exact_key,
    is_nil,
    kind_name,
    type_name,
)


def _len(run: Run, value: Any) -> int:
    if isinstance(value, str | list | dict | bytes):
        return len(value)
    raise Fault(f"invalid argument for len (type {type_name(value)})")


def _extreme(name: str, replaces: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    def best(run: Run, values: tuple[Any, ...] | list[Any], depth: int) -> Any:
        if depth > LIMITS.value_depth:
            raise limit_fault("recursion depth exceeded")
        run.spend(len(values))
        found: Any = None
        for value in values:
            candidate = best(run, value, depth + 1) if isinstance(value, list) else value
            if type(candidate) not in NUMBERS:
                if candidate is None and isinstance(value, list):
                    continue
                raise Fault(f"invalid argument for {name} (type {type_name(candidate)})")
            if found is None or replaces(found, candidate):
                found = candidate
        return found

    def call(run: Run, *values: Any) -> Any:
        if len(values) == 1 and not isinstance(values[0], list):
            return values[0]
        return best(run, values, 0)

    return call


def _numbers(run: Run, name: str, values: tuple[Any, ...] | list[Any], depth: int = 0) -> list[float]:
    if depth > LIMITS.value_depth:
        raise limit_fault("recursion depth exceeded")
    run.spend(len(values))
    found: list[float] = []
    for value in values:
        if isinstance(value, list):
            found.extend(_numbers(run, name, value, depth + 1))
        elif type(value) in NUMBERS:
            found.append(float(value))
        else:
            raise Fault(f"invalid argument for {name} (type {type_name(value)})")
    return found


def _mean(run: Run, *values: Any) -> float:
    numbers = _numbers(run, "mean", values)
    return sum(numbers) / len(numbers) if numbers else 0.0


def _median(run: Run, *values: Any) -> float:
    numbers = sorted(_numbers(run, "median", values))
    middle = len(numbers) // 2
    if not numbers:
        return 0.0
    return numbers[middle] if len(numbers) % 2 else (numbers[middle - 1] + numbers[middle]) / 2


def _end(index: int) -> Callable[..., Any]:
    def call(run: Run, value: Any) -> Any:
        if isinstance(value, list | str | bytes):
            return operators.fetch_index(value, index) if value else None
        return None

    return call


def _get(run: Run, *arguments: Any) -> Any:
    """Like a subscript, but nil instead of a fault for what is not there."""
    if len(arguments) < 2:
        raise Fault(f"invalid number of arguments (expected 2, got {len(arguments)})")
    value, key = arguments[0], arguments[1]
    if isinstance(value, list | str | bytes):
        index = operators.to_int(key)
        length = len(value.encode("utf-8", "replace")) if isinstance(value, str) else len(value)
        return operators.fetch_index(value, index) if -length <= index < length else None
    if isinstance(value, dict):
        found = operators.find_key(value, key)
        return None if found is operators.MISSING else found
    return find_method(value, key) if value is not None and type(key) is str else None


def _take(run: Run, value: Any, count: Any) -> Any:
    if not isinstance(value, list | bytes):
        raise Fault(f"cannot take from {kind_name(value)}")
    if type(count) not in INTEGERS:
        raise Fault(f"cannot take {kind_name(count)} elements")
    if count < 0:
        raise Fault("reflect.Value.Slice: slice index out of bounds")
    run.allocate(min(count, len(value)))
    return type(value)(value[:count])


def _mapping(value: Any, verb: str, ending: str = "") -> dict[Any, Any]:
    if isinstance(value, dict):
        return value
    raise Fault(f"cannot {verb} {kind_name(value)}{ending}")


def _keys(run: Run, value: Any) -> list[Any]:
    found = _mapping(value, "get keys from")
    run.allocate(len(found))
    return [key for key, _ in sorted_items(found)]


def _values(run: Run, value: Any) -> list[Any]:
    found = _mapping(value, "get values from")
    run.allocate(len(found))
    return [item for _, item in sorted_items(found)]


def _to_pairs(run: Run, value: Any) -> PairList:
    found = _mapping(value, "transform", " to pairs")
    run.allocate(len(found) * 2)
    return PairList([key, item] for key, item in sorted_items(found))


def _from_pairs(run: Run, value: Any) -> AnyMap:
    if not isinstance(value, list):
        raise Fault(f"cannot transform {format_go(value)} from pairs")
    run.allocate(len(value))
    result = AnyMap()
    for pair in value:
        if not isinstance(pair, list):
            raise Fault(f"invalid pair {format_go(pair)}")
        if len(pair) != 2:
            raise Fault(f"invalid pair length {format_go(pair)}")
        if isinstance(pair[0], list | dict | bytes):
            raise Fault(f"runtime error: hash of unhashable type {type_name(pair[0])}")
        result[exact_key(pair[0])] = pair[1]
    return result


def _listed(value: Any, verb: str) -> list[Any]:
    if isinstance(value, list):
        return value
    raise Fault(f"cannot {verb} {kind_name(value)}")


def _reverse(run: Run, value: Any) -> list[Any]:
    items = _listed(value, "reverse")
    run.allocate(len(items))
    return list(reversed(items))


def _uniq(run: Run, value: Any) -> list[Any]:
    found: list[Any] = []
    for item in _listed(value, "uniq"):
        run.spend(len(found) + 1)
        if not any(operators.equal(item, known, run) for known in found):
            found.append(item)
    run.allocate(len(found))
    return found


def _concat(run: Run, *lists: Any) -> list[Any]:
    run.allocate(sum(len(_listed(part, "concat")) for part in lists))
    return [item for part in lists for item in part] or NilList()


def _flatten(run: Run, value: Any) -> list[Any]:
    return _flat(run, _listed(value, "flatten"), 0)


def _flat(run: Run, items: list[Any], depth: int) -> list[Any]:
    if depth > LIMITS.value_depth:
        raise limit_fault("recursion depth exceeded")
    run.allocate(len(items))
    found: list[Any] = []
    for item in items:
        found.extend(_flat(run, item, depth + 1) if isinstance(item, list) else [item])
    return found


def _sort(run: Run, value: Any, order: Any = "asc") -> list[Any]:
    items = value if isinstance(value, list) else NilList()
    if type(order) is not str:
        raise Fault(f"sort order argument must be a string (got {type_name(order)})")
    if order not in ("asc", "desc"):
        raise Fault(f"invalid order {order}, expected asc or desc")
    run.allocate(len(items))
    if is_nil(items):
        return NilList()
    return [items[index] for index in sorted_order(run, items, descending=order == "desc")]


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "len": _len,
    "max": _extreme("max", operators.less),
    "min": _extreme("min", operators.more),
    "mean": _mean,
    "median": _median,
    "first": _end(0),
    "last": _end(-1),
    "get": _get,
    "take": _take,
    "keys": _keys,
    "values": _values,
    "toPairs": _to_pairs,
    "fromPairs": _from_pairs,
    "reverse": _reverse,
    "uniq": _uniq,
    "concat": _concat,
    "flatten": _flatten,
    "sort": _sort,
}
