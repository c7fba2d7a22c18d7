"""A reader of tokens with one token in view, and the limits of nodes and depth."""

from __future__ import annotations

from workflows.expr.errors import LIMIT, Fault, syntax_fault
from workflows.expr.limits import LIMITS
from workflows.expr.syntax import lexer
from workflows.expr.syntax.lexer import EOF, Token


class TokenStream:
    """The tokens of one source and what reading them has cost so far."""

    def __init__(self, source: str) -> None:
        self.tokens = lexer.tokenize(source)
        self.index = 0
        self.depth = 0
        self.nodes = 0
        self.current = self.tokens[0]
        self.raise_lexer_fault()

    def raise_lexer_fault(self) -> None:
        if self.current.fault is not None:
            raise self.current.fault

    def next(self) -> Token:
        """Move on; gives the token that was current."""
        token = self.current
        if token.kind == EOF:
            raise syntax_fault("unexpected end of expression", token.at)
        self.index += 1
        self.current = self.tokens[self.index]
        self.raise_lexer_fault()
        return token

    def at(self, kind: str, value: str) -> bool:
        return self.current.kind == kind and self.current.value == value

    def accept(self, kind: str, value: str) -> bool:
        if self.at(kind, value):
            self.next()
            return True
        return False

    def expect(self, kind: str, value: str | None = None) -> Token:
        if self.current.kind == kind and (value is None or self.current.value == value):
            return self.next()
        raise self.unexpected()

    def unexpected(self) -> Fault:
        return syntax_fault(f"unexpected token {self.current}", self.current.at)

    def count_node(self) -> None:
        self.nodes += 1
        if self.nodes > LIMITS.nodes:
            raise Fault(
                "compilation failed: expression exceeds maximum allowed nodes",
                code=LIMIT,
                position=self.current.at,
            )

    def deeper(self, levels: int = 1) -> None:
        self.depth += levels
        if self.depth > LIMITS.depth:
            raise Fault("expression is nested too deeply", code=LIMIT, position=self.current.at)
