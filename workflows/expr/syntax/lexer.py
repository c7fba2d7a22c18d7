"""Splits the text of an expression into tokens, with expr-lang's error texts.

One call reads the whole text; a bad character is kept as the last token's fault and raised when the
parser reaches it, because a syntax error further left is reported first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from workflows.expr.errors import Fault, syntax_fault
from workflows.expr.formatting import quote_go
from workflows.expr.syntax.escapes import EscapeError, unescape, unescape_bytes

IDENTIFIER: Final = "Identifier"
NUMBER: Final = "Number"
STRING: Final = "String"
BYTES: Final = "Bytes"
OPERATOR: Final = "Operator"
BRACKET: Final = "Bracket"
EOF: Final = "EOF"

_WORD_OPERATORS: Final = frozenset(
    {"in", "or", "and", "matches", "contains", "startsWith", "endsWith", "let", "if", "else", "not"}
)
#: what may follow ``not`` to form one operator
NEGATABLE: Final = frozenset({"in", "matches", "contains", "startsWith", "endsWith"})

_SPACE: Final = re.compile(r"\s+")
_WORD: Final = re.compile(r"[\w$]+")
_NUMBER: Final = re.compile(r"(?:0[xX][0-9a-fA-F_]*|0[oO][01234567_]*|0[bB][01_]*|[0-9_]*)")
_SYMBOL: Final = re.compile(r"\?\.|\?\?|\|\||::|##|[&!=*<>][&=*]?|\.\.|[?.|:#,;%+\-^/]")
_BRACKETS: Final = "([{)]}"


@dataclass(frozen=True, slots=True)
class Token:
    """`value` is the text, unescaped for strings; `fault` is set on the token that could not be read."""

    kind: str
    value: str
    at: int
    data: bytes = b""
    fault: Fault | None = None

    def __str__(self) -> str:
        return self.kind if not self.value else f"{self.kind}({quote_go(self.value)})"


def tokenize(source: str) -> list[Token]:
    """All tokens, ended by EOF or by a token that carries a fault."""
    reader = _Reader(source)
    try:
        reader.read_all()
    except Fault as fault:
        reader.tokens.append(Token(EOF, "", fault.position or 0, fault=fault))
    return reader.tokens


def is_name(text: str) -> bool:
    """Whether the text may follow a dot, as ``not`` or ``matches`` may."""
    return bool(text) and _is_letter(text[0]) and _WORD.fullmatch(text) is not None


def _is_letter(char: str) -> bool:
    return char.isalpha() or char in "_$"


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.tokens: list[Token] = []

    def read_all(self) -> None:
        source, length = self.source, len(self.source)
        while self.at < length:
            if match := _SPACE.match(source, self.at):
                self.at = match.end()
                continue
            self.read_token(source[self.at])
        self.tokens.append(Token(EOF, "", max(length - 1, 0)))

    def emit(self, kind: str, end: int) -> None:
        self.tokens.append(Token(kind, self.source[self.at : end], self.at))
        self.at = end

    def fail(self, message: str, at: int) -> Fault:
        return syntax_fault(message, at)

    def read_token(self, char: str) -> None:
        after = self.source[self.at + 1 : self.at + 2]
        if char in "'\"":
            self.read_string(char, self.at + 1)
        elif char == "`":
            self.read_raw_string()
        elif char in "bB" and after and after in "'\"":
            self.read_string(after, self.at + 2)
        elif char in "0123456789" or (char == "." and after and after in "0123456789"):
            self.read_number()
        elif char in _BRACKETS:
            self.emit(BRACKET, self.at + 1)
        elif char == "/" and after and after in "/*":
            self.skip_comment(after)
        elif match := _SYMBOL.match(self.source, self.at):
            self.read_symbol(match.group())
        elif _is_letter(char) or char.isdigit():
            self.read_word()
        else:
            raise self.fail(f"unrecognized character: {_go_character(char)}", self.at)

    def read_symbol(self, symbol: str) -> None:
        self.emit(OPERATOR, self.at + len(symbol))
        if symbol[0] == "#" and (match := _WORD.match(self.source, self.at)):
            self.emit(IDENTIFIER, match.end())

    def read_word(self) -> None:
        match = _WORD.match(self.source, self.at)
        end = match.end() if match else self.at + 1
        word = self.source[self.at : end]
        self.emit(OPERATOR if word in _WORD_OPERATORS else IDENTIFIER, end)

    def read_number(self) -> None:
        source = self.source
        start = self.at
        match = _NUMBER.match(source, start)
        end = match.end() if match else start
        digits = "0123456789abcdefABCDEF_" if source[start : start + 2].lower() == "0x" else "0123456789_"
        if source[end : end + 1] == "." and source[end + 1 : end + 2] != ".":
            end = self.run(end + 1, digits)
            end = self.exponent(end, digits)
        elif source[end : end + 1] != ".":
            end = self.exponent(end, digits)
        following = source[end : end + 1]
        if following and (_is_letter(following) or following.isdigit()):
            raise self.fail(f"bad number syntax: {quote_go(source[start : end + 1])}", end)
        self.emit(NUMBER, end)

    def run(self, at: int, allowed: str) -> int:
        while at < len(self.source) and self.source[at] in allowed:
            at += 1
        return at

    def exponent(self, at: int, digits: str) -> int:
        if self.source[at : at + 1] in ("e", "E"):
            at += 1
            if self.source[at : at + 1] in ("+", "-"):
                at += 1
            at = self.run(at, digits)
        return at

    def read_string(self, quote: str, start: int) -> None:
        end = self.string_end(quote, start)
        body = self.source[start:end].replace("\r\n", "\n").replace("\r", "\n")
        is_bytes = start - self.at == 2
        try:
            value = "" if is_bytes else unescape(body)
            data = unescape_bytes(body) if is_bytes else b""
        except EscapeError as error:
            raise self.fail(str(error), end) from None
        self.tokens.append(Token(BYTES if is_bytes else STRING, value, self.at, data))
        self.at = end + 1

    def string_end(self, quote: str, at: int) -> int:
        """The place of the closing quote."""
        source, length = self.source, len(self.source)
        while True:
            if at >= length or source[at] == "\n":
                raise self.fail("literal not terminated", at)
            if source[at] == quote:
                return at
            at = self.escape_end(quote, at + 1) if source[at] == "\\" else at + 1

    def escape_end(self, quote: str, at: int) -> int:
        """The place after an escape whose letter is at `at`."""
        char = self.source[at : at + 1]
        if char and char in "abfnrtv\\" + quote:
            return at + 1
        if char and char in "01234567":
            return self.escape_digits(at, 8, 3)
        if char == "x":
            return self.escape_digits(at + 1, 16, 2)
        if char == "u" and self.source[at + 1 : at + 2] == "{":
            match = re.compile(r"[0-9a-fA-F]{1,6}\}").match(self.source, at + 2)
            if match is None:
                raise self.fail("invalid char escape", at + 1)
            return match.end()
        if char in ("u", "U"):
            return self.escape_digits(at + 1, 16, 4 if char == "u" else 8)
        raise self.fail("invalid char escape", at)

    def escape_digits(self, at: int, base: int, count: int) -> int:
        allowed = "0123456789abcdefABCDEF" if base == 16 else "01234567"
        for offset in range(count):
            if self.source[at + offset : at + offset + 1] not in tuple(allowed):
                raise self.fail("invalid char escape", at + offset)
        return at + count

    def read_raw_string(self) -> None:
        """Between backticks; two backticks stand for one."""
        at, length = self.at + 1, len(self.source)
        while True:
            at = self.source.find("`", at)
            if at < 0:
                raise self.fail("literal not terminated", length)
            if self.source[at + 1 : at + 2] != "`":
                break
            at += 2
        value = self.source[self.at + 1 : at].replace("``", "`")
        self.tokens.append(Token(STRING, value, self.at))
        self.at = at + 1

    def skip_comment(self, kind: str) -> None:
        if kind == "/":
            end = self.source.find("\n", self.at)
            self.at = len(self.source) if end < 0 else end + 1
            return
        end = self.source.find("*/", self.at + 2)
        if end < 0:
            raise self.fail("unclosed comment", len(self.source))
        self.at = end + 2


def _go_character(char: str) -> str:
    """Go's ``%#U``."""
    code = f"U+{ord(char):04X}"
    return f"{code} '{char}'" if char.isprintable() else code
