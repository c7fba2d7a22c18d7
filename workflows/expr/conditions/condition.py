"""Parses and evaluates conditions.

Source: govaluate's stage planner and Argo's shouldExecute. All operators of one level group from the
left, powers too. What stands after a complete expression in brackets is ignored, as govaluate does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from workflows.expr.cache import TextCache
from workflows.expr.conditions import tokens as t
from workflows.expr.conditions.tokens import Token, check_balance, check_order, tokenize
from workflows.expr.errors import LIMIT, ExprError, Fault, limit_fault, shortened
from workflows.expr.formatting import format_go
from workflows.expr.gomath import go_pow
from workflows.expr.gotime import SECOND
from workflows.expr.limits import LIMITS, Budget
from workflows.expr.operators import deep_equal, divide
from workflows.expr.regex import Pattern, compile_pattern
from workflows.expr.values import float_to_int, wrap_int

_MASK: Final = (1 << 64) - 1

#: from the loosest to the tightest
LEVELS: Final[tuple[frozenset[str], ...]] = (
    frozenset({","}),
    frozenset({"?", ":", "??"}),
    frozenset({"||"}),
    frozenset({"&&"}),
    frozenset({"==", "!=", ">", ">=", "<", "<=", "=~", "!~", "in"}),
    frozenset({"^", "&", "|"}),
    frozenset({"<<", ">>"}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
    frozenset({"**"}),
)
_LEVEL_OF: Final = {sign: level for level, signs in enumerate(LEVELS) for sign in signs}
_OPERATOR_KINDS: Final = frozenset({t.SEPARATOR, t.TERNARY, t.LOGICALOP, t.COMPARATOR, t.MODIFIER})


@dataclass(frozen=True, slots=True)
class _Literal:
    value: Any


@dataclass(frozen=True, slots=True)
class _Parameter:
    """A bare word or accessor where no bare words are allowed: always an error when reached."""

    name: str


@dataclass(frozen=True, slots=True)
class _Prefixed:
    sign: str
    operand: _Node | None


@dataclass(frozen=True, slots=True)
class _Chain:
    """`first`, then each (sign, operand) applied to what is there so far."""

    first: _Node | None
    rest: tuple[tuple[str, _Node | None], ...]


_Node = _Literal | _Parameter | _Prefixed | _Chain


class Condition:
    """A condition ready to be evaluated. It has no variables, so the value is always the same."""

    __slots__ = ("_tree", "source")

    def __init__(self, source: str, tree: _Node | None) -> None:
        self.source = source
        self._tree = tree

    def evaluate(self) -> Any:
        """A bool, float, text, list of these, or None. Raises `ExprError`."""
        try:
            return _value(self._tree, Budget())
        except Fault as fault:
            raise _as_error(fault) from None


def _as_error(fault: Fault) -> ExprError:
    """govaluate's messages have no place in them."""
    return ExprError(fault.message, code=fault.code, position=fault.position)


def compile_condition(source: str, *, bare_words: bool = True) -> Condition:
    """Parse a condition whose tags were substituted. Raises `ExprError`.

    With `bare_words` names without quotes are texts, as in step and task conditions; without, they are
    unknown parameters, as in the conditions of cron workflows.
    """
    try:
        found = _tokens(source)
        found = _as_texts(found) if bare_words else found
        return Condition(source, _Parser(found).parse())
    except Fault as fault:
        raise _as_error(fault) from None


def evaluate_when(when: str) -> bool:
    """Argo's shouldExecute: an empty text is true; raises `ExprError` with Argo's messages."""
    return _decisions.get(when) if when else True


def _decide(when: str) -> bool:
    shown = shortened(when)
    try:
        found = _tokens(when)
    except Fault as fault:
        hint = (
            ' (hint: try wrapping the affected expression in quotes ("))'
            if "Invalid token" in fault.message
            else ""
        )
        raise _worded(fault, f"Invalid 'when' expression '{shown}': {fault.message}{hint}") from None
    try:
        tree = _Parser(_as_texts(found)).parse()
    except Fault as fault:
        raise _worded(fault, f"Failed to parse 'when' expression '{shown}': {fault.message}") from None
    try:
        result = _value(tree, Budget())
    except Fault as fault:
        raise _worded(fault, f"Failed to evaluate 'when' expresion '{shown}': {fault.message}") from None
    if not isinstance(result, bool):
        raise ExprError(f"Expected boolean evaluation for '{shown}'. Got {format_go(result)}")
    return result


_decisions: Final = TextCache(_decide, characters=500_000)


def _worded(fault: Fault, message: str) -> ExprError:
    return ExprError(message, code=fault.code, position=fault.position, detail=fault.message)


