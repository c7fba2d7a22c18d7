"""Go's value types as far as results depend on them: what JSON-like Python values do not tell apart.

None, bool, int, float, str, bytes, list and dict stand for nil, bool, int, float64, string, []byte,
[]any and map[string]any. The subclasses here carry a Go type that shows in results or messages.
Not for conversions or operators: see `operators` and `sprig.cast`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from workflows.expr.gotime import Duration, NamedInt, Time, Zone

_MASK: Final = (1 << 64) - 1
_TOP: Final = 1 << 63


class Int64(int):
    """Go's int64: what most sprig arithmetic returns."""


class Uint8(int):
    """A byte, as indexing a string gives."""


class IntList(list[int]):
    """[]int, as ranges give."""


class FloatList(list[float]):
    """[]float64."""


class StrList(list[str]):
    """[]string, as `split` gives."""


class NestedList(list[list[Any]]):
    """[][]any, as `sprig.chunk` gives."""


class PairList(list[list[Any]]):
    """[][2]any, as `toPairs` gives."""


class NilList(list[Any]):
    """A []any that was never made: empty, yet nil for ``??`` and JSON."""


class NilStrList(StrList):
    """A []string that was never made."""


class StrMap(dict[str, str]):
    """map[string]string, as `sprig.split` gives: a missing key reads as an empty text."""


class ExactKey(NamedTuple):
    """A key of a map[any]any that Python takes for an equal int; 1, 1.0 and true are three keys in Go."""

    kind: type
    value: Any


class AnyMap(dict[Any, Any]):
    """map[any]any, as `fromPairs` gives: it cannot become JSON. Keys go through `exact_key`."""


def exact_key(value: Any) -> Any:
    """The key to store and look up in an `AnyMap`."""
    return ExactKey(type(value), value) if type(value) in (bool, float, Int64, Uint8) else value


def plain_key(key: Any) -> Any:
    """The inverse of `exact_key`."""
    return key.value if isinstance(key, ExactKey) else key


class GroupMap(AnyMap):
    """map[any][]any, as `groupBy` gives."""


class Function:
    """A callable value: `call(run, *arguments)`; `signature` is Go's type text."""

    __slots__ = ("call", "name", "signature")

    def __init__(
        self, name: str, call: Callable[..., Any], signature: str = "func(...interface {}) interface {}"
    ):
        self.name = name
        self.call = call
        self.signature = signature


_TYPE_NAMES: Final[dict[type, str]] = {
    type(None): "<nil>",
    bool: "bool",
    int: "int",
    float: "float64",
    str: "string",
    bytes: "[]uint8",
    list: "[]interface {}",
    dict: "map[string]interface {}",
    Int64: "int64",
    Uint8: "uint8",
    IntList: "[]int",
    FloatList: "[]float64",
    StrList: "[]string",
    NestedList: "[][]interface {}",
    PairList: "[][2]interface {}",
    NilList: "[]interface {}",
    NilStrList: "[]string",
    StrMap: "map[string]string",
    AnyMap: "map[interface {}]interface {}",
    GroupMap: "map[interface {}][]interface {}",
    Time: "time.Time",
    Duration: "time.Duration",
    Zone: "*time.Location",
}

#: Python types that are Go integers for operators
INTEGERS: Final = frozenset({int, Int64, Uint8})
NUMBERS: Final = frozenset({int, Int64, Uint8, float})


_NILS: Final = frozenset({type(None), NilList, NilStrList})


def is_nil(value: Any) -> bool:
    """Whether ``??`` and ``?.`` take the value for nil."""
    return type(value) in _NILS


def type_name(value: Any) -> str:
    """Go's ``%T`` of the value."""
    name = _TYPE_NAMES.get(type(value))
    if name is not None:
        return name
    if isinstance(value, NamedInt):
        return value.type_name
    if isinstance(value, Function):
        return value.signature
    return str(
        getattr(value, "go_type", "map[string]interface {}" if isinstance(value, dict) else "interface {}")
    )


_KINDS: Final[dict[type, str]] = {
    type(None): "invalid",
    bool: "bool",
    int: "int",
    Int64: "int64",
    Uint8: "uint8",
    float: "float64",
    str: "string",
    Duration: "int64",
    Time: "struct",
    Zone: "ptr",
}


def kind_name(value: Any) -> str:
    """Go's reflect.Kind of the value, in words."""
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    if isinstance(value, list | bytes):
        return "slice"
    if isinstance(value, dict):
        return "map"
    if isinstance(value, NamedInt):
        return "int"
    return "func" if isinstance(value, Function) else "ptr"


def wrap_int(value: int) -> int:
    """The value in 64-bit two's complement, as Go's int overflows."""
    if -_TOP <= value < _TOP:
        return value
    value &= _MASK
    return value - (1 << 64) if value >= _TOP else value


def float_to_int(value: float) -> int:
    """Go's int(float64) on amd64: cut towards zero; out of range and NaN give the smallest integer."""
    if value != value or value >= 9.223372036854775807e18 or value < -9.223372036854775808e18:
        return -_TOP
    return int(value)
