"""expr-lang's operators on values: Go arithmetic, comparison and equality.

Source: the generated helpers of expr-lang's virtual machine. Faults carry its texts. Not for
short-circuit operators and ranges, which the compiler writes itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from workflows.expr.errors import Fault, limit_fault
from workflows.expr.formatting import format_go
from workflows.expr.gomath import go_pow
from workflows.expr.gotime import Duration, Time
from workflows.expr.limits import LIMITS, Budget
from workflows.expr.values import (
    INTEGERS,
    NUMBERS,
    AnyMap,
    FloatList,
    GroupMap,
    IntList,
    NilList,
    StrList,
    StrMap,
    Uint8,
    exact_key,
    float_to_int,
    is_nil,
    type_name,
    wrap_int,
)


def _mismatch(a: Any, operator: str, b: Any) -> Fault:
    return Fault(f"invalid operation: {type_name(a)} {operator} {type_name(b)}")


def add(a: Any, b: Any) -> Any:
    ta, tb = type(a), type(b)
    if ta is str and tb is str:
        return a + b
    if ta in NUMBERS and tb in NUMBERS:
        return float(a) + b if ta is float or tb is float else wrap_int(int(a) + int(b))
    if ta is Duration and tb is Duration:
        return Duration(wrap_int(a.ns + b.ns))
    if ta is Time and tb is Duration:
        return Time(a.ns + b.ns, a.zone)
    if ta is Duration and tb is Time:
        return Time(b.ns + a.ns, b.zone)
    raise _mismatch(a, "+", b)


def subtract(a: Any, b: Any) -> Any:
    ta, tb = type(a), type(b)
    if ta in NUMBERS and tb in NUMBERS:
        return float(a) - b if ta is float or tb is float else wrap_int(int(a) - int(b))
    if ta is Time and tb is Time:
        return Duration(max(-(1 << 63), min((1 << 63) - 1, a.ns - b.ns)))
    if ta is Time and tb is Duration:
        return Time(a.ns - b.ns, a.zone)
    if ta is Duration and tb is Duration:
        return Duration(wrap_int(a.ns - b.ns))
    raise _mismatch(a, "-", b)


def multiply(a: Any, b: Any) -> Any:
    ta, tb = type(a), type(b)
    if ta in NUMBERS and tb in NUMBERS:
        return float(a) * b if ta is float or tb is float else wrap_int(int(a) * int(b))
    if (ta is Duration and (tb in NUMBERS or tb is Duration)) or (tb is Duration and ta in NUMBERS):
        return _scaled(a, b)
    raise _mismatch(a, "*", b)


def _scaled(a: Any, b: Any) -> Any:
    """A duration times a number; a float makes the result a float of nanoseconds."""
    x = a.ns if isinstance(a, Duration) else a
    y = b.ns if isinstance(b, Duration) else b
    if isinstance(x, float) or isinstance(y, float):
        return float(x) * float(y)
    return Duration(wrap_int(int(x) * int(y)))


def divide(a: Any, b: Any) -> float:
    """Always a float; division by zero gives an infinity or NaN, as in Go."""
    if type(a) not in NUMBERS or type(b) not in NUMBERS:
        raise _mismatch(a, "/", b)
    x, y = float(a), float(b)
    if y != 0.0:
        return x / y
    if x == 0.0 or x != x:
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1.0, y)


def modulo(a: Any, b: Any) -> int:
    """Integers only; the sign is that of the dividend."""
    if type(a) not in INTEGERS or type(b) not in INTEGERS:
        raise _mismatch(a, "%", b)
    x, y = int(a), int(b)
    if y == 0:
        raise Fault("runtime error: integer divide by zero")
    remainder = abs(x) % abs(y)
    return -remainder if x < 0 else remainder


def power(a: Any, b: Any) -> float:
    return go_pow(to_float(a), to_float(b))


def negate(value: Any) -> Any:
    if type(value) is float:
        return -value
    if type(value) is Uint8:
        return Uint8(-value & 0xFF)
    if type(value) in INTEGERS:
        return type(value)(wrap_int(-int(value)))
    raise Fault(f"invalid operation: - {type_name(value)}")


def less(a: Any, b: Any) -> bool:
    return _ordered(a, "<", b, lambda x, y: x < y)


def more(a: Any, b: Any) -> bool:
    return _ordered(a, ">", b, lambda x, y: x > y)


def less_or_equal(a: Any, b: Any) -> bool:
    return _ordered(a, "<=", b, lambda x, y: x <= y)


def more_or_equal(a: Any, b: Any) -> bool:
    return _ordered(a, ">=", b, lambda x, y: x >= y)


def _ordered(a: Any, operator: str, b: Any, holds: Callable[[Any, Any], bool]) -> bool:
    ta, tb = type(a), type(b)
    if (ta is str and tb is str) or (ta in NUMBERS and tb in NUMBERS):
        return holds(a, b)
    if (ta is Time and tb is Time) or (ta is Duration and tb is Duration):
        return holds(a.ns, b.ns)
    raise _mismatch(a, operator, b)


def equal(a: Any, b: Any, budget: Budget) -> bool:
    """Numbers by value, lists item by item, everything else by type and value."""
    if isinstance(a, list | dict) and isinstance(b, list | dict):
        return _Comparison(budget).holds(a, b, loosely=True)
    return _scalars_equal(a, b)


def deep_equal(a: Any, b: Any, budget: Budget) -> bool:
    """Go's reflect.DeepEqual: types must agree, too."""
    return _Comparison(budget).holds(a, b, loosely=False)


def _scalars_equal(a: Any, b: Any) -> bool:
    ta, tb = type(a), type(b)
    if ta in NUMBERS and tb in NUMBERS:
        return bool(a == b)
    if a is None or b is None:
        return is_nil(a) and is_nil(b)
    return ta is tb and bool(a == b)


