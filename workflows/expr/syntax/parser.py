"""Pratt parser for expr-lang 1.17: tokens to a tree.

Source: expr-lang's language definition. Error texts and places are expr-lang's. Recursion is bounded
by `LIMITS.depth`; long chains of operators of one level stay flat on the left and cost no depth.
"""

from __future__ import annotations

from typing import NamedTuple

from workflows.expr.errors import LIMIT, Fault, syntax_fault
from workflows.expr.limits import LIMITS
from workflows.expr.syntax import lexer
from workflows.expr.syntax.lexer import (
    BRACKET,
    BYTES,
    EOF,
    IDENTIFIER,
    NEGATABLE,
    NUMBER,
    OPERATOR,
    STRING,
    Token,
)
from workflows.expr.syntax.nodes import (
    Array,
    Binary,
    Builtin,
    Call,
    Chain,
    Conditional,
    Constant,
    Let,
    Map,
    Member,
    Name,
    Node,
    Pointer,
    Predicate,
    Sequence,
    Slice,
    Unary,
)
from workflows.expr.syntax.numbers import parse_number
from workflows.expr.syntax.stream import TokenStream
from workflows.expr.syntax.tables import (
    BINARY,
    COMPARISONS,
    CONSTANTS,
    FUNCTIONS,
    PREDICATES,
    RIGHT_ASSOCIATIVE,
    UNARY,
)


class _Operator(NamedTuple):
    """A binary operator met in the text; `negation` is the token of the word after ``not``."""

    token: Token
    negation: Token | None


def parse(source: str) -> Node:
    """The tree of an expression. Raises a `Fault` with code ``expression-syntax`` or ``expression-limit``."""
    if len(source) > LIMITS.source:
        raise Fault(
            f"expression of {len(source)} characters exceeds the limit of {LIMITS.source}", code=LIMIT
        )
    return _Parser(source).parse()


