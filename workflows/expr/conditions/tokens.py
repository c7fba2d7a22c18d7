"""Splits a condition into tokens and checks which may follow which.

Source: govaluate's lexer. Quotes of either kind end a text; a text that reads as a date is a date; a
run of signs is one token, so ``a==-1`` is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from workflows.expr.convert import parse_float
from workflows.expr.errors import Fault, syntax_fault
from workflows.expr.formatting import format_go
from workflows.expr.gotext import SPACES
from workflows.expr.gotime import Time
from workflows.expr.regex import Pattern
from workflows.expr.timelayout import ANSIC, KITCHEN, RFC3339, RFC3339_NANO, RUBY_DATE, UNIX_DATE
from workflows.expr.timeparse import parse_time

UNKNOWN: Final = "UNKNOWN"
PREFIX: Final = "PREFIX"
NUMERIC: Final = "NUMERIC"
BOOLEAN: Final = "BOOLEAN"
STRING: Final = "STRING"
PATTERN: Final = "PATTERN"
TIME: Final = "TIME"
VARIABLE: Final = "VARIABLE"
ACCESSOR: Final = "ACCESSOR"
SEPARATOR: Final = "SEPARATOR"
COMPARATOR: Final = "COMPARATOR"
LOGICALOP: Final = "LOGICALOP"
MODIFIER: Final = "MODIFIER"
CLAUSE: Final = "CLAUSE"
CLAUSE_CLOSE: Final = "CLAUSE_CLOSE"
TERNARY: Final = "TERNARY"

PREFIXES: Final = frozenset({"-", "!", "~"})
SIGNS: Final[dict[str, str]] = {
    **dict.fromkeys(("+", "-", "*", "/", "%", "**", "&", "|", "^", ">>", "<<"), MODIFIER),
    **dict.fromkeys(("&&", "||"), LOGICALOP),
    **dict.fromkeys(("==", "!=", ">", ">=", "<", "<=", "=~", "!~", "in"), COMPARATOR),
    **dict.fromkeys(("?", ":", "??"), TERNARY),
}

_AFTER_VALUE: Final = frozenset({MODIFIER, COMPARATOR, LOGICALOP, CLAUSE_CLOSE, SEPARATOR})
_OPERAND: Final = frozenset({PREFIX, NUMERIC, BOOLEAN, VARIABLE, ACCESSOR, STRING, CLAUSE})
#: token kind to the kinds that may come next
FOLLOWERS: Final[dict[str, frozenset[str]]] = {
    UNKNOWN: _OPERAND | {PATTERN, TIME},
    CLAUSE: _OPERAND | {PATTERN, TIME, CLAUSE_CLOSE},
    CLAUSE_CLOSE: _AFTER_VALUE | {NUMERIC, BOOLEAN, VARIABLE, STRING, PATTERN, TIME, CLAUSE, TERNARY},
    NUMERIC: _AFTER_VALUE | {TERNARY},
    BOOLEAN: _AFTER_VALUE | {TERNARY},
    STRING: _AFTER_VALUE | {TERNARY},
    TIME: _AFTER_VALUE,
    PATTERN: _AFTER_VALUE,
    VARIABLE: _AFTER_VALUE | {TERNARY},
    ACCESSOR: _AFTER_VALUE | {TERNARY, CLAUSE},
    MODIFIER: _OPERAND | {CLAUSE_CLOSE},
    COMPARATOR: _OPERAND | {TIME, CLAUSE_CLOSE, PATTERN},
    LOGICALOP: _OPERAND | {TIME, CLAUSE_CLOSE},
    PREFIX: frozenset({NUMERIC, BOOLEAN, VARIABLE, ACCESSOR, CLAUSE, CLAUSE_CLOSE}),
    TERNARY: _OPERAND | {TIME, SEPARATOR},
    SEPARATOR: _OPERAND | {TIME},
}
_MAY_END: Final = frozenset({CLAUSE_CLOSE, NUMERIC, BOOLEAN, STRING, TIME, PATTERN, VARIABLE, ACCESSOR})

_TIME_LAYOUTS: Final = (
    ANSIC, UNIX_DATE, RUBY_DATE, KITCHEN, RFC3339, RFC3339_NANO,
    "2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02 15:04:05-07:00",
    "2006-01-02T15Z0700", "2006-01-02T15:04Z0700", "2006-01-02T15:04:05Z0700",
    "2006-01-02T15:04:05.999999999Z0700",
)  # fmt: skip
#: no layout matches a longer text
_LONGEST_TIME: Final = 64


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    value: Any
    at: int

    def __str__(self) -> str:
        return f"{self.kind} [{_shown(self.value)}]"


def _shown(value: Any) -> str:
    if isinstance(value, Pattern):
        return value.source
    return format_go(value)


def tokenize(source: str) -> list[Token]:
    """All tokens, with balanced brackets."""
    lexer = _Lexer(source)
    tokens: list[Token] = []
    state = UNKNOWN
    while (token := lexer.read(state)) is not None:
        tokens.append(token)
        state = token.kind
    check_balance(tokens)
    return tokens


def check_balance(tokens: list[Token]) -> None:
    if sum(token.kind == CLAUSE for token in tokens) != sum(token.kind == CLAUSE_CLOSE for token in tokens):
        raise syntax_fault("Unbalanced parenthesis", tokens[0].at)


def check_order(tokens: list[Token]) -> None:
    """Refuse tokens that may not follow each other."""
    previous = Token(UNKNOWN, None, 0)
    for token in tokens:
        if token.kind not in FOLLOWERS[previous.kind]:
            if previous.kind == VARIABLE and token.kind == CLAUSE:
                raise syntax_fault(f"Undefined function {previous.value}", previous.at)
            raise syntax_fault(f"Cannot transition token types from {previous} to {token}", token.at)
        previous = token
    if previous.kind not in _MAY_END:
        raise syntax_fault("Unexpected end of expression", previous.at)


def _is_digit(char: str) -> bool:
    return char.isdecimal()


def _is_numeric(char: str) -> bool:
    return char.isdecimal() or char == "."


def _is_hex_digit(char: str) -> bool:
    return char.isdecimal() or char.lower() in "abcdef"


def _is_name(char: str) -> bool:
    return char.isalpha() or char.isdecimal() or char in "_."


def _is_sign(char: str) -> bool:
    return not (char.isdecimal() or char.isalpha() or char in "()[]'\"")


class _Lexer:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0

    def read(self, state: str) -> Token | None:
        """The next token, None at the end; `state` is the kind before it."""
        while self.at < len(self.source) and self.source[self.at] in SPACES:
            self.at += 1
        if self.at >= len(self.source):
            return None
        start, char = self.at, self.source[self.at]
        if _is_numeric(char):
            return Token(NUMERIC, self.number(), start)
        if char.isalpha():
            return self.word(start)
        if char in "'\"":
            return self.text(start)
        if char == "[":
            return Token(VARIABLE, self.enclosed(lambda c: c != "]", "Unclosed parameter bracket"), start)
        if char in "(),":
            self.at += 1
            kind = {"(": CLAUSE, ")": CLAUSE_CLOSE, ",": SEPARATOR}[char]
            return Token(kind, "," if char == "," else ord(char), start)
        return self.sign(start, state)

    def run(self, accepts: Callable[[str], bool], *, keep_blanks: bool = False) -> tuple[str, bool]:
        """The characters up to the first that is not accepted; whether there was one. A backslash escapes."""
        found: list[str] = []
        while self.at < len(self.source):
            char = self.source[self.at]
            self.at += 1
            if char == "\\":
                if self.at >= len(self.source):
                    raise syntax_fault("Unexpected end of expression", self.at - 1)
                found.append(self.source[self.at])
                self.at += 1
            elif char in SPACES and not keep_blanks:
                if found:
                    return "".join(found), True
            elif accepts(char):
                found.append(char)
            else:
                self.at -= 1
                return "".join(found), True
        return "".join(found), False

    def enclosed(self, accepts: Callable[[str], bool], problem: str) -> str:
        start = self.at
        self.at += 1
        text, completed = self.run(accepts, keep_blanks=True)
        if not completed:
            raise syntax_fault(problem, start)
        self.at += 1
        return text

    def number(self) -> float:
        start = self.at
        if self.source.startswith("0x", start) and len(self.source) > start + 2:
            self.at += 2
            digits, _ = self.run(_is_hex_digit)
            if not digits or len(digits.lstrip("0")) > 16 or not digits.isascii():
                raise syntax_fault(f"Unable to parse hex value '{digits}' to uint64\n", start)
            return float(int(digits, 16))
        digits, _ = self.run(_is_numeric)
        value = parse_float(digits)
        if value is None:
            raise syntax_fault(f"Unable to parse numeric value '{digits}' to float64\n", start)
        return value

    def word(self, start: int) -> Token:
        word, _ = self.run(_is_name)
        if word.find(".") > 0:
            return self.accessor(word, start)
        if word in ("true", "false"):
            return Token(BOOLEAN, word == "true", start)
        if word in ("in", "IN"):
            return Token(COMPARATOR, "in", start)
        return Token(VARIABLE, word, start)

    def accessor(self, word: str, start: int) -> Token:
        if word.endswith("."):
            raise syntax_fault(f"Hanging accessor on token '{word}'", start)
        parts = word.split(".")
        for part in parts[1:]:
            if part[:1].upper() != part[:1]:
                raise syntax_fault(f"Unable to access unexported field '{part}' in token '{word}'", start)
        return Token(ACCESSOR, parts, start)

    def text(self, start: int) -> Token:
        value = self.enclosed(lambda char: char not in "'\"", "Unclosed string literal")
        moment = _as_time(value)
        return Token(STRING, value, start) if moment is None else Token(TIME, moment, start)

    def sign(self, start: int, state: str) -> Token:
        sign, _ = self.run(_is_sign)
        if sign in PREFIXES and PREFIX in FOLLOWERS[state]:
            return Token(PREFIX, sign, start)
        if sign not in SIGNS:
            raise syntax_fault(f"Invalid token: '{sign}'", start)
        return Token(SIGNS[sign], sign, start)


def _as_time(text: str) -> Time | None:
    """The date that a quoted text names, read in UTC."""
    if not 6 <= len(text) <= _LONGEST_TIME or not any(map(_is_digit, text)):
        return None
    for layout in _TIME_LAYOUTS:
        try:
            return parse_time(layout, text)
        except Fault:
            continue
    return None
