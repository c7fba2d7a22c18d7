"""Errors of expressions, conditions and tags, with the place of the fault shown the way expr-lang shows it.

    ExprError            the text is at fault: its syntax, its evaluation, or its appetite
    └── UnresolvedError  a variable is not there (yet); a caller that waits for it may try again

`Fault` is internal: operators raise it without a place, the compiler adds the place.
"""

from __future__ import annotations

from typing import Final, Literal

from workflows.errors import UserError

SYNTAX: Final = "expression-syntax"
EVALUATION: Final = "expression-evaluation"
LIMIT: Final = "expression-limit"

_LONGEST_LINE: Final = 400
_WINDOW: Final = 200
_LONGEST_QUOTE: Final = 1_000

Code = Literal["expression-syntax", "expression-evaluation", "expression-limit"]


class ExprError(UserError):
    """An expression, condition or tag cannot be used.

    `code` is one of the three constants above; `position` counts characters of the source from 0,
    None when the fault has no single place; `detail` is the message without place and snippet.
    """

    def __init__(
        self, message: str, *, code: Code = EVALUATION, position: int | None = None, detail: str | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.code: Code = code
        self.position = position
        self.detail = message if detail is None else detail


class UnresolvedError(ExprError):
    """A tag or name that must resolve is not in the scope; `name` is that variable."""

    def __init__(self, message: str, *, name: str) -> None:
        super().__init__(message, code=EVALUATION)
        self.name = name


class Fault(Exception):
    """What went wrong, before anyone knows where."""

    def __init__(self, message: str, *, code: Code = EVALUATION, position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.position = position

    def locate(self, position: int) -> None:
        """Set the place unless an inner node already did."""
        if self.position is None:
            self.position = position


def limit_fault(what: str) -> Fault:
    return Fault(what, code=LIMIT)


def syntax_fault(message: str, position: int) -> Fault:
    return Fault(message, code=SYNTAX, position=position)


def bind(fault: Fault, source: str, *, prefix: str = "") -> ExprError:
    """Turn a fault into an error whose text has line, column and a pointer into `source`."""
    if fault.position is None:
        return ExprError(prefix + fault.message, code=fault.code, detail=fault.message)
    message = prefix + fault.message + snippet(source, fault.position)
    return ExprError(message, code=fault.code, position=fault.position, detail=fault.message)


def snippet(source: str, position: int) -> str:
    """`` (line:column)`` and the line with a caret under the place; empty when the line is."""
    before = source[:position]
    start = before.rfind("\n") + 1
    end = source.find("\n", start)
    line = source[start:] if end < 0 else source[start:end]
    if not line:
        return ""
    column = len(before) - start
    row = before.count("\n") + 1
    first = max(column - _WINDOW, 0) if len(line) > _LONGEST_LINE else 0
    shown = line[first : first + _LONGEST_LINE].replace("\t", " ")
    return f" ({row}:{column + 1})\n | {shown}\n | {'.' * (column - first)}^"


def shortened(text: str) -> str:
    """A text that is quoted in a message, cut where it gets too long for one."""
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
