"""Conditions that come out the same every time. Not for whether they can be read."""

from __future__ import annotations

from workflows.expr import ExprError, compile_expression, evaluate_when
from workflows.spec import codes
from workflows.spec.lint.hints.places import Place
from workflows.spec.lint.report import Report
from workflows.spec.marks import Path


def hint_at_constants(report: Report, place: Place) -> None:
    for call, path in place.calls:
        if call.when:
            _hint_at_when(report, call.when, (*path, "when"))
        for name, hook in call.hooks.items():
            if hook.expression and _is_never(hook.expression):
                message = f"the hook {name!r} never runs: its expression is always false"
                _warn(report, message, (*path, "hooks", name, "expression"))
    retry = place.template.retry_strategy
    if retry is not None and retry.expression and _is_never(retry.expression):
        message = "nothing is ever tried again: the expression is always false"
        _warn(report, message, (*place.path, "retryStrategy", "expression"))


def _hint_at_when(report: Report, when: str, path: Path) -> None:
    if "{{" in when:
        return
    try:
        holds = evaluate_when(when)
    except ExprError:
        return  # told as a condition that cannot be read
    _warn(report, f"the condition is always {'true' if holds else 'false, so this never runs'}", path)


def _is_never(expression: str) -> bool:
    if "{{" in expression or "(" in expression:
        return False  # functions such as now() need no name to differ
    try:
        compiled = compile_expression(expression)
        return not compiled.identifiers and compiled.evaluate({}) is False
    except ExprError:
        return False


def _warn(report: Report, message: str, path: Path) -> None:
    remedy = "compare a tag such as {{inputs.parameters.NAME}}, or remove the condition"
    report.warning(codes.CONSTANT_CONDITION, message, path, remedy=remedy)
