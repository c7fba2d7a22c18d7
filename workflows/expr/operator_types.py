"""What the checker knows of operators: which operand types fit and what comes out."""

from __future__ import annotations

from typing import Final

from workflows.expr.natures import BOOL, DURATION, FLOAT, INT, STRING, TIME, UNKNOWN, Nature, list_of

#: operator to what its result is and the kinds it takes; both sides must be of one of them
_OPERAND_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "or": ("bool",), "||": ("bool",), "and": ("bool",), "&&": ("bool",),
    "<": ("number", "string", "time", "duration"), ">": ("number", "string", "time", "duration"),
    ">=": ("number", "string", "time", "duration"), "<=": ("number", "string", "time", "duration"),
    "-": ("number", "time", "duration"),
    "*": ("number", "duration"),
    "/": ("number",), "**": ("number",), "^": ("number",),
    "%": ("integer",), "..": ("integer",),
    "+": ("number", "string", "time", "duration"),
    "matches": ("string",), "contains": ("string",), "startsWith": ("string",), "endsWith": ("string",),
}  # fmt: skip
_TIMES: Final[dict[tuple[str, str, str], Nature]] = {
    ("-", "time", "time"): DURATION,
    ("-", "time", "duration"): TIME,
    ("-", "duration", "duration"): DURATION,
    ("+", "time", "duration"): TIME,
    ("+", "duration", "time"): TIME,
    ("+", "duration", "duration"): DURATION,
    ("*", "number", "duration"): DURATION,
    ("*", "duration", "number"): DURATION,
    ("*", "duration", "duration"): DURATION,
}
_FIXED_RESULTS: Final[dict[str, Nature]] = {
    **dict.fromkeys(("or", "||", "and", "&&", "<", ">", ">=", "<=", "matches"), BOOL),
    **dict.fromkeys(("contains", "startsWith", "endsWith"), BOOL),
    **dict.fromkeys(("/", "**", "^"), FLOAT),
    "%": INT,
    "..": list_of(INT),
}


def _family(nature: Nature) -> str:
    """What kind of operand a nature is, "" for none that operators know."""
    if nature.is_number:
        return "number"
    return {"time.Time": "time", "time.Duration": "duration"}.get(nature.type or "", nature.kind)


def _is_one_of(nature: Nature, kinds: tuple[str, ...]) -> bool:
    family = _family(nature)
    return family in kinds or (nature.is_integer and "integer" in kinds)


def either(a: Nature, b: Nature) -> Nature:
    """The one that is not nil."""
    return b if a.is_nil else a


def operation(operator: str, left: Nature, right: Nature) -> Nature | None:
    """The result of an operator, None when the operands do not fit."""
    kinds = _OPERAND_KINDS[operator]
    families = (_family(left), _family(right))
    if _is_one_of(left, kinds) and _is_one_of(right, kinds):
        special = _TIMES.get((operator, *families))
        if special is not None:
            return special
        if families[0] == families[1] and not (operator in "+-*" and families[0] in ("time", "duration")):
            return _FIXED_RESULTS.get(operator) or _sum(left, right)
    if operator == "matches" and left.type == "[]uint8" and right.type == "string":
        return BOOL
    unknown_left, unknown_right = left.is_unknown, right.is_unknown
    if (
        (unknown_left and unknown_right)
        or (unknown_left and _is_one_of(right, kinds))
        or (unknown_right and _is_one_of(left, kinds))
    ):
        return _FIXED_RESULTS.get(operator, UNKNOWN)
    return None


def _sum(left: Nature, right: Nature) -> Nature:
    if left.type == "string":
        return STRING
    return FLOAT if "float64" in (left.type, right.type) else INT
