"""Parses the parts of a JSONPath into selectors. Faults carry the texts of Argo's library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workflows.expr.convert import parse_int
from workflows.expr.errors import Fault, limit_fault
from workflows.expr.jsonpath.scripts import Script, compile_script
from workflows.expr.jsonpath.selectors import (
    All,
    Computed,
    Current,
    Descend,
    Filter,
    Index,
    Key,
    Length,
    Range,
    Root,
    Selector,
    Union,
)
from workflows.expr.jsonpath.tokens import tokenize

_MAX_NESTING: Final = 20

_SIMPLE: Final[dict[str, Selector]] = {
    "$": Root(), "@": Current(), "*": All(), "..": Descend(), "length": Length(),
}  # fmt: skip


def parse(path: str) -> tuple[Selector, ...]:
    """The selectors of a whole path."""
    try:
        return parse_selectors(path, 0)
    except Fault as fault:
        if fault.message.startswith("invalid JSONPath selector"):
            raise
        raise Fault(f"invalid JSONPath selector '{path}' {fault.message}", code=fault.code) from None


def parse_selectors(path: str, nesting: int) -> tuple[Selector, ...]:
    """The same inside a filter, where the path may begin with ``@``."""
    if nesting > _MAX_NESTING:
        raise limit_fault("JSONPath is nested too deeply")
    return tuple(_parse_part(part.strip(), nesting) for part in tokenize(path))


def _malformed(part: str) -> Fault:
    return Fault(f"invalid token. '{part}' does not match any token format")


def _parse_part(part: str, nesting: int) -> Selector:
    if not part:
        raise Fault("invalid token. token string is empty")
    if part in _SIMPLE:
        return _SIMPLE[part]
    if not part.startswith("["):
        return Key(part)
    inner = part[1:-1].strip() if part.endswith("]") else ""
    if not inner:
        raise _malformed(part)
    if inner == "*":
        return All()
    if inner.startswith("?"):
        if not inner.startswith("?(") or not inner.endswith(")"):
            raise _malformed(part)
        return Filter(compile_script(inner[2:-1].strip(), parse_selectors, nesting))
    return _subscript(_Subscript(part, inner).arguments(), part, nesting)


@dataclass(frozen=True, slots=True)
class _Quoted:
    text: str


@dataclass(frozen=True, slots=True)
class _Expression:
    text: str


#: a comma or colon, a number, a quoted key, an expression in brackets, other text, or nothing
_Argument = str | int | _Quoted | _Expression | None


class _Subscript:
    """Reads the inside of brackets character by character."""

    def __init__(self, part: str, inner: str) -> None:
        self.part = part
        self.inner = inner
        self.found: list[_Argument] = []
        self.buffer = ""
        self.quote = ""
        self.depth = 0

    def arguments(self) -> list[_Argument]:
        for index, char in enumerate(self.inner):
            self.buffer += char
            self.take(index, char)
        if self.quote or self.depth:
            raise _malformed(self.part)
        if self.buffer.strip():
            self.found.append(self.plain(self.buffer.strip()))
        return self.found

    def take(self, index: int, char: str) -> None:
        if char in "'\"" and not self.depth and self.quote in ("", char):
            self.quoted(char)
        elif char in "()" and not self.quote:
            self.bracket(char)
        elif self.quote or self.depth:
            return
        elif char == " ":
            self.buffer = self.buffer.strip()
        elif char in ":,":
            self.separator(index, char)

    def quoted(self, char: str) -> None:
        if self.buffer[-2:-1] == "\\":
            self.buffer = self.buffer[:-2] + char
            return
        if not self.quote:
            if self.buffer != char:
                raise _malformed(self.part)
            self.quote = char
            return
        self.quote = ""
        self.found.append(_Quoted(self.buffer[1:-1]))
        self.buffer = ""

    def bracket(self, char: str) -> None:
        self.depth += 1 if char == "(" else -1
        if self.depth:
            return
        if not self.buffer.startswith("(") or len(self.buffer) < 3:
            raise Fault(f"invalid expression. invalid format '{self.buffer}'")
        self.found.append(_Expression(self.buffer[1:-1]))
        self.buffer = ""

    def separator(self, index: int, char: str) -> None:
        before = self.buffer[:-1]
        if before:
            value = self.plain(before)
            if char == ":" and not isinstance(value, int):
                raise _malformed(self.part)
            self.found.append(value)
        elif char == ":" and index == 0:
            self.found.append(None)
        self.found.append(char)
        self.buffer = ""

    @staticmethod
    def plain(text: str) -> _Argument:
        number = parse_int(text)
        return text if number is None else number


def _subscript(arguments: list[_Argument], part: str, nesting: int) -> Selector:
    if len(arguments) == 1:
        return _single(arguments[0], part, nesting)
    colons, commas = arguments.count(":"), arguments.count(",")
    if (colons > 0) is (commas > 0):
        raise _malformed(part)
    if commas:
        values = [argument for argument in arguments if argument != ","]
        if commas >= len(values):
            raise _malformed(part)
        return Union(tuple(_union_argument(value, part, nesting) for value in values))
    return _range(arguments, colons, part, nesting)


def _single(argument: _Argument, part: str, nesting: int) -> Selector:
    if isinstance(argument, _Quoted):
        return Key(argument.text)
    if isinstance(argument, _Expression):
        return Computed(_script(argument, nesting))
    if isinstance(argument, int):
        return Index(argument)
    raise _malformed(part)


def _script(argument: _Expression, nesting: int) -> Script:
    return compile_script(argument.text, parse_selectors, nesting)


def _union_argument(argument: _Argument, part: str, nesting: int) -> str | int | Script:
    if isinstance(argument, _Expression):
        return _script(argument, nesting)
    if isinstance(argument, _Quoted):
        return argument.text
    if isinstance(argument, int):
        return argument
    raise _malformed(part)


def _range(arguments: list[_Argument], colons: int, part: str, nesting: int) -> Selector:
    if colons > 2:
        raise _malformed(part)
    bounds: list[int | Script | None] = []
    after_colon = False
    for argument in arguments:
        if argument == ":":
            if after_colon:
                bounds.append(None)
            after_colon = True
            continue
        bounds.append(_bound(argument, nesting))
        after_colon = False
    bounds += [None] * (3 - len(bounds))
    return Range(bounds[0], bounds[1], bounds[2])


def _bound(argument: _Argument, nesting: int) -> int | Script | None:
    if argument is None or isinstance(argument, int):
        return argument
    if isinstance(argument, _Expression):
        return _script(argument, nesting)
    shown = f"'{argument.text}'" if isinstance(argument, _Quoted) else argument
    raise Fault(f"invalid expression. invalid format '{shown}'")
