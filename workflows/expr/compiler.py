"""Turns the tree of an expression into Python closures, one per node.

A closure takes the `Run` and gives the value; faults leave with the place of their node. Operators of
one left spine run in one loop, so a thousand ``&&`` need no thousand frames. Closures over lists are
in `predicates`, functions in `functions`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workflows.expr import operators
from workflows.expr.calls import call_value
from workflows.expr.errors import Fault, limit_fault
from workflows.expr.functions import ARITIES, BUILTINS, ENVIRONMENT
from workflows.expr.operator_steps import Step, make_step
from workflows.expr.paths import BROKEN, constant_path, fetch_at, path_closure
from workflows.expr.predicates import PREDICATE_COMPILERS
from workflows.expr.run import Closure, Run
from workflows.expr.scope import MISSING
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
from workflows.expr.syntax.walk import walk
from workflows.expr.values import is_nil, type_name


class Compiler:
    """Compiles one tree; `variables` counts the slots its ``let`` declarations need."""

    def __init__(self) -> None:
        self.variables = 0
        self.visible: list[tuple[str, int]] = []

    def compile(self, node: Node) -> Closure:
        return _COMPILERS[type(node)](self, node)

    def slot(self, name: str) -> int | None:
        """The variable slot that `name` stands for here, None when it is no ``let`` variable."""
        return next((slot for known, slot in reversed(self.visible) if known == name), None)

    def is_variable(self, name: str) -> bool:
        return self.slot(name) is not None


def _constant(_: Compiler, node: Constant) -> Closure:
    return _constantly(node.value)


# --- names and members ----------------------------------------------------------------------------


def _name(compiler: Compiler, node: Name) -> Closure:
    slot = compiler.slot(node.name)
    if slot is not None:
        return lambda run: run.variables[slot]
    if node.name == "$env":
        return lambda run: {**run.map_below(""), **ENVIRONMENT}
    if node.name in ENVIRONMENT:
        function = ENVIRONMENT[node.name]
        return lambda run: function
    name = node.name

    def load(run: Run) -> Any:
        value = run.load(name)
        return None if value is MISSING else value

    return load


def _member(compiler: Compiler, node: Member) -> Closure:
    path = constant_path(node, compiler.is_variable)
    return _dynamic_member(compiler, node) if path is None else path_closure(path)


def _dynamic_member(compiler: Compiler, node: Member) -> Closure:
    base, key = compiler.compile(node.base), compiler.compile(node.key)
    optional, at = node.optional, node.at

    def load(run: Run) -> Any:
        value = base(run)
        if value is BROKEN or (optional and is_nil(value)):
            return BROKEN
        return fetch_at(run, value, key(run), at)

    return load


def _chain(compiler: Compiler, node: Chain) -> Closure:
    inner = compiler.compile(node.node)

    def load(run: Run) -> Any:
        value = inner(run)
        return None if value is BROKEN or is_nil(value) else value

    return load


def _slice(compiler: Compiler, node: Slice) -> Closure:
    base = compiler.compile(node.base)
    start = compiler.compile(node.start) if node.start is not None else (lambda run: 0)
    stop = compiler.compile(node.stop) if node.stop is not None else None
    at = node.at

    def cut(run: Run) -> Any:
        value = base(run)
        try:
            end = stop(run) if stop is not None else _go_length(value)
            part = operators.slice_value(value, start(run), end)
        except Fault as fault:
            fault.locate(at)
            raise
        run.allocate(len(part))
        return part

    return cut


def _go_length(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8", "replace"))
    if isinstance(value, list | dict | bytes):
        return len(value)
    raise Fault(f"invalid argument for len (type {type_name(value)})")


# --- operators ------------------------------------------------------------------------------------


def _unary(compiler: Compiler, node: Unary) -> Closure:
    operand, at = compiler.compile(node.operand), node.at
    if node.operator == "+":
        return operand
    apply = operators.negate if node.operator == "-" else (lambda value: not operators.as_bool(value))

    def run_unary(run: Run) -> Any:
        value = operand(run)
        try:
            return apply(value)
        except Fault as fault:
            fault.locate(at)
            raise

    return run_unary


def _binary(compiler: Compiler, node: Binary) -> Closure:
    """Follow the left spine down and compile it as a start and a list of steps."""
    spine: list[Binary] = []
    left: Node = node
    while isinstance(left, Binary):
        spine.append(left)
        left = left.left
    start, steps = _folded(compiler, left, spine)
    if not steps:
        return start
    if len(steps) == 1:
        only = steps[0]
        return lambda run: only(run, start(run))

    def run_steps(run: Run) -> Any:
        value = start(run)
        for step in steps:
            value = step(run, value)
        return value

    return run_steps


def _folded(compiler: Compiler, left: Node, spine: list[Binary]) -> tuple[Closure, list[Step]]:
    """The start and the steps, without ``&&`` and ``||`` whose result a constant decides, as in expr-lang."""
    start = compiler.compile(left)
    known = left.value if isinstance(left, Constant) else None
    steps: list[Step] = []
    for node in reversed(spine):
        decisive = _DECISIVE.get(node.operator)
        constant = node.right.value if isinstance(node.right, Constant) else None
        if decisive is None or (type(known) is not bool and type(constant) is not bool):
            steps.append(make_step(node, compiler.compile(node.right)))
            known = None
        elif known is decisive or constant is decisive:
            start, steps, known = _constantly(decisive), [], decisive
        elif type(known) is bool:
            start, steps, known = compiler.compile(node.right), [], constant
    return start, steps


#: the value of one side that decides the result
_DECISIVE: Final = {"&&": False, "and": False, "||": True, "or": True}


def _constantly(value: Any) -> Closure:
    return lambda run: value


# --- structure ------------------------------------------------------------------------------------


def _let(compiler: Compiler, node: Let) -> Closure:
    value = compiler.compile(node.value)
    slot = compiler.variables
    compiler.variables += 1
    compiler.visible.append((node.name, slot))
    body = compiler.compile(node.body)
    compiler.visible.pop()

    def bind(run: Run) -> Any:
        run.variables[slot] = value(run)
        return body(run)

    return bind


def _sequence(compiler: Compiler, node: Sequence) -> Closure:
    *before, last = [compiler.compile(part) for part in node.nodes]

    def run_all(run: Run) -> Any:
        for part in before:
            part(run)
        return last(run)

    return run_all


def _conditional(compiler: Compiler, node: Conditional) -> Closure:
    condition, then = compiler.compile(node.condition), compiler.compile(node.then)
    otherwise, at = compiler.compile(node.otherwise), node.at

    def choose(run: Run) -> Any:
        value = condition(run)
        if value is True:
            return then(run)
        if value is False:
            return otherwise(run)
        raise Fault(operators.conversion_text(value, "bool"), position=at)

    return choose


def _array(compiler: Compiler, node: Array) -> Closure:
    items = [compiler.compile(item) for item in node.items]

    def build(run: Run) -> Any:
        run.allocate(len(items))
        return [item(run) for item in items]

    return build


def _map(compiler: Compiler, node: Map) -> Closure:
    pairs = [(compiler.compile(key), compiler.compile(value)) for key, value in node.pairs]
    at = node.at

    def build(run: Run) -> Any:
        run.allocate(len(pairs))
        try:
            items = [(operators.as_text(key(run)), value(run)) for key, value in pairs]
        except Fault as fault:
            fault.locate(at)
            raise
        # the first of equal keys wins
        return dict(reversed(items))

    return build


def _pointer(_: Compiler, node: Pointer) -> Closure:
    if node.name == "index":
        return lambda run: run.index
    if node.name == "acc":
        return lambda run: run.acc
    return lambda run: run.item


def _predicate(compiler: Compiler, node: Predicate) -> Closure:
    return compiler.compile(node.body)


# --- calls ----------------------------------------------------------------------------------------


def _builtin(compiler: Compiler, node: Builtin) -> Closure:
    arguments = [compiler.compile(argument) for argument in node.arguments]
    if node.name in PREDICATE_COMPILERS:
        inner = PREDICATE_COMPILERS[node.name](arguments, _weight(node.arguments[1:2]))
    else:
        inner = _plain_call(node.name, arguments)
    at = node.at

    def call(run: Run) -> Any:
        try:
            return inner(run)
        except Fault as fault:
            fault.locate(at)
            raise

    return call


def _plain_call(name: str, arguments: list[Closure]) -> Closure:
    """The checker has counted the arguments, except where it does not look."""
    function = BUILTINS[name]
    low, high = ARITIES[name]
    if not low <= len(arguments) <= high:
        return lambda run: _miscounted(name, len(arguments))
    if len(arguments) == 1:
        only = arguments[0]
        return lambda run: function(run, only(run))
    return lambda run: function(run, *[argument(run) for argument in arguments])


def _miscounted(name: str, count: int) -> Any:
    raise Fault(f"invalid number of arguments for {name} (got {count})")


def _weight(nodes: list[Node]) -> int:
    """How many nodes one turn of a closure runs, at least 1."""
    return 1 + sum(sum(1 for _ in walk(node)) for node in nodes)


def _call(compiler: Compiler, node: Call) -> Closure:
    callee = compiler.compile(node.callee)
    arguments = [compiler.compile(argument) for argument in node.arguments]
    at = node.at

    def call(run: Run) -> Any:
        values = [argument(run) for argument in arguments]
        function = callee(run)
        if function is BROKEN:
            return BROKEN
        try:
            return call_value(run, function, values)
        except Fault as fault:
            fault.locate(at)
            raise

    return call


_COMPILERS: Final[dict[type[Node], Callable[[Compiler, Any], Closure]]] = {
    Constant: _constant,
    Name: _name,
    Member: _member,
    Chain: _chain,
    Slice: _slice,
    Unary: _unary,
    Binary: _binary,
    Let: _let,
    Sequence: _sequence,
    Conditional: _conditional,
    Array: _array,
    Map: _map,
    Pointer: _pointer,
    Predicate: _predicate,
    Builtin: _builtin,
    Call: _call,
}


def compile_tree(node: Node) -> tuple[Closure, int]:
    """The closure of a whole expression and the number of variable slots it needs."""
    compiler = Compiler()
    return compiler.compile(node), compiler.variables


def evaluate(closure: Closure, run: Run) -> Any:
    """Run a closure; exhausted Python recursion counts as a limit."""
    try:
        return closure(run)
    except RecursionError:
        raise limit_fault("expression is nested too deeply") from None
