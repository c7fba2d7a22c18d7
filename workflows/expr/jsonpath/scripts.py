"""Expressions inside a JSONPath: ``@.size > 1 && @.name =~ '^a'``.

The weakest operator is looked for first, from the left, and splits the text; what is left is a number,
a quoted text or a path. Texts are compared in quotes, as Argo's library does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from workflows.expr.convert import parse_float, parse_int
from workflows.expr.errors import LIMIT, Fault, limit_fault
from workflows.expr.formatting import format_go
from workflows.expr.gojson import unmarshal
from workflows.expr.gomath import go_pow
from workflows.expr.jsonpath.selectors import Selector, apply
from workflows.expr.limits import Budget
from workflows.expr.operators import divide, modulo
from workflows.expr.regex import compile_pattern

ParsePath = Callable[[str, int], tuple[Selector, ...]]

_OPERATORS: Final = (
    "||", "&&", "==", "!=", "<=", ">=", "<", ">", "=~", "!", "+", "-", "**", "*", "/", "%",
    "not in", "in", "@", "$",
)  # fmt: skip
_PREFIX: Final = frozenset({"!"})
_PATHS: Final = frozenset({"@", "$"})
_MAX_DEPTH: Final = 40
_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "FALSE", "false", "False"})


@dataclass(frozen=True, slots=True)
class _Environment:
    budget: Budget
    root: Any
    current: Any

    def named(self, text: str) -> tuple[bool, Any]:
        """Whether the text is ``$``, ``@``, ``nil`` or ``null``, and its value."""
        if text in ("nil", "null"):
            return True, None
        if text in _PATHS:
            return True, self.root if text == "$" else self.current
        return False, None


Operation = Callable[[_Environment], Any]
#: a text of the source, a JSON list or map, or an operation
Operand = Any


class Script:
    """A compiled expression; `evaluate` gives its value for one item."""

    __slots__ = ("operation", "text")

    def __init__(self, text: str, operation: Operation | None) -> None:
        self.text = text
        self.operation = operation

    def evaluate(self, budget: Budget, root: Any, current: Any) -> Any:
        budget.spend(1)
        if not self.text:
            raise Fault("invalid expression. is empty")
        environment = _Environment(budget, root, current)
        if self.operation is not None:
            return self.operation(environment)
        known, value = environment.named(self.text)
        if known:
            return value
        number = parse_float(self.text)
        if number is not None:
            return number
        return self.text in _TRUE if self.text in _TRUE | _FALSE else self.text

    def evaluate_or_explain(self, budget: Budget, root: Any, current: Any) -> Any:
        """The value; a fault says that it came from an expression."""
        try:
            return self.evaluate(budget, root, current)
        except Fault as fault:
            if fault.code == LIMIT or fault.message.startswith("invalid expression"):
                raise
            raise Fault(f"invalid expression. {fault.message}") from None


def compile_script(text: str, parse_path: ParsePath, nesting: int) -> Script:
    """Compile the inside of ``?( )`` or ``( )``; `parse_path` reads the paths in it."""
    return Script(text, _Builder(parse_path, nesting).build(text, 0, 0))


class _Builder:
    def __init__(self, parse_path: ParsePath, nesting: int) -> None:
        self.parse_path = parse_path
        self.nesting = nesting

    def build(self, text: str, level: int, depth: int) -> Operation | None:
        """The operation of a text, None when no operator splits it."""
        if depth > _MAX_DEPTH:
            raise limit_fault("JSONPath expression is nested too deeply")
        text = text.strip()
        while _is_bracketed(text):
            text = text[1:-1].strip()
            level = 0
        for index in range(level, len(_OPERATORS)):
            sign = _OPERATORS[index]
            at = _find(text, sign)
            if at >= 0:
                operation = self.split(text, sign, at, index, depth)
                if operation is not None:
                    return operation
        return None

    def split(self, text: str, sign: str, at: int, level: int, depth: int) -> Operation | None:
        left_text, right_text = text[:at].strip(), text[at + len(sign) :].strip()
        if sign in _PATHS:
            return self.path(text) if not left_text else None
        if not right_text or (not left_text and sign not in _PREFIX):
            return None
        right = self.operand(right_text, level, depth)
        if sign in _PREFIX:
            return (lambda env: not _boolean(right, env)) if not left_text else None
        left = self.operand(left_text, level, depth)
        make = _MAKERS[sign]
        return lambda env: make(left, right, env)

    def path(self, text: str) -> Operation:
        selectors = self.parse_path(text, self.nesting + 1)

        def pick(env: _Environment) -> Any:
            value = apply(env.budget, env.root, env.current, selectors)
            return _in_quotes(value) if isinstance(value, str) else value

        return pick

    def operand(self, text: str, level: int, depth: int) -> Operand:
        operation = self.build(text, level, depth + 1)
        if operation is not None or not text:
            return operation
        if (text[0], text[-1]) in (("[", "]"), ("{", "}")):
            try:
                return unmarshal(text)
            except Fault:
                return text
        return text


def _is_bracketed(text: str) -> bool:
    """Whether one pair of brackets encloses the whole text."""
    depth, quote = 0, ""
    for index, char in enumerate(text):
        if char in "'\"":
            quote = "" if quote == char else quote or char
        elif not quote:
            depth += (char == "(") - (char == ")")
        if depth == 0:
            return index > 0 and index == len(text) - 1 and char == ")"
    return False


def _in_quotes(text: str) -> str:
    return text if len(text) > 1 and text[0] == text[-1] == "'" else f"'{text}'"


def _find(text: str, sign: str) -> int:
    """Where the operator stands outside quotes and brackets, -1 when nowhere."""
    quote, depth, opening = "", 0, ""
    for index, char in enumerate(text):
        if char in "'\"" and not depth:
            quote = "" if quote == char else quote or char
        elif char in "([" and not quote and opening in ("", char):
            opening, depth = char, depth + 1
        elif char in ")]" and not quote and depth and char == {"(": ")", "[": "]"}[opening]:
            depth -= 1
            opening = opening if depth else ""
        if (
            not quote
            and not depth
            and index + 1 >= len(sign)
            and text[index + 1 - len(sign) : index + 1] == sign
        ):
            return index + 1 - len(sign)
    return -1


def _value(operand: Operand, env: _Environment) -> Any:
    return operand(env) if callable(operand) else operand


def _resolved(operand: Operand, env: _Environment) -> Any:
    value = _value(operand, env)
    if isinstance(value, str):
        known, found = env.named(value)
        return found if known else value
    return value


def _number(operand: Operand, env: _Environment) -> float:
    if operand is None:
        raise Fault("invalid argument. is nil")
    number = parse_float(format_go(_resolved(operand, env)))
    if number is None:
        raise Fault("invalid argument. expected number")
    return number


def _integer(operand: Operand, env: _Environment) -> int:
    number = parse_int(format_go(_resolved(operand, env)))
    if number is None:
        raise Fault("invalid argument. expected integer")
    return number


def _boolean(operand: Operand, env: _Environment) -> bool:
    value = _resolved(operand, env)
    if value is None:
        return False
    text = format_go(value)
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise Fault("invalid argument. expected boolean")


def _text(operand: Operand, env: _Environment) -> str:
    """A text in single quotes; the source of anything else."""
    if operand is None:
        raise Fault("invalid argument. is nil")
    value = _value(operand, env)
    if isinstance(value, str):
        known, found = env.named(value)
        if known:
            return _in_quotes(_unquoted(found)) if isinstance(found, str) else format_go(found)
        is_double = len(value) > 1 and value[0] == value[-1] == '"'
        return f"'{value[1:-1]}'" if is_double else value
    return format_go(value)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _equal(left: Operand, right: Operand, env: _Environment) -> bool:
    try:
        return _number(left, env) == _number(right, env)
    except Fault as fault:
        if fault.code == LIMIT:
            raise
        return _text(left, env) == _text(right, env)


def _matches(left: Operand, right: Operand, env: _Environment) -> bool:
    subject, pattern = (_bare(_text(operand, env)) for operand in (left, right))
    try:
        compiled = compile_pattern(pattern)
    except Fault as fault:
        if fault.code == LIMIT:
            raise
        raise Fault("invalid argument. expected a valid regexp") from None
    return compiled.search(subject, env.budget)


def _bare(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text


def _is_in(left: Operand, right: Operand, env: _Environment) -> bool:
    item: Any = left
    for convert in (_number, _text, _boolean):
        try:
            item = convert(left, env)
            break
        except Fault as fault:
            if fault.code == LIMIT:
                raise
    elements = _elements(_resolved(right, env))
    env.budget.spend(len(elements))
    return any(type(element) is type(item) and element == item for element in elements)


def _elements(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    if isinstance(value, list):
        return value
    raise Fault(
        "invalid argument. is nil" if value is None else "invalid argument. expected array, map, or slice"
    )


def _numeric(apply: Callable[[float, float], Any]) -> Callable[[Operand, Operand, _Environment], Any]:
    return lambda left, right, env: apply(_number(left, env), _number(right, env))


def _or(left: Operand, right: Operand, env: _Environment) -> bool:
    first, second = _boolean(left, env), _boolean(right, env)
    return first or second


def _and(left: Operand, right: Operand, env: _Environment) -> bool:
    first, second = _boolean(left, env), _boolean(right, env)
    return first and second


_MAKERS: Final[dict[str, Callable[[Operand, Operand, _Environment], Any]]] = {
    "||": _or,
    "&&": _and,
    "==": _equal,
    "!=": lambda left, right, env: not _equal(left, right, env),
    "<=": _numeric(lambda a, b: a <= b),
    ">=": _numeric(lambda a, b: a >= b),
    "<": _numeric(lambda a, b: a < b),
    ">": _numeric(lambda a, b: a > b),
    "=~": _matches,
    "+": _numeric(lambda a, b: a + b),
    "-": _numeric(lambda a, b: a - b),
    "**": _numeric(go_pow),
    "*": _numeric(lambda a, b: a * b),
    "/": _numeric(divide),
    "%": lambda left, right, env: modulo(_integer(left, env), _integer(right, env)),
    "not in": lambda left, right, env: not _is_in(left, right, env),
    "in": _is_in,
}
