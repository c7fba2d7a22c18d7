"""Reading numbers from text the way Go's strconv does."""

from __future__ import annotations

import re
from typing import Final

_DECIMAL: Final = re.compile(r"[+-]?[0-9]+")
_FLOAT: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_HEX_FLOAT: Final = re.compile(r"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+")
_WORD_FLOATS: Final = re.compile(r"[+-]?(?:inf|infinity)|nan", re.IGNORECASE)
_PREFIXED: Final = re.compile(
    r"([+-]?)(?:0[xX]([0-9a-fA-F_]+)|0[bB]([01_]+)|0[oO]?([0-7_]+)|([1-9][0-9_]*|0))"
)
_MAX: Final = (1 << 63) - 1


def parse_int(text: str, *, base: int = 10) -> int | None:
    """strconv.ParseInt with a fixed base, 64 bits; None when it fails."""
    if len(text) > 80 or (base == 10 and _DECIMAL.fullmatch(text) is None):
        return None
    if base != 10 and ("_" in text or text != text.strip()):
        return None
    try:
        value = int(text, base)
    except ValueError:
        return None
    return value if -_MAX - 1 <= value <= _MAX else None


def parse_int_prefixed(text: str) -> int | None:
    """strconv.ParseInt with base 0: ``0x``, ``0o``, ``0b`` and a leading 0 choose the base."""
    match = _PREFIXED.fullmatch(text) if len(text) <= 80 else None
    if match is None:
        return None
    for index, base in ((2, 16), (3, 2), (4, 8), (5, 10)):
        digits = match.group(index)
        if digits is not None:
            if digits.endswith("_") or "__" in digits or not digits.replace("_", ""):
                return None
            value = int(digits.replace("_", ""), base)
            value = -value if match.group(1) == "-" else value
            return value if -_MAX - 1 <= value <= _MAX else None
    return None


def parse_float(text: str) -> float | None:
    """strconv.ParseFloat, 64 bits; None when it fails or the number is too large."""
    if len(text) > 5000:
        return None
    if _FLOAT.fullmatch(text) is not None:
        value = float(text)
        return None if value in (float("inf"), float("-inf")) else value
    if _WORD_FLOATS.fullmatch(text) is not None:
        return float(text)
    if _HEX_FLOAT.fullmatch(text) is not None:
        try:
            return float.fromhex(text)
        except (OverflowError, ValueError):
            return None
    return None
