"""Static checks of an expression: types that cannot fit, unknown names, wrong numbers of arguments.

Source: expr-lang's checker, whose texts and places it repeats. What cannot be known before running is
left to the operators. Arguments of library functions (``sprig.x``) are not looked at, as there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from workflows.expr import builtin_types
from workflows.expr.builtin_types import BOOLEAN_CLOSURES, closure_pointers, closure_result
from workflows.expr.errors import Fault
from workflows.expr.methods import METHODS
from workflows.expr.natures import (
    BOOL,
    BYTES,
    FLOAT,
    INT,
    LIST,
    MAP,
    NIL,
    STRING,
    UNKNOWN,
    Nature,
    function,
    list_of,
)
from workflows.expr.operator_types import either, operation
from workflows.expr.regex import compile_pattern
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
from workflows.expr.syntax.tables import FUNCTIONS, PREDICATES

_CONSTANTS: Final[dict[type, Nature]] = {
    type(None): NIL, bool: BOOL, int: INT, float: FLOAT, str: STRING, bytes: BYTES,
}  # fmt: skip

_ENVIRONMENT: Final[dict[str, Nature]] = {
    "asInt": function("any", "interface {}"),
    "asFloat": function("any", "interface {}"),
    "toJson": function("any", "string"),
    "jsonpath": function("string, string", "interface {}"),
    "sprig": MAP,
}


def check(tree: Node, roots: Mapping[str, Nature] | None = None) -> Nature:
    """The nature of the result. Raises a located `Fault` for the first mistake.

    `roots` are the natures of the first names of the scope; None stands for a scope where every name
    exists and nothing is known of it.
    """
    return _Checker(roots).visit(tree)


class _Checker:
    def __init__(self, roots: Mapping[str, Nature] | None) -> None:
        self.roots = roots
        self.variables: list[tuple[str, Nature]] = []
        #: the lists that enclosing closures run over, with the pointers they may use
        self.collections: list[tuple[Nature, dict[str, Nature]]] = []

    def visit(self, node: Node) -> Nature:
        return _VISITORS[type(node)](self, node)

    # --- names ------------------------------------------------------------------------------------

    def name(self, node: Name) -> Nature:
        for known, nature in reversed(self.variables):
            if known == node.name:
                return nature
        if node.name == "$env":
            return UNKNOWN
        return self.root(node.name, node.at, strict=True)

    def root(self, name: str, at: int, *, strict: bool) -> Nature:
        """A name of the environment; built-in functions may be named, too."""
        if name in _ENVIRONMENT:
            return _ENVIRONMENT[name]
        if self.roots is None:
            return UNKNOWN
        nature = self.roots.get(name)
        if nature is not None:
            return nature
        if strict and name not in FUNCTIONS and name not in PREDICATES:
            raise Fault(f"unknown name {name}", position=at)
        return UNKNOWN

    def let(self, node: Let) -> Nature:
        self.refuse_redeclaration(node)
        self.variables.append((node.name, self.visit(node.value)))
        result = self.visit(node.body)
        self.variables.pop()
        return result

    def refuse_redeclaration(self, node: Let) -> None:
        what = ""
        if node.name in _ENVIRONMENT or (self.roots is not None and node.name in self.roots):
            what = " "
        elif node.name in FUNCTIONS or node.name in PREDICATES:
            what = " builtin "
        elif any(known == node.name for known, _ in self.variables):
            what = " variable "
        if what:
            raise Fault(f"cannot redeclare{what}{node.name}", position=node.at)

    def pointer(self, node: Pointer) -> Nature:
        collection, pointers = self.collections[-1]
        if node.name:
            if node.name not in pointers:
                raise Fault(f"unknown pointer #{node.name}", position=node.at)
            return pointers[node.name]
        return UNKNOWN if collection.is_unknown else collection.element

    # --- members ----------------------------------------------------------------------------------

    def member(self, node: Member) -> Nature:
        key = node.key.value if isinstance(node.key, Constant) and type(node.key.value) is str else None
        if isinstance(node.base, Name) and node.base.name == "$env":
            return UNKNOWN if key is None else self.env_member(node, key)
        base, wanted = self.visit(node.base), self.visit(node.key)
        if base.is_unknown:
            return UNKNOWN
        if key is not None:
            if base.is_nil:
                raise Fault(f"type nil has no field {key}", position=node.at)
            method = METHODS.get(base.type or "", {}).get(key)
            if method is not None:
                return function(method.parameters, method.result)
        if base.is_map:
            if not wanted.fits(base.key) and not wanted.is_unknown and not base.key.is_unknown:
                raise Fault(f"cannot use {wanted} to get an element from {base}", position=node.key.at)
            return base.element
        if base.is_list:
            if not wanted.is_integer and not wanted.is_unknown:
                problem = f"array elements can only be selected using an integer (got {wanted})"
                raise Fault(problem, position=node.key.at)
            return base.element
        raise Fault(_no_member(base, key, wanted, is_method=node.method), position=node.at)

    def env_member(self, node: Member, key: str) -> Nature:
        if self.roots is not None and key not in self.roots and key not in _ENVIRONMENT and not node.optional:
            raise Fault(f"unknown name {key}", position=node.at)
        return self.root(key, node.at, strict=False)

    def slice(self, node: Slice) -> Nature:
        base = self.visit(node.base)
        if base.is_unknown:
            return UNKNOWN
        if base.kind not in ("string", "slice"):
            raise Fault(f"cannot slice {base}", position=node.at)
        for bound in (node.start, node.stop):
            if bound is not None:
                nature = self.visit(bound)
                if not nature.is_integer and not nature.is_unknown:
                    raise Fault(f"non-integer slice index {nature}", position=bound.at)
        return base

    # --- operators --------------------------------------------------------------------------------

    def unary(self, node: Unary) -> Nature:
        operand = self.visit(node.operand)
        if node.operator in ("!", "not"):
            if operand.type == "bool" or operand.is_unknown:
                return BOOL
        elif operand.is_number or operand.is_unknown:
            return operand
        raise Fault(f"invalid operation: {node.operator} (mismatched type {operand})", position=node.at)

    def binary(self, node: Binary) -> Nature:
        """Down the left spine first, so that long chains need no recursion."""
        spine: list[Binary] = []
        left: Node = node
        while isinstance(left, Binary):
            spine.append(left)
            left = left.left
        nature = self.visit(left)
        for binary in reversed(spine):
            nature = self.operate(binary, nature, self.visit(binary.right))
        return nature

    def operate(self, node: Binary, left: Nature, right: Nature) -> Nature:
        if node.operator in ("==", "!="):
            result = BOOL if left.is_comparable_to(right) else None
        elif node.operator == "in":
            result = self.contained(node, left, right)
        elif node.operator == "??":
            if left.is_nil or right.is_nil:
                return either(left, right)
            return left if right.fits(left) else UNKNOWN
        else:
            _check_constants(node)
            result = operation(node.operator, left, right)
        if result is None:
            problem = f"invalid operation: {node.operator} (mismatched types {left} and {right})"
            raise Fault(problem, position=node.at)
        return result

    def contained(self, node: Binary, left: Nature, right: Nature) -> Nature | None:
        if right.is_map:
            if not left.is_unknown and not left.fits(right.key) and not right.key.is_unknown:
                raise Fault(f"cannot use {left} as type {right.key} in map key", position=node.at)
            return BOOL
        if right.is_list:
            if not left.is_comparable_to(right.element):
                raise Fault(f"cannot use {left} as type {right.element} in array", position=node.at)
            return BOOL
        if right.is_unknown or (left.is_unknown and right.type == "string"):
            return BOOL
        return None

    # --- structure --------------------------------------------------------------------------------

    def sequence(self, node: Sequence) -> Nature:
        return [self.visit(part) for part in node.nodes][-1]

    def conditional(self, node: Conditional) -> Nature:
        condition = self.visit(node.condition)
        if condition.type != "bool" and not condition.is_unknown:
            shown = f"non-bool expression (type {condition}) used as condition"
            raise Fault(shown, position=node.condition.at)
        then, otherwise = self.visit(node.then), self.visit(node.otherwise)
        if then.is_nil or otherwise.is_nil:
            return either(then, otherwise)
        if not then.fits(otherwise):
            return UNKNOWN
        if then.is_list and otherwise.is_list and then.element != otherwise.element:
            return LIST
        return then

    def array(self, node: Array) -> Nature:
        items = [self.visit(item) for item in node.items]
        if self.roots is None and any(item.is_unknown for item in items):
            return list_of(UNKNOWN)
        same = all(item.kind == items[0].kind for item in items)
        return list_of(items[-1] if items else UNKNOWN) if same else LIST

    def map(self, node: Map) -> Nature:
        for key, value in node.pairs:
            self.visit(key)
            self.visit(value)
        return MAP

    # --- calls ------------------------------------------------------------------------------------

    def call(self, node: Call) -> Nature:
        if isinstance(node.callee, Name) and node.callee.name == "$env":
            raise Fault("map[string]interface {} is not callable", position=node.at)
        callee = self.visit(node.callee)
        if callee.is_unknown:
            return UNKNOWN
        name = _callee_name(node.callee)
        if callee.is_nil:
            raise Fault(f"{name} is nil; cannot call nil as function", position=node.at)
        if callee.signature is None:
            raise Fault(f"{callee} is not callable", position=node.at)
        found = builtin_types.match(self.visit, name, callee.signature, node.arguments, node.at)
        if isinstance(found, Fault):
            raise found
        return found

    def builtin(self, node: Builtin) -> Nature:
        if node.name in PREDICATES:
            return self.closure_call(node)
        if node.name == "get":
            return self.get(node)
        return builtin_types.check_call(self.visit, node)

    def get(self, node: Builtin) -> Nature:
        if len(node.arguments) != 2:
            problem = f"invalid number of arguments (expected 2, got {len(node.arguments)})"
            raise Fault(problem, position=node.at)
        first, second = node.arguments
        base, key = self.visit(first), self.visit(second)
        if base.is_unknown:
            return UNKNOWN
        if base.is_list:
            if not key.is_integer and not key.is_unknown:
                raise Fault(f"non-integer slice index {key}", position=second.at)
            return base.element
        if base.is_map:
            if not key.fits(base.key) and not key.is_unknown and not base.key.is_unknown:
                raise Fault(f"cannot use {key} to get an element from {base}", position=second.at)
            return base.element
        raise Fault(f"type {base} does not support indexing", position=first.at)

    def closure_call(self, node: Builtin) -> Nature:
        collection = self.visit(node.arguments[0])
        if not collection.is_list and not collection.is_unknown:
            problem = f"builtin {node.name} takes only array (got {collection})"
            raise Fault(problem, position=node.arguments[0].at)
        if len(node.arguments) == 1:
            return INT if node.name == "count" else UNKNOWN if collection.is_unknown else collection.element
        self.collections.append((collection, closure_pointers(node.name)))
        body = self.visit(node.arguments[1])
        self.collections.pop()
        self.check_closure(node, body)
        return closure_result(node.name, collection, body)

    def check_closure(self, node: Builtin, body: Nature) -> None:
        at = node.arguments[1].at
        if node.name == "sortBy" and len(node.arguments) == 3:
            order = self.visit(node.arguments[2])
            if order.type != "string" and not order.is_unknown:
                problem = f"sortBy order argument must be a string (got {order})"
                raise Fault(problem, position=node.arguments[2].at)
        if node.name == "reduce" and len(node.arguments) == 3:
            self.visit(node.arguments[2])
        if body.is_nil:
            inputs = "two input" if node.name == "reduce" else "one input"
            raise Fault(f"predicate should has {inputs} and one output param", position=at)
        if node.name in BOOLEAN_CLOSURES and body.type != "bool" and not body.is_unknown:
            raise Fault(f"predicate should return boolean (got {body})", position=at)


def _no_member(base: Nature, key: str | None, wanted: Nature, *, is_method: bool) -> str:
    shown = str(base).removeprefix("*")
    if key is None:
        return f"type {shown}[{wanted}] is undefined"
    return f"type {shown} has no {'method' if is_method else 'field'} {key}"


def _check_constants(node: Binary) -> None:
    """What expr-lang finds while it folds constants."""
    if not isinstance(node.right, Constant):
        return
    try:
        if node.operator == "matches" and type(node.right.value) is str:
            compile_pattern(node.right.value)
    except Fault as fault:
        fault.locate(node.at)
        raise
    is_integer_left = isinstance(node.left, Constant) and type(node.left.value) is int
    if node.operator == "%" and is_integer_left and type(node.right.value) is int and node.right.value == 0:
        raise Fault("integer divide by zero", position=node.at)


def _callee_name(node: Node) -> str:
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Member) and isinstance(node.key, Constant) and type(node.key.value) is str:
        return node.key.value
    return "function"


_VISITORS: Final[dict[type[Node], Callable[[_Checker, Any], Nature]]] = {
    Constant: lambda checker, node: _CONSTANTS[type(node.value)],
    Name: _Checker.name,
    Member: _Checker.member,
    Chain: lambda checker, node: checker.visit(node.node),
    Slice: _Checker.slice,
    Unary: _Checker.unary,
    Binary: _Checker.binary,
    Let: _Checker.let,
    Sequence: _Checker.sequence,
    Conditional: _Checker.conditional,
    Array: _Checker.array,
    Map: _Checker.map,
    Pointer: _Checker.pointer,
    Predicate: lambda checker, node: checker.visit(node.body),
    Builtin: _Checker.builtin,
    Call: _Checker.call,
}
