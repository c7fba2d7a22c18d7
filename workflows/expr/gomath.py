"""Go's math functions where they do not give what Python's give, to the last bit or at the edges."""

from __future__ import annotations

import math

_HUGE_EXPONENT = 1 << 12


def go_pow(x: float, y: float) -> float:
    """math.Pow: never fails; whole powers by repeated squaring of the mantissa."""
    if y == 0.0 or x == 1.0:
        return 1.0
    if math.isnan(x) or math.isnan(y):
        return math.nan
    if x == 0.0 or math.isinf(x) or math.isinf(y):
        return _pow_at_edge(x, y)
    if abs(y) == 0.5:
        root = math.sqrt(x) if x > 0 else math.nan
        return root if y > 0 else 1.0 / root
    fraction, whole = math.modf(abs(y))
    if fraction != 0.0 and x < 0.0:
        return math.nan
    if whole >= 2.0**63:
        return _pow_of_huge(x, y)
    return _pow_finite(x, y, fraction, int(whole))


def _is_odd(y: float) -> bool:
    return math.isfinite(y) and abs(y) < 2.0**53 and math.fmod(y, 2.0) in (1.0, -1.0)


def _pow_at_edge(x: float, y: float) -> float:
    """Zero and infinite operands."""
    if math.isinf(y):
        if abs(x) == 1.0:
            return 1.0
        return math.inf if (abs(x) > 1.0) is (y > 0) else 0.0
    is_large = math.isinf(x) is (y > 0)
    magnitude = math.inf if is_large else 0.0
    return math.copysign(magnitude, x) if _is_odd(y) else magnitude


def _pow_of_huge(x: float, y: float) -> float:
    if x == -1.0:
        return 1.0
    return math.inf if (abs(x) < 1.0) is (y < 0) else 0.0


def _pow_finite(x: float, y: float, fraction: float, whole: int) -> float:
    result, exponent = 1.0, 0
    if fraction != 0.0:
        if fraction > 0.5:
            fraction -= 1.0
            whole += 1
        result = math.exp(fraction * math.log(x))
    mantissa, scale = math.frexp(x)
    while whole:
        if abs(scale) > _HUGE_EXPONENT:
            exponent += scale
            break
        if whole & 1:
            result *= mantissa
            exponent += scale
        mantissa *= mantissa
        scale <<= 1
        if abs(mantissa) < 0.5:
            mantissa += mantissa
            scale -= 1
        whole >>= 1
    if y < 0.0:
        result, exponent = 1.0 / result, -exponent
    try:
        return math.ldexp(result, exponent)
    except OverflowError:
        return math.copysign(math.inf, result)
