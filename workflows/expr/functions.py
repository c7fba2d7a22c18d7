"""expr-lang's built-in functions without closures, and what Argo adds to them.

Each is called as ``function(run, *arguments)``. The checker has looked at constant arguments; what it
could not know fails here with Go's panic text. Sources: expr-lang's language definition, chapters
"String functions" to "Miscellaneous"; Argo's util/expr/env.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Final

from workflows.expr import function_lists, function_texts, function_times
from workflows.expr.convert import parse_float, parse_int
from workflows.expr.errors import Fault
from workflows.expr.formatting import format_go
from workflows.expr.gojson import marshal, marshal_indent, unmarshal
from workflows.expr.gotime import Duration, NamedInt
from workflows.expr.jsonpath import query
from workflows.expr.operators import as_text
from workflows.expr.run import Run
from workflows.expr.signature import checked
from workflows.expr.sprig import SPRIG
from workflows.expr.values import INTEGERS, Function, Uint8, float_to_int, kind_name, type_name, wrap_int

_TYPE_WORDS: Final = {
    "invalid": "nil", "bool": "bool", "int": "int", "int64": "int", "uint8": "uint", "float64": "float",
    "string": "string", "slice": "array", "map": "map", "func": "func",
}  # fmt: skip


def _type(run: Run, value: Any) -> str:
    name = type_name(value)
    if name.startswith("time.") or value is None:
        return "nil" if value is None else name
    return _TYPE_WORDS.get(kind_name(value), "unknown")


def to_integer(run: Run, value: Any) -> int:
    """``int()`` and ``asInt()``: numbers are cut, texts are read in base 10."""
    kind = type(value)
    if kind in INTEGERS:
        return int(value)
    if kind is float:
        return float_to_int(value)
    if kind is str:
        number = parse_int(value)
        if number is None:
            raise Fault(f"invalid operation: int({value})")
        return number
    if isinstance(value, NamedInt):
        return value.value
    if isinstance(value, Duration):
        return value.ns
    raise Fault(f"invalid operation: int({type_name(value)})")


def to_number(run: Run, value: Any) -> float:
    """``float()`` and ``asFloat()``."""
    kind = type(value)
    if kind in INTEGERS or kind is float:
        return float(value)
    if kind is str:
        number = parse_float(value)
        if number is None:
            raise Fault(f"invalid operation: float({value})")
        return number
    raise Fault(f"invalid operation: float({type_name(value)})")


def _string(run: Run, value: Any) -> str:
    text = format_go(value)
    if type(value) is not str:
        run.characters(len(text))
    return text


def _abs(run: Run, value: Any) -> Any:
    if type(value) is float:
        return abs(value)
    if type(value) is Uint8:
        return value
    if type(value) in INTEGERS:
        return type(value)(wrap_int(abs(int(value))))
    raise Fault(f"invalid argument for abs (type {type_name(value)})")


def _to_json(run: Run, value: Any) -> str:
    text = marshal_indent(value)
    run.characters(len(text))
    return text


def _argo_to_json(run: Run, value: Any) -> str:
    text = marshal(value)
    run.characters(len(text))
    return text


def _from_json(run: Run, value: Any) -> Any:
    text = as_text(value)
    run.characters(len(text) >> 2)
    run.allocate(text.count(",") + text.count(":") + 1)
    return unmarshal(text)


def _jsonpath(run: Run, text: str, path: str) -> Any:
    return query(run, _from_json(run, text), path)


def _bits(name: str, apply: Callable[[int, int], int]) -> Callable[..., int]:
    def call(run: Run, *arguments: Any) -> int:
        if len(arguments) != 2:
            raise Fault(f"invalid number of arguments for {name} (expected 2, got {len(arguments)})")
        x, y = (_bit_operand(name, argument) for argument in arguments)
        return wrap_int(apply(x, y))

    return call


def _bit_operand(name: str, value: Any) -> int:
    if type(value) not in INTEGERS:
        raise Fault(f"cannot use {type_name(value)} as argument (type int) to call {name}")
    return int(value)


def _shift(name: str, apply: Callable[[int, int], int]) -> Callable[..., int]:
    def shift(x: int, y: int) -> int:
        if y < 0:
            raise Fault(f"invalid operation: negative shift count {y} (type int)")
        return apply(x, min(y, 64))

    return _bits(name, shift)


def _bitnot(run: Run, value: Any) -> int:
    return ~_bit_operand("bitnot", value)


BUILTINS: Final[dict[str, Callable[..., Any]]] = {
    **function_texts.FUNCTIONS,
    **function_lists.FUNCTIONS,
    **function_times.FUNCTIONS,
    "type": _type,
    "int": to_integer,
    "float": to_number,
    "string": _string,
    "abs": _abs,
    "toJSON": _to_json,
    "fromJSON": _from_json,
    "bitand": _bits("bitand", lambda x, y: x & y),
    "bitor": _bits("bitor", lambda x, y: x | y),
    "bitxor": _bits("bitxor", lambda x, y: x ^ y),
    "bitnand": _bits("bitnand", lambda x, y: x & ~y),
    "bitshl": _shift("bitshl", lambda x, y: (x << y) & ((1 << 64) - 1)),
    "bitshr": _shift("bitshr", lambda x, y: x >> y),
    "bitushr": _shift("bitushr", lambda x, y: (x & ((1 << 64) - 1)) >> y),
    "bitnot": _bitnot,
}


def _arity(function: Callable[..., Any]) -> tuple[int, int]:
    """The least and the most arguments after the run."""
    given = list(inspect.signature(function).parameters.values())[1:]
    if any(parameter.kind is inspect.Parameter.VAR_POSITIONAL for parameter in given):
        return 0, 1_000_000
    return sum(parameter.default is inspect.Parameter.empty for parameter in given), len(given)


ARITIES: Final = {name: _arity(function) for name, function in BUILTINS.items()}

#: names that Argo puts beside the variables of a scope; they hide variables of the same name
ENVIRONMENT: Final[dict[str, Any]] = {
    "asInt": Function("asInt", checked("any", to_integer), "func(interface {}) interface {}"),
    "asFloat": Function("asFloat", checked("any", to_number), "func(interface {}) interface {}"),
    "toJson": Function("toJson", checked("any", _argo_to_json), "func(interface {}) string"),
    "jsonpath": Function(
        "jsonpath", checked("string, string", _jsonpath), "func(string, string) interface {}"
    ),
    "sprig": SPRIG,
}
