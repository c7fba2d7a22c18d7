"""Syntax of expressions, conditions and `depends`. Argo finds these faults only when it evaluates them.

So all but `depends` are warnings: a run with such a text is accepted, and what the text belongs to fails.
"""

from __future__ import annotations

import re
from typing import Final

from workflows.expr import ExprError, compile_condition, compile_expression
from workflows.spec import codes
from workflows.spec.lint.report import Report
from workflows.spec.lint.tags import find_tags
from workflows.spec.marks import Path

_PLAIN_DEPENDS = re.compile(
    r"[a-zA-Z][-a-zA-Z0-9]*(\.[A-Z][a-zA-Z]+)?(\s*(&&|\|\|)\s*[a-zA-Z][-a-zA-Z0-9]*(\.[A-Z][a-zA-Z]+)?)*\Z"
)
_LONGEST_SHOWN: Final = 120


def check_expression(report: Report, text: str, path: Path) -> None:
    """`text` is an expression; with tags in it, it is only known at run time."""
    if not text or "{{" in text:
        return
    fault = _fault(text)
    if fault:
        report.warning(codes.EXPRESSION_SYNTAX, f"the expression cannot be read: {fault}", path)


def check_expression_tags(report: Report, text: str, path: Path) -> None:
    """The ``{{=…}}`` tags of a text."""
    if "{{=" not in text:
        return
    for tag in dict.fromkeys(find_tags(text)):
        fault = _fault(tag[1:]) if tag.startswith("=") and "{{" not in tag else ""
        if fault:
            shown = f"{{{{{tag[:_LONGEST_SHOWN]}}}}}"
            report.warning(
                codes.EXPRESSION_SYNTAX, f"the expression in {shown} cannot be read: {fault}", path
            )


def check_condition(report: Report, text: str, path: Path) -> None:
    """A `when`; with tags in it, it is only known at run time."""
    if not text or "{{" in text:
        return
    try:
        compile_condition(text)
    except ExprError as fault:
        message = f"the condition cannot be read: {_first_line(fault)}"
        report.warning(
            codes.CONDITION_SYNTAX, message, path, remedy="put values with special characters in quotes"
        )


def check_depends(report: Report, depends: str, path: Path) -> None:
    """Task names with results, joined by ``&&``, ``||``, ``!`` and parentheses."""
    if _PLAIN_DEPENDS.match(depends):
        return
    fault = _fault(depends.replace("-", "_"))
    if fault:
        remedy = "use task names, && || ! and parentheses"
        report.error(codes.DEPENDS_SYNTAX, f"`depends` cannot be read: {fault}", path, remedy=remedy)


def is_readable(expression: str) -> bool:
    """Whether the expression can be compiled."""
    return not _fault(expression)


def _fault(expression: str) -> str:
    try:
        compile_expression(expression)
    except ExprError as fault:
        return _first_line(fault)
    return ""


def _first_line(fault: ExprError) -> str:
    return fault.message.partition("\n")[0][:_LONGEST_SHOWN]
