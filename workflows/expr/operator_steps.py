"""Binary operators as steps: a function of the run and the value on the left.

Short-circuit operators call their right side only when needed. Places are added here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workflows.expr import operators
from workflows.expr.errors import Fault
from workflows.expr.regex import compile_pattern
from workflows.expr.run import Closure, Run
from workflows.expr.syntax.nodes import Binary, Constant
from workflows.expr.values import IntList, is_nil

#: one operator applied to the value on its left
Step = Callable[[Run, Any], Any]


def make_step(node: Binary, right: Closure) -> Step:
    """The step of one operator; `right` is its compiled right side."""
    step = _STEPS.get(node.operator, _arithmetic)(node, right)
    at = node.at

    def located(run: Run, left: Any) -> Any:
        try:
            return step(run, left)
        except Fault as fault:
            fault.locate(at)
            raise

    return located


def _arithmetic(node: Binary, right: Closure) -> Step:
    apply = operators.ARITHMETIC[node.operator]
    return lambda run, left: apply(left, right(run))


def _add(node: Binary, right: Closure) -> Step:
    def step(run: Run, left: Any) -> Any:
        value = operators.add(left, right(run))
        if type(value) is str and len(value) > 256:
            run.text(len(value))
        return value

    return step


def _equal(node: Binary, right: Closure) -> Step:
    negated = node.operator == "!="

    def step(run: Run, left: Any) -> Any:
        return operators.equal(left, right(run), run) is not negated

    return step


def _in(node: Binary, right: Closure) -> Step:
    return lambda run, left: operators.contains(left, right(run), run)


def _and(node: Binary, right: Closure) -> Step:
    return lambda run, left: right(run) if operators.as_bool(left) else False


def _or(node: Binary, right: Closure) -> Step:
    return lambda run, left: True if operators.as_bool(left) else right(run)


def _coalesce(node: Binary, right: Closure) -> Step:
    return lambda run, left: right(run) if is_nil(left) else left


def _range(node: Binary, right: Closure) -> Step:
    def step(run: Run, left: Any) -> Any:
        low, high = operators.to_int(left), operators.to_int(right(run))
        run.allocate(max(high - low + 1, 0))
        return IntList(range(low, high + 1))

    return step


def _text_test(apply: Callable[[str, str], bool]) -> Callable[[Binary, Closure], Step]:
    def maker(node: Binary, right: Closure) -> Step:
        def step(run: Run, left: Any) -> Any:
            other = right(run)
            if left is None or other is None:
                return False
            return apply(operators.as_text(left), operators.as_text(other))

        return step

    return maker


def _matches(node: Binary, right: Closure) -> Step:
    if isinstance(node.right, Constant) and type(node.right.value) is str:
        try:
            compiled = compile_pattern(node.right.value)
        except Fault as fault:
            fault.locate(node.at)
            raise
        return lambda run, left: False if left is None else compiled.search(_subject(left), run)

    def step(run: Run, left: Any) -> Any:
        pattern = right(run)
        if left is None or pattern is None:
            return False
        return compile_pattern(operators.as_text(pattern)).search(_subject(left), run)

    return step


def _subject(value: Any) -> str:
    if type(value) is str:
        return value
    if type(value) is bytes:
        return value.decode("utf-8", "replace")
    raise Fault(operators.conversion_text(value, "[]uint8"))


_STEPS: Final[dict[str, Callable[[Binary, Closure], Step]]] = {
    "+": _add,
    "==": _equal,
    "!=": _equal,
    "in": _in,
    "and": _and,
    "&&": _and,
    "or": _or,
    "||": _or,
    "??": _coalesce,
    "..": _range,
    "matches": _matches,
    "contains": _text_test(lambda text, part: part in text),
    "startsWith": _text_test(str.startswith),
    "endsWith": _text_test(str.endswith),
}