def _tokens(source: str) -> list[Token]:
    """Checked tokens; constant patterns are compiled."""
    if len(source) > LIMITS.source:
        raise limit_fault(f"condition of {len(source)} characters exceeds the limit of {LIMITS.source}")
    found = tokenize(source)
    check_order(found)
    return _with_patterns(found)


def _as_texts(found: list[Token]) -> list[Token]:
    """Bare words become texts, then everything is checked again."""
    changed = [replace(token, kind=t.STRING) if token.kind == t.VARIABLE else token for token in found]
    check_balance(changed)
    check_order(changed)
    return _with_patterns(changed)


def _with_patterns(found: list[Token]) -> list[Token]:
    result = list(found)
    for index, token in enumerate(found[:-1]):
        following = found[index + 1]
        if token.kind == t.COMPARATOR and token.value in ("=~", "!~") and following.kind == t.STRING:
            result[index + 1] = Token(t.PATTERN, compile_pattern(following.value), following.at)
    return result


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.index = 0
        self.depth = 0

    def parse(self) -> _Node | None:
        return self.expression(0)

    def expression(self, minimum: int) -> _Node | None:
        """Operators of level `minimum` and tighter; those of one level become one chain."""
        node = self.operand()
        rest: list[tuple[str, _Node | None]] = []
        chained = -1
        while (sign := self.operator(minimum)) is not None:
            level = _LEVEL_OF[sign]
            if rest and level != chained:
                node, rest = _Chain(node, tuple(rest)), []
            chained = level
            rest.append((sign, self.expression(level + 1)))
        return _Chain(node, tuple(rest)) if rest else node

    def operator(self, minimum: int) -> str | None:
        """Take the next operator if it binds at least as tightly."""
        if self.index >= len(self.tokens):
            return None
        token = self.tokens[self.index]
        if token.kind not in _OPERATOR_KINDS or _LEVEL_OF[token.value] < minimum:
            return None
        self.index += 1
        return str(token.value)

    def operand(self) -> _Node | None:
        if self.index >= len(self.tokens):
            return None
        token = self.tokens[self.index]
        if token.kind == t.CLAUSE_CLOSE:
            return None
        self.index += 1
        if token.kind == t.CLAUSE:
            return self.clause(token)
        if token.kind == t.PREFIX:
            return _Prefixed(token.value, self.operand())
        if token.kind == t.VARIABLE:
            return _Parameter(token.value)
        if token.kind == t.ACCESSOR:
            return self.accessor(token)
        if token.kind == t.TIME:
            return _Literal(float(token.value.ns // SECOND))
        if token.kind in (t.NUMERIC, t.STRING, t.PATTERN, t.BOOLEAN):
            return _Literal(token.value)
        raise Fault(
            f"Unable to plan token kind: '{token.kind}', value: '{format_go(token.value)}'", position=token.at
        )

    def clause(self, token: Token) -> _Node | None:
        self.depth += 1
        if self.depth > LIMITS.depth // 2:
            raise Fault("condition is nested too deeply", code=LIMIT, position=token.at)
        inner = self.expression(0)
        self.depth -= 1
        self.index += 1
        return _Chain(inner, ())

    def accessor(self, token: Token) -> _Node:
        if self.index < len(self.tokens) and self.tokens[self.index].kind == t.CLAUSE:
            self.expression(0)
        return _Parameter(token.value[0])


def _value(node: _Node | None, budget: Budget) -> Any:
    if node is None:
        return None
    if isinstance(node, _Literal):
        return node.value
    if isinstance(node, _Parameter):
        raise Fault(f"No parameter '{node.name}' found.")
    if isinstance(node, _Prefixed):
        return _prefixed(node.sign, _value(node.operand, budget))
    value = _value(node.first, budget)
    for sign, operand in node.rest:
        value = _apply(sign, value, operand, budget)
    return value


def _prefixed(sign: str, value: Any) -> Any:
    if (sign == "!") is not isinstance(value, bool) or (sign != "!" and not isinstance(value, float)):
        raise Fault(f"Value '{_shown(value)}' cannot be used with the prefix '{sign}'")
    if sign == "!":
        return not value
    return -value if sign == "-" else float(~float_to_int(value))


def _apply(sign: str, left: Any, operand: _Node | None, budget: Budget) -> Any:
    """One operator; its right side is evaluated only when it can matter."""
    budget.spend(1)
    if (sign == "&&" and left is False) or (sign == "||" and left is True):
        return left
    if sign in ("??", ":"):
        return left if left is not None else _value(operand, budget)
    if sign == "?":
        right = None if left is False else _value(operand, budget)
        if not isinstance(left, bool):
            raise Fault(
                f"Value '{_shown(left)}' cannot be used with the ternary operator '?', it is not a bool"
            )
        return right if left else None
    right = _value(operand, budget)
    if sign == ",":
        return [*left, right] if isinstance(left, list) else [left, right]
    if sign in ("==", "!="):
        return _same(left, right, budget) is (sign == "==")
    return _OPERATIONS[sign](sign, left, right, budget)


def _same(left: Any, right: Any, budget: Budget) -> bool:
    if isinstance(left, Pattern) or isinstance(right, Pattern):
        return left is right
    return deep_equal(left, right, budget)


def _shown(value: Any) -> str:
    return value.source if isinstance(value, Pattern) else format_go(value)


def _refused(value: Any, role: str, sign: str, wanted: str) -> Fault:
    return Fault(f"Value '{_shown(value)}' cannot be used with the {role} '{sign}', it is not a {wanted}")


def _logical(sign: str, left: Any, right: Any, budget: Budget) -> bool:
    for value in (left, right):
        if not isinstance(value, bool):
            raise _refused(value, "logical operator", sign, "bool")
    return bool(right)


def _ordered(holds: Callable[[Any, Any], bool]) -> Callable[[str, Any, Any, Budget], bool]:
    def apply(sign: str, left: Any, right: Any, budget: Budget) -> bool:
        if type(left) is not type(right) or type(left) not in (float, str):
            raise _refused(left, "comparator", sign, "number")
        return holds(left, right)

    return apply


def _match(sign: str, left: Any, right: Any, budget: Budget) -> bool:
    if not isinstance(left, str):
        raise _refused(left, "comparator", sign, "number")
    if isinstance(right, str):
        try:
            right = compile_pattern(right)
        except Fault as fault:
            raise Fault(
                f"Unable to compile regexp pattern '{right}': {fault.message}", code=fault.code
            ) from None
    if not isinstance(right, Pattern):
        raise _refused(right, "comparator", sign, "number")
    return right.search(left, budget) is (sign == "=~")


def _in(sign: str, left: Any, right: Any, budget: Budget) -> bool:
    if not isinstance(right, list):
        raise _refused(right, "comparator", sign, "number")
    budget.spend(len(right))
    return any(deep_equal(left, value, budget) for value in right)


def _plus(sign: str, left: Any, right: Any, budget: Budget) -> Any:
    if isinstance(left, str) or isinstance(right, str):
        text = _shown(left) + _shown(right)
        budget.text(len(text))
        return text
    if not isinstance(left, float) or not isinstance(right, float):
        raise _refused(left, "modifier", sign, "number")
    return left + right


def _numeric(compute: Callable[[float, float], float]) -> Callable[[str, Any, Any, Budget], float]:
    def apply(sign: str, left: Any, right: Any, budget: Budget) -> float:
        for value in (left, right):
            if not isinstance(value, float):
                raise _refused(value, "modifier", sign, "number")
        return compute(left, right)

    return apply


def _remainder(a: float, b: float) -> float:
    return math.nan if b == 0.0 or math.isinf(a) or math.isnan(a) or math.isnan(b) else math.fmod(a, b)


def _bits(compute: Callable[[int, int], int]) -> Callable[[str, Any, Any, Budget], float]:
    return _numeric(lambda a, b: float(wrap_int(compute(float_to_int(a), float_to_int(b)))))


def _shift(compute: Callable[[int, int], int]) -> Callable[[str, Any, Any, Budget], float]:
    """On unsigned 64 bits; shifts of 64 and more give 0."""

    def shifted(a: float, b: float) -> float:
        count = float_to_int(b) & _MASK
        return float(compute(float_to_int(a) & _MASK, count) & _MASK) if count < 64 else 0.0

    return _numeric(shifted)


_OPERATIONS: Final[dict[str, Callable[[str, Any, Any, Budget], Any]]] = {
    "&&": _logical,
    "||": _logical,
    ">": _ordered(lambda a, b: a > b),
    ">=": _ordered(lambda a, b: a >= b),
    "<": _ordered(lambda a, b: a < b),
    "<=": _ordered(lambda a, b: a <= b),
    "=~": _match,
    "!~": _match,
    "in": _in,
    "+": _plus,
    "-": _numeric(lambda a, b: a - b),
    "*": _numeric(lambda a, b: a * b),
    "/": _numeric(divide),
    "%": _numeric(_remainder),
    "**": _numeric(go_pow),
    "&": _bits(lambda a, b: a & b),
    "|": _bits(lambda a, b: a | b),
    "^": _bits(lambda a, b: a ^ b),
    "<<": _shift(lambda a, b: a << b),
    ">>": _shift(lambda a, b: a >> b),
}
