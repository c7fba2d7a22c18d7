"""Checks arguments against Go parameter types, with the panic texts of Go's reflect.Call."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from workflows.expr.errors import Fault
from workflows.expr.values import type_name

_ANY: Final = "interface {}"
#: what nil becomes when a parameter of this type receives it
_ZERO: Final[dict[str, Any]] = {
    "string": "",
    "int": 0,
    "int64": 0,
    "uint32": 0,
    "bool": False,
    "float64": 0.0,
}


@lru_cache(maxsize=512)
def parse_signature(text: str) -> tuple[tuple[str, ...], str | None]:
    """``"int, string, any..."`` to the fixed types and the type of the variadic rest."""
    types = [part.strip().replace("any", _ANY) for part in text.split(",") if part.strip()]
    if types and types[-1].endswith("..."):
        return tuple(types[:-1]), types[-1][:-3]
    return tuple(types), None


def checked(text: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` behind a check of its arguments; it is called as ``function(run, *arguments)``."""
    fixed, rest = parse_signature(text)
    count = len(fixed)

    def call(run: Any, *arguments: Any) -> Any:
        if len(arguments) != count and (rest is None or len(arguments) < count):
            wanted = f"expected {count}" if rest is None else f"expected at least {count}"
            raise Fault(f"invalid number of arguments: {wanted}, got {len(arguments)}")
        converted = [
            argument if wanted == _ANY else _argument(argument, wanted)
            for argument, wanted in zip(arguments, fixed, strict=False)
        ]
        if rest is not None:
            extra = arguments[count:]
            converted.extend(extra if rest == _ANY else (_argument(argument, rest) for argument in extra))
        return function(run, *converted)

    return call


def _argument(value: Any, wanted: str) -> Any:
    if value is None:
        return _ZERO[wanted] if wanted in _ZERO else {} if wanted.startswith("map") else None
    actual = type_name(value)
    if actual != wanted:
        raise Fault(f"reflect: Call using {actual} as type {wanted}")
    return value
