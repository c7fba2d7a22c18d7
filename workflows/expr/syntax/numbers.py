"""Number literals of expressions, with Go's error texts."""

from __future__ import annotations

import re
from typing import Final

from workflows.expr.errors import syntax_fault

_BASES: Final = {"0x": (16, "hex"), "0b": (2, "binary"), "0o": (8, "octal")}
_FLOAT: Final = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_MAX_INT: Final = (1 << 63) - 1


def parse_number(literal: str, at: int) -> int | float:
    """The value of a literal; faults are placed at `at`, the token after it, as expr-lang does."""
    text = literal.replace("_", "")
    lowered = text.lower()
    if lowered[:2] != "0x" and ("." in lowered or "e" in lowered):
        return _parse_float(text, at)
    base, name = _BASES.get(lowered[:2], (10, "integer"))
    digits = text[2:] if base != 10 else text
    try:
        value = int(digits, base)
    except ValueError:
        raise syntax_fault(
            f'invalid {name} literal: strconv.ParseInt: parsing "{text}": invalid syntax', at
        ) from None
    if value > _MAX_INT:
        raise syntax_fault(
            f'invalid {name} literal: strconv.ParseInt: parsing "{text}": value out of range', at
        )
    return value


def _parse_float(text: str, at: int) -> float:
    if _FLOAT.fullmatch(text) is None:
        raise syntax_fault(f'invalid float literal: strconv.ParseFloat: parsing "{text}": invalid syntax', at)
    value = float(text)
    if value == float("inf"):
        raise syntax_fault(
            f'invalid float literal: strconv.ParseFloat: parsing "{text}": value out of range', at
        )
    return value