class _Parser(TokenStream):
    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.predicates = 0

    # --- expressions ------------------------------------------------------------------------------

    def parse(self) -> Node:
        node = self.sequence()
        if self.current.kind != EOF:
            raise self.unexpected()
        return node

    def sequence(self) -> Node:
        nodes = [self.expression(0)]
        while self.accept(OPERATOR, ";"):
            if self.current.kind == EOF:
                break
            nodes.append(self.expression(0))
        return nodes[0] if len(nodes) == 1 else Sequence(nodes[0].at, nodes)

    def expression(self, precedence: int) -> Node:
        self.count_node()
        self.deeper()
        entered = self.depth
        if precedence == 0 and self.at(OPERATOR, "let"):
            node = self.let()
        elif precedence == 0 and self.at(OPERATOR, "if"):
            node = self.if_else()
        else:
            node = self.operators(self.primary(), precedence)
            if precedence == 0:
                node = self.ternary(node)
        self.depth = entered - 1
        return node

    def operators(self, left: Node, precedence: int) -> Node:
        previous = ""
        while (operator := self.operator(precedence)) is not None:
            token = operator.token
            sign = token.value
            if sign == "|":
                self.deeper()
                left = self.call(self.expect(IDENTIFIER), [left])
            elif previous == "??" and sign != "??":
                problem = f"Operator ({sign}) and coalesce expressions (??) cannot be mixed."
                raise syntax_fault(f"{problem} Wrap either by parentheses.", token.at)
            elif sign in COMPARISONS:
                left = self.comparison(left, token)
            else:
                right = self.expression(BINARY[sign] + (sign not in RIGHT_ASSOCIATIVE))
                left = Binary(token.at, sign, left, right)
                if operator.negation is not None:
                    left = Unary(operator.negation.at, "not", left)
                    self.deeper()
            previous = sign
        return left

    def operator(self, precedence: int) -> _Operator | None:
        """Take the next binary operator if it binds at least as tightly as `precedence`."""
        token = self.current
        if token.kind != OPERATOR:
            return None
        if token.value == "not":
            return self.negated_operator(precedence)
        level = BINARY.get(token.value)
        if level is None or level < precedence:
            return None
        self.next()
        return _Operator(token, None)

    def negated_operator(self, precedence: int) -> _Operator | None:
        following = self.tokens[self.index + 1]
        if following.fault is not None:
            raise following.fault
        if following.kind != OPERATOR or following.value not in NEGATABLE:
            raise syntax_fault(f"unexpected token {following}", following.at)
        if BINARY[following.value] < precedence:
            return None
        self.next()
        self.next()
        return _Operator(following, following)

    def comparison(self, left: Node, token: Token) -> Node:
        """``a < b < c`` means ``a < b && b < c``."""
        level = BINARY[token.value]
        root: Node | None = None
        while True:
            right = self.expression(level + 1)
            compared = Binary(token.at, token.value, left, right)
            root = compared if root is None else Binary(token.at, "&&", root, compared)
            left, token = right, self.current
            if token.kind != OPERATOR or token.value not in COMPARISONS:
                return root
            self.next()

    def ternary(self, node: Node) -> Node:
        while self.accept(OPERATOR, "?"):
            if self.accept(OPERATOR, ":"):
                then = node
            else:
                then = self.expression(0)
                self.expect(OPERATOR, ":")
            otherwise = self.expression(0)
            node = Conditional(self.current.at, node, then, otherwise)
            self.deeper()
        return node

    def let(self) -> Node:
        self.next()
        name = self.expect(IDENTIFIER)
        self.expect(OPERATOR, "=")
        value = self.expression(0)
        self.expect(OPERATOR, ";")
        return Let(name.at, name.value, value, self.sequence())

    def if_else(self) -> Node:
        self.next()
        condition = self.expression(0)
        then = self.block()
        self.expect(OPERATOR, "else")
        if self.at(OPERATOR, "if"):
            self.deeper()
            return Conditional(0, condition, then, self.if_else())
        return Conditional(0, condition, then, self.block())

    def block(self) -> Node:
        self.expect(BRACKET, "{")
        node = self.sequence()
        self.expect(BRACKET, "}")
        return node

    # --- operands ---------------------------------------------------------------------------------

    def primary(self) -> Node:
        token = self.current
        if token.kind == OPERATOR and token.value in UNARY:
            self.next()
            return self.postfix(Unary(token.at, token.value, self.expression(UNARY[token.value])))
        if self.accept(BRACKET, "("):
            node = self.sequence()
            self.expect(BRACKET, ")")
            return self.postfix(node)
        if self.predicates and token.kind == OPERATOR and token.value in ("#", "."):
            return self.postfix(self.pointer(token))
        if self.accept(OPERATOR, "::"):
            return self.postfix(self.call(self.expect(IDENTIFIER), []))
        return self.operand(token)

    def pointer(self, token: Token) -> Node:
        name = ""
        if token.value == "#":
            self.next()
            if self.current.kind == IDENTIFIER:
                name = self.next().value
        return Pointer(token.at, name)

    def operand(self, token: Token) -> Node:
        self.count_node()
        if token.kind == IDENTIFIER:
            self.next()
            if token.value in CONSTANTS:
                return Constant(token.at, CONSTANTS[token.value])
            is_call = self.at(BRACKET, "(")
            return self.postfix(self.call(token, []) if is_call else Name(token.at, token.value))
        if token.kind == NUMBER:
            self.next()
            return Constant(token.at, parse_number(token.value, self.current.at))
        if token.kind in (STRING, BYTES):
            self.next()
            return self.postfix(Constant(token.at, token.value if token.kind == STRING else token.data))
        if self.at(BRACKET, "["):
            return self.postfix(self.array(token))
        if self.at(BRACKET, "{"):
            return self.postfix(self.map(token))
        raise self.unexpected()

    def array(self, token: Token) -> Node:
        self.next()
        return Array(token.at, self.comma_list("]"))

    def comma_list(self, closing: str) -> list[Node]:
        """Expressions up to the closing bracket; a trailing comma is fine."""
        nodes: list[Node] = []
        while not self.at(BRACKET, closing):
            if nodes:
                self.expect(OPERATOR, ",")
                if self.at(BRACKET, closing):
                    break
            nodes.append(self.expression(0))
        self.next()
        return nodes

    def map(self, token: Token) -> Node:
        self.next()
        pairs: list[tuple[Node, Node]] = []
        while not self.at(BRACKET, "}"):
            if pairs:
                self.expect(OPERATOR, ",")
                if self.at(BRACKET, "}"):
                    break
            if pairs and self.at(OPERATOR, ","):
                raise self.unexpected()
            key = self.map_key()
            self.expect(OPERATOR, ":")
            pairs.append((key, self.expression(0)))
        self.next()
        return Map(token.at, pairs)

    def map_key(self) -> Node:
        if self.current.kind in (NUMBER, STRING, IDENTIFIER):
            token = self.next()
            return Constant(token.at, token.value)
        if self.at(BRACKET, "("):
            return self.expression(0)
        raise syntax_fault(
            "a map key must be a quoted string, a number, a identifier, or an expression enclosed in "
            f"parentheses (unexpected token {self.current})",
            self.current.at,
        )

    # --- calls and members ------------------------------------------------------------------------

    def call(self, token: Token, arguments: list[Node]) -> Node:
        """A call of `token`; `arguments` holds the left side of a pipe."""
        self.count_node()
        if token.value in PREDICATES:
            return Builtin(token.at, token.value, self.predicate_arguments(token.value, arguments))
        self.expect(BRACKET, "(")
        given = arguments + self.comma_list(")")
        if token.value in FUNCTIONS:
            return Builtin(token.at, token.value, given)
        return Call(token.at, Name(token.at, token.value), given)

    def predicate_arguments(self, name: str, arguments: list[Node]) -> list[Node]:
        self.expect(BRACKET, "(")
        wanted = PREDICATES[name][len(arguments) :]
        given = list(arguments)
        for index, kind in enumerate(wanted):
            if self.at(BRACKET, ")"):
                if kind.endswith("?"):
                    break
                raise syntax_fault(f"expected at least {len(wanted)} arguments", self.current.at)
            if index:
                self.expect(OPERATOR, ",")
            given.append(self.expression(0) if kind.startswith("expr") else self.predicate())
        self.accept(OPERATOR, ",")
        self.expect(BRACKET, ")")
        return given

    def predicate(self) -> Node:
        start = self.current
        bracketed = self.accept(BRACKET, "{")
        self.predicates += 1
        if bracketed:
            body = self.sequence()
        else:
            body = self.expression(0)
            if self.at(OPERATOR, ";"):
                raise syntax_fault("wrap predicate with brackets { and }", self.current.at)
        self.predicates -= 1
        if bracketed:
            self.expect(BRACKET, "}")
        return Predicate(start.at, body)

    def postfix(self, node: Node) -> Node:
        entered = self.depth
        while True:
            if self.at(OPERATOR, ".") or self.at(OPERATOR, "?."):
                node = self.dotted(node)
            elif self.at(BRACKET, "["):
                node = self.subscript(node, optional=False)
            else:
                self.depth = entered
                return node
            self.count_node()
            self.deeper()

    def dotted(self, node: Node) -> Node:
        optional = self.next().value == "?."
        token = self.current
        if optional and self.at(BRACKET, "["):
            return self.subscript(node, optional=True)
        if token.kind != IDENTIFIER and not (token.kind == OPERATOR and lexer.is_name(token.value)):
            raise syntax_fault("expected name", self.after(token))
        self.next()
        in_chain = isinstance(node, Chain)
        base = node.node if isinstance(node, Chain) else node
        member = Member(token.at, base, Constant(token.at, token.value), optional)
        result: Node = member
        if self.accept(BRACKET, "("):
            member.method = True
            result = Call(token.at, member, self.comma_list(")"))
        return Chain(token.at, result) if in_chain or optional else result

    def after(self, token: Token) -> int:
        """expr-lang reports a bad name at the token after it."""
        if token.kind == EOF:
            raise syntax_fault("unexpected end of expression", token.at)
        self.next()
        return self.current.at

    def subscript(self, node: Node, *, optional: bool) -> Node:
        token = self.next()
        start: Node | None = None
        if not self.at(OPERATOR, ":"):
            start = self.expression(0)
            if not self.at(OPERATOR, ":"):
                self.expect(BRACKET, "]")
                member = Member(token.at, node, start, optional)
                return Chain(token.at, member) if optional else member
        self.next()
        stop = None if self.at(BRACKET, "]") else self.expression(0)
        self.expect(BRACKET, "]")
        return Slice(token.at, node, start, stop)
