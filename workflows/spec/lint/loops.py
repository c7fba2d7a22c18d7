"""withItems, withParam and withSequence: at most one, well-formed, and which `item` tags they allow.

Source: Argo's `addItemsToScope` and `expandSequence`. Not for expanding them.
"""

from __future__ import annotations

import re
from typing import Any, Final

from workflows.spec import codes
from workflows.spec.durations import is_whole_number
from workflows.spec.lint.report import Report
from workflows.spec.lint.scope import Scope
from workflows.spec.marks import Path
from workflows.spec.template import Sequence, WorkflowStep
from workflows.spec.value import IntOrString

_ONE_INTEGER = re.compile(r"(?:[^%]|%%)*%[-+# 0]*[0-9]*(?:\.[0-9]+)?[bcdoOqxXUv](?:[^%]|%%)*\Z", re.DOTALL)
_LONGEST_FORMAT: Final = 200
_LOOPS: Final = "withItems, withParam, withSequence"


def is_aggregated(call: WorkflowStep) -> bool:
    """Whether Argo offers the loop's outputs as a list."""
    return bool(call.with_items) or bool(call.with_param)


def is_loop(call: WorkflowStep) -> bool:
    return bool(call.with_items) or bool(call.with_param) or call.with_sequence is not None


def check_loop(report: Report, call: WorkflowStep, scope: Scope, path: Path, argo: str) -> None:
    """Checks the loop of `call` and adds what `item` offers to `scope`; `argo` is Argo's prefix."""
    if not is_loop(call):
        return
    given = bool(call.with_items) + bool(call.with_param) + (call.with_sequence is not None)
    if given > 1:
        said = f"{argo}only one of {_LOOPS} can be specified"
        message = f"only one of {_LOOPS} can be given"
        report.error(codes.EXCLUSIVE_FIELDS, message, path, argo=said, remedy="keep one of them")
    if call.with_items:
        for item in call.with_items:
            scope.names.update(dict.fromkeys(_item_names(item)))
    if call.with_param:
        scope.any_item = True
    if call.with_sequence is not None:
        _check_sequence(report, call.with_sequence, (*path, "withSequence"), argo)


def _item_names(item: Any) -> list[str]:
    if isinstance(item, dict):
        return [f"item.{key}" for key in item]
    if isinstance(item, list):
        return [f"item.[{index}]" for index in range(len(item))]
    return ["item"]


def _check_sequence(report: Report, sequence: Sequence, path: Path, argo: str) -> None:
    if sequence.count is not None and sequence.end is not None:
        said = f"{argo}only one of count or end can be defined in withSequence"
        report.error(codes.EXCLUSIVE_FIELDS, "give `count` or `end`, not both", path, argo=said)
    if sequence.count is None and sequence.end is None:
        report.error(codes.MISSING_FIELD, "withSequence needs `count` or `end`", path)
    for name, value in (("count", sequence.count), ("start", sequence.start), ("end", sequence.end)):
        if value is not None and not is_number_or_tag(value):
            message = f"`{name}` must be an integer or a tag, not {str(value)[:60]!r}"
            report.error(codes.BAD_NUMBER, message, (*path, name))
    if sequence.format and "{{" not in sequence.format and not _is_format(sequence.format):
        message = f"{sequence.format[:60]!r} is not a format for one integer"
        report.warning(codes.BAD_FORMAT, message, (*path, "format"), remedy="use for instance %03d")


def _is_format(text: str) -> bool:
    return len(text) <= _LONGEST_FORMAT and _ONE_INTEGER.match(text) is not None


def is_number_or_tag(value: IntOrString) -> bool:
    """Whether the value is an integer now or can become one when its tags are resolved."""
    return isinstance(value, int) or is_whole_number(value) or "{{" in value
