"""Values as Go prints them: ``%v`` and quoted text. JSON is in `gojson`."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from workflows.expr.errors import limit_fault
from workflows.expr.gotime import NamedInt, Time, Zone
from workflows.expr.limits import LIMITS
from workflows.expr.timelayout import STRING, format_time
from workflows.expr.values import AnyMap, Function, plain_key


def decimal_parts(value: float) -> tuple[str, str, int]:
    """Sign, shortest digits and decimal exponent: value = sign 0.DIGITS × 10**exponent."""
    mantissa, _, power = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    exponent = len(whole) + int(power or "0")
    stripped = digits.lstrip("0")
    exponent -= len(digits) - len(stripped)
    stripped = stripped.rstrip("0")
    sign = "-" if value < 0 or (value == 0 and str(value)[0] == "-") else ""
    return (sign, stripped, exponent) if stripped else (sign, "0", 1)


def plain_float(sign: str, digits: str, exponent: int) -> str:
    """No exponent, shortest digits."""
    if exponent <= 0:
        return f"{sign}0.{'0' * -exponent}{digits}"
    if len(digits) <= exponent:
        return sign + digits + "0" * (exponent - len(digits))
    return f"{sign}{digits[:exponent]}.{digits[exponent:]}"


def exponent_float(sign: str, digits: str, exponent: int) -> str:
    """``1.5e+21``: at least two digits of exponent, as strconv does."""
    power = exponent - 1
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{'-' if power < 0 else '+'}{abs(power):02d}"


def format_float(value: float) -> str:
    """``%v`` of a float64: an exponent from a million on."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    sign, digits, exponent = decimal_parts(value)
    if digits != "0" and not -4 <= exponent - 1 < 6:
        return exponent_float(sign, digits, exponent)
    return plain_float(sign, digits, exponent)


def format_go(value: Any) -> str:
    """``%v`` of any value; maps in key order."""
    if type(value) is str:
        return value
    if isinstance(value, list | dict | bytes):
        parts: list[str] = []
        _Printer(parts).write(value, 0)
        return "".join(parts)
    return _format_scalar(value)


def _format_scalar(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return str(value)
    if value is None:
        return "<nil>"
    if kind is bool:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    return format_float(value) if kind is float else _format_special(value)


def _format_special(value: Any) -> str:
    if isinstance(value, Time):
        return format_time(value, STRING)
    if isinstance(value, NamedInt):
        return value.text
    if isinstance(value, Zone):
        return value.name
    return f"func {value.name}" if isinstance(value, Function) else str(value)


class _Printer:
    """Writes lists and maps; what refers to one list many times cannot grow without end."""

    __slots__ = ("parts", "size")

    def __init__(self, parts: list[str]) -> None:
        self.parts = parts
        self.size = 0

    def put(self, text: str) -> None:
        self.size += len(text) + 1
        if self.size > LIMITS.text:
            raise limit_fault(f"text exceeds the limit of {LIMITS.text} characters")
        self.parts.append(text)

    def write(self, value: Any, depth: int) -> None:
        if depth > LIMITS.value_depth:
            raise limit_fault("value is nested too deeply")
        if isinstance(value, list | bytes):
            self.put("[")
            for index, item in enumerate(value):
                self.put(" " if index else "")
                self.write(item, depth + 1)
            self.put("]")
        elif isinstance(value, dict):
            self.put("map[")
            for index, (key, item) in enumerate(sorted_items(value)):
                self.put(f"{' ' if index else ''}{_format_scalar(key)}:")
                self.write(item, depth + 1)
            self.put("]")
        else:
            self.put(_format_scalar(value))


def sorted_items(value: dict[Any, Any]) -> list[tuple[Any, Any]]:
    """Keys and items in the order Go prints them: by key; nil, numbers, bools, texts, other."""
    if isinstance(value, AnyMap):
        items = [(plain_key(key), item) for key, item in value.items()]
        return sorted(items, key=lambda pair: _key_order(pair[0]))
    return sorted(value.items(), key=lambda pair: pair[0])


def _key_order(key: Any) -> tuple[int, Any]:
    if key is None:
        return 0, 0
    if isinstance(key, bool):
        return 3, key
    if isinstance(key, int):
        return 1, key
    if isinstance(key, float):
        return 2, key
    return (4, key) if isinstance(key, str) else (5, format_go(key))


_ESCAPES: Final = {
    '"': '\\"', "\\": "\\\\", "\a": "\\a", "\b": "\\b", "\f": "\\f",
    "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
}  # fmt: skip


def quote_go(text: str) -> str:
    """``%q``: strconv.Quote."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(_ESCAPES.get(char) or _quoted_character(char) for char in text) + '"'


def _quoted_character(char: str) -> str:
    if char == " " or (char.isprintable() and unicodedata.category(char) != "Zs"):
        return char
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