_LISTS: Final = (list, IntList, FloatList, StrList)


class _Comparison:
    """Compares values item by item, every item charged.

    Loosely, numbers of different types and lists of different item types may be equal; what is in maps
    is compared strictly, as in Go.
    """

    __slots__ = ("budget", "depth")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.depth = 0

    def holds(self, a: Any, b: Any, *, loosely: bool) -> bool:
        self.budget.spend(1)
        if self.depth > LIMITS.value_depth:
            raise limit_fault("values are nested too deeply to compare")
        self.depth += 1
        if isinstance(a, list) and isinstance(b, list):
            result = self.lists(a, b, loosely=loosely)
        elif isinstance(a, dict) and type(a) is type(b):
            result = len(a) == len(b) and all(
                key in b and self.holds(item, b[key], loosely=False) for key, item in a.items()
            )
        elif loosely:
            result = _scalars_equal(a, b)
        else:
            same_zone = not isinstance(a, Time) or not isinstance(b, Time) or a.zone is b.zone
            result = type(a) is type(b) and same_zone and bool(a == b)
        self.depth -= 1
        return result

    def lists(self, a: list[Any], b: list[Any], *, loosely: bool) -> bool:
        ta, tb = type(a), type(b)
        if ta is not tb and not (loosely and ta in _LISTS and tb in _LISTS and list in (ta, tb)):
            return False
        return len(a) == len(b) and all(self.holds(x, y, loosely=loosely) for x, y in zip(a, b, strict=True))


def contains(needle: Any, container: Any, budget: Budget) -> bool:
    """The ``in`` operator."""
    if container is None:
        return False
    if isinstance(container, dict):
        return not isinstance(needle, list | dict) and find_key(container, needle) is not MISSING
    if isinstance(container, list | bytes):
        budget.spend(len(container) // 2)
        return any(equal(item, needle, budget) for item in container)
    raise Fault(f'operator "in" not defined on {type_name(container)}')


def to_int(value: Any) -> int:
    """expr-lang's runtime.ToInt: numbers only."""
    kind = type(value)
    if kind in INTEGERS:
        return int(value)
    if kind is float:
        return float_to_int(value)
    raise Fault(f"invalid operation: int({type_name(value)})")


def to_float(value: Any) -> float:
    if type(value) in NUMBERS:
        return float(value)
    raise Fault(f"invalid operation: float({type_name(value)})")


def as_bool(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    raise Fault(conversion_text(value, "bool"))


def as_text(value: Any) -> str:
    if type(value) is str:
        return value
    raise Fault(conversion_text(value, "string"))


def conversion_text(value: Any, wanted: str) -> str:
    """Go's panic text of a failed type assertion."""
    actual = "nil" if value is None else type_name(value)
    return f"interface conversion: interface {{}} is {actual}, not {wanted}"


def fetch(value: Any, key: Any) -> Any:
    """``value[key]`` and ``value.key`` of lists, maps and texts (methods are looked up elsewhere)."""
    if isinstance(value, dict):
        return fetch_key(value, key)
    if isinstance(value, list | str | bytes):
        return fetch_index(value, key)
    raise Fault(f"cannot fetch {_shown(key)} from {type_name(value)}")


MISSING: Final[Any] = object()


def fetch_key(value: dict[Any, Any], key: Any) -> Any:
    found = find_key(value, key)
    if found is not MISSING:
        return found
    return _ZERO_OF_ITEMS[type(value)]() if type(value) in _ZERO_OF_ITEMS else None


def find_key(value: dict[Any, Any], key: Any) -> Any:
    """The item of a key, `MISSING` when there is none; faults for keys the map cannot have."""
    if isinstance(key, list | dict):
        raise Fault(f"runtime error: hash of unhashable type {type_name(key)}")
    if isinstance(value, AnyMap):
        return value.get(exact_key(key), MISSING)
    if type(key) is str:
        return value.get(key, MISSING)
    if key is None:
        return value.get("", MISSING)
    raise Fault(f"reflect.Value.MapIndex: value of type {type_name(key)} is not assignable to type string")


#: what a missing key gives where that is not nil
_ZERO_OF_ITEMS: Final[dict[type, Callable[[], Any]]] = {StrMap: str, GroupMap: NilList}


def fetch_index(value: Any, key: Any) -> Any:
    index = to_int(key)
    items = value.encode("utf-8", "replace") if isinstance(value, str) else value
    length = len(items)
    if index < 0:
        index += length
    if not 0 <= index < length:
        raise Fault(f"index out of range: {index} (array length is {length})")
    item = items[index]
    return Uint8(item) if isinstance(items, bytes) else item


def _shown(key: Any) -> str:
    return format_go(key)


def slice_value(value: Any, start: Any, stop: Any) -> Any:
    """``value[start:stop]``; texts are cut by bytes, as in Go."""
    if not isinstance(value, list | str | bytes):
        raise Fault(f"cannot slice {_shown(start)}")
    items: Any = value.encode("utf-8", "replace") if isinstance(value, str) else value
    length = len(items)
    low, high = to_int(start), to_int(stop)
    low = max(low + length, 0) if low < 0 else low
    high = min(max(high + length, 0) if high < 0 else high, length)
    low = min(low, high)
    part = items[low:high]
    if isinstance(value, str):
        return part.decode("utf-8", "replace")
    return part if type(value) is bytes else type(value)(part)


#: operator sign to function, for the compiler and for tests of the table
ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
    "**": power,
    "^": power,
    "<": less,
    ">": more,
    "<=": less_or_equal,
    ">=": more_or_equal,
}
