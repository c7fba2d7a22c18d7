"""sprig's arithmetic. Source: sprig documentation, "Math Functions" and "Float Math Functions".

Integer functions give int64 and take anything loosely; float functions compute in decimals.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

from workflows.expr.convert import parse_int
from workflows.expr.errors import Fault
from workflows.expr.formatting import format_go
from workflows.expr.gomath import go_pow
from workflows.expr.run import Run
from workflows.expr.sprig.cast import to_float, to_int
from workflows.expr.sprig.strings import random_below
from workflows.expr.values import Int64, IntList, wrap_int

#: wide enough for sums of any two float64 values; the decimals of a quotient are cut to 16 places
_DECIMALS: Final = Context(prec=800, Emax=999_999, Emin=-999_999, traps=[])
_QUOTIENT_STEP: Final = Decimal(1).scaleb(-16)


def _int64(value: int) -> Int64:
    return Int64(wrap_int(value))


def _fold(apply: Callable[[int, int], int]) -> Callable[..., Int64]:
    def call(run: Run, first: Any, *rest: Any) -> Int64:
        total = to_int(first)
        for value in rest:
            total = wrap_int(apply(total, to_int(value)))
        return _int64(total)

    return call


def _divide(a: int, b: int) -> int:
    if b == 0:
        raise Fault("runtime error: integer divide by zero")
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) is (b < 0) else -quotient


def _modulo(a: int, b: int) -> int:
    return a - _divide(a, b) * b


def _decimal(value: Any) -> Decimal:
    number = to_float(value)
    if not math.isfinite(number):
        raise Fault(f"Cannot create a Decimal from {format_go(number)}")
    return Decimal(repr(number))


def _quotient(a: Decimal, b: Decimal) -> Decimal:
    if not b:
        raise Fault("decimal division by 0")
    return _DECIMALS.divide(a, b).quantize(_QUOTIENT_STEP, rounding=ROUND_HALF_UP, context=_DECIMALS)


def _decimals(apply: Callable[[Decimal, Decimal], Decimal]) -> Callable[..., float]:
    def call(run: Run, first: Any, *rest: Any) -> float:
        total = _decimal(first)
        run.spend(4 * (len(rest) + 1))
        for value in rest:
            total = apply(total, _decimal(value))
        return float(total)

    return call


_add_decimals = _decimals(_DECIMALS.add)


def _rounder(apply: Callable[[float], int]) -> Callable[[Run, Any], float]:
    def call(run: Run, value: Any) -> float:
        number = to_float(value)
        return float(apply(number)) if math.isfinite(number) else number

    return call


def _round(run: Run, value: Any, places: int, *round_on: float) -> float:
    limit = round_on[0] if round_on else 0.5
    scale = go_pow(10.0, float(places))
    digit = scale * to_float(value)
    if not math.isfinite(digit) or scale == 0.0:
        return math.nan if scale == 0.0 else digit / scale
    rest = math.modf(digit)[0]
    return float(math.ceil(digit) if rest >= limit else math.floor(digit)) / scale


def _until_step(run: Run, start: int, stop: int, step: int) -> IntList:
    if step == 0 or (step > 0) is (stop < start) or stop == start:
        return IntList()
    numbers = range(start, stop, step)
    run.allocate(len(numbers))
    return IntList(numbers)


def _until(run: Run, count: int) -> IntList:
    return _until_step(run, 0, count, -1 if count < 0 else 1)


def _seq(run: Run, *bounds: int) -> str:
    if not 1 <= len(bounds) <= 3:
        return ""
    start = bounds[0] if len(bounds) > 1 else 1
    end = bounds[-1]
    direction = -1 if end < start else 1
    step = bounds[1] if len(bounds) == 3 else direction
    if len(bounds) == 3 and direction < 0 < step:
        return ""
    numbers = _until_step(run, start, wrap_int(end + direction), step)
    text = " ".join(map(str, numbers))
    run.text(len(text))
    return text


def _atoi(run: Run, text: str) -> int:
    number = parse_int(text)
    if number is not None:
        return number
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not digits.isascii() or not digits.isdigit():
        return 0
    return -(1 << 63) if text[0] == "-" else (1 << 63) - 1


def _rand_int(run: Run, low: int, high: int) -> int:
    return random_below(run, high - low) + low


def _float_pick(best: Callable[[float, float], float]) -> Callable[..., float]:
    def call(run: Run, first: Any, *rest: Any) -> float:
        found = to_float(first)
        for value in rest:
            number = to_float(value)
            found = math.nan if math.isnan(number) or math.isnan(found) else best(found, number)
        return found

    return call


_biggest = _fold(max)

FUNCTIONS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "atoi": ("string", _atoi),
    "int": ("any", lambda run, value: to_int(value)),
    "int64": ("any", lambda run, value: Int64(to_int(value))),
    "float64": ("any", lambda run, value: to_float(value)),
    "toDecimal": ("any", lambda run, value: Int64(parse_int(format_go(value), base=8) or 0)),
    "seq": ("int...", _seq),
    "until": ("int", _until),
    "untilStep": ("int, int, int", _until_step),
    "add1": ("any", lambda run, value: _int64(to_int(value) + 1)),
    "add": ("any...", lambda run, *values: _fold(lambda a, b: a + b)(run, 0, *values)),
    "sub": ("any, any", _fold(lambda a, b: a - b)),
    "div": ("any, any", _fold(_divide)),
    "mod": ("any, any", _fold(_modulo)),
    "mul": ("any, any...", _fold(lambda a, b: a * b)),
    "randInt": ("int, int", _rand_int),
    "add1f": ("any", lambda run, value: _add_decimals(run, value, 1.0)),
    "addf": ("any...", lambda run, *values: _add_decimals(run, 0.0, *values)),
    "subf": ("any, any...", _decimals(_DECIMALS.subtract)),
    "divf": ("any, any...", _decimals(_quotient)),
    "mulf": ("any, any...", _decimals(_DECIMALS.multiply)),
    "biggest": ("any, any...", _biggest),
    "max": ("any, any...", _biggest),
    "min": ("any, any...", _fold(min)),
    "maxf": ("any, any...", _float_pick(max)),
    "minf": ("any, any...", _float_pick(min)),
    "ceil": ("any", _rounder(math.ceil)),
    "floor": ("any", _rounder(math.floor)),
    "round": ("any, int, float64...", _round),
}
