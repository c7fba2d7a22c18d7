"""What an unquoted YAML scalar means, and how a value becomes text, as Kubernetes' YAML reader has it.

Source: sigs.k8s.io/yaml and the go-yaml v2 resolver under it: YAML 1.1 words, Go's number syntax, dates
stay text. Not for documents: see `yaml`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from math import inf, isfinite
from struct import pack, unpack
from typing import Any, Final


class Letter(str):
    """An unquoted y, Y, n or N: a boolean where one is wanted, the letter itself where text is wanted.

    The rules make such a parameter name "false", which Kubernetes then refuses; the letter is what was meant.
    """

    __slots__ = ()

    @property
    def truth(self) -> bool:
        return self in "yY"


_WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -inf),
    **{letter: Letter(letter) for letter in "yYnN"},
}
_SPELLED: Final = {"NaN": ".nan", "+Inf": ".inf", "-Inf": "-.inf"}
_INTEGER = re.compile(
    r"[-+]?(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<binary>[01]+)|0[oO]?(?P<octal>[0-7]+)|(?P<decimal>0|[1-9][0-9]*))\Z",
    re.ASCII,
)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z", re.ASCII)
_LEADING_POINT = re.compile(r"\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?\Z", re.ASCII)
_BASES: Final = {"hex": 16, "binary": 2, "octal": 8, "decimal": 10}
_LONGEST_NUMBER: Final = 400


@lru_cache(maxsize=16_384)
def resolve(text: str) -> Any:
    """The value of an unquoted, untagged scalar: None, bool, int, float, `Letter` or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if first == ".":
        return _float(text.replace("_", ""), text) if _LEADING_POINT.match(text) else text
    if first in "+-0123456789":
        return _number(text.replace("_", ""), text)
    return text


def _number(plain: str, text: str) -> Any:
    if len(plain) > _LONGEST_NUMBER:
        return text
    match = _INTEGER.match(plain)
    if match is not None and match.lastgroup is not None:
        value = int(match[match.lastgroup], _BASES[match.lastgroup])
        if plain[0] == "-" and value <= 2**63:
            return -value
        if value < 2**63 or (plain[0] not in "+-" and value < 2**64):
            return value
    return _float(plain, text)


def _float(plain: str, text: str) -> Any:
    if not _FLOAT.match(plain):
        return text
    value = float(plain)
    return value if isfinite(value) else text


def short_float(value: float) -> str:
    """Text of a float in a text field: shortest for 32 bits, as Go's ``FormatFloat(value, 'g', -1, 32)``."""
    single = _single(value)
    if not isfinite(single):
        return "NaN" if single != single else "+Inf" if single > 0 else "-Inf"
    digits, exponent, sign = _shortest(_shortest_32(single))
    if -4 <= exponent < 6:
        return sign + _positional(digits, exponent)
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def plain_float(value: float) -> str:
    """Text of a float without exponent, as Go's ``FormatFloat(value, 'f', -1, 64)``."""
    if not isfinite(value):
        return short_float(value)
    digits, exponent, sign = _shortest(repr(value))
    return sign + _positional(digits, exponent)


def text_of(value: bool | int | float, *, any_string: bool = False) -> str:
    """What a number or boolean becomes in a text field; `any_string`: in one of Argo's type `AnyString`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return plain_float(value) if any_string else short_float(value)
    return plain_float(float(value)) if any_string and abs(value) > 2**53 else str(value)


def key_text(value: Any) -> str | None:
    """A mapping key as JSON needs it, None when it cannot be one (null)."""
    if isinstance(value, Letter):
        return text_of(value.truth)
    if isinstance(value, str):
        return value
    return None if value is None else _SPELLED.get(text := text_of(value), text)


def _shortest(text: str) -> tuple[str, int, str]:
    """Decimal digits without trailing zeros, exponent of the first digit, and the sign."""
    sign, numbers, exponent = Decimal(text).as_tuple()
    digits = "".join(map(str, numbers))
    first = len(digits) - 1 + int(exponent) if any(numbers) else 0
    return digits.rstrip("0") or "0", first, "-" if sign else ""


def _single(value: float) -> float:
    """`value` rounded to 32 bits; infinite when it does not fit."""
    try:
        rounded: float = unpack("f", pack("f", value))[0]
    except OverflowError:
        return inf if value > 0 else -inf
    return rounded


def _shortest_32(single: float) -> str:
    for precision in range(1, 9):
        text = f"{single:.{precision}g}"
        if _single(float(text)) == single:
            return text
    return f"{single:.9g}"


def _positional(digits: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    if len(digits) <= exponent + 1:
        return digits + "0" * (exponent + 1 - len(digits))
    return digits[: exponent + 1] + "." + digits[exponent + 1 :]
