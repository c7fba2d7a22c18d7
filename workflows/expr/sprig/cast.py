"""Loose conversions: what sprig takes for a number or a text. They never fail, they give 0."""

from __future__ import annotations

from typing import Any

from workflows.expr.convert import parse_float, parse_int_prefixed
from workflows.expr.formatting import format_go
from workflows.expr.gotime import NamedInt
from workflows.expr.values import INTEGERS, float_to_int


def to_int(value: Any) -> int:
    """Numbers are cut, texts may have a base prefix (a leading 0 means octal), everything else is 0."""
    kind = type(value)
    if kind in INTEGERS or kind is bool:
        return int(value)
    if kind is float:
        return float_to_int(value)
    if kind is str:
        return parse_int_prefixed(_without_zero_decimal(value)) or 0
    return value.value if isinstance(value, NamedInt) else 0


def to_float(value: Any) -> float:
    kind = type(value)
    if kind in INTEGERS or kind is float or kind is bool:
        return float(value)
    if kind is str:
        return parse_float(value) or 0.0
    return float(value.value) if isinstance(value, NamedInt) else 0.0


def _without_zero_decimal(text: str) -> str:
    """``12.00`` reads as 12."""
    stripped = text.rstrip("0")
    return stripped[:-1] if stripped != text and stripped.endswith(".") else text


def to_text(value: Any) -> str:
    """sprig's strval."""
    if type(value) is str:
        return value
    if type(value) is bytes:
        return value.decode("utf-8", "replace")
    return format_go(value)
