"""Texts that look like tags and are none: a misspelt first word, one brace too few, no braces at all.

Argo leaves such texts as they are, since other template languages may mean them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from workflows.spec import codes
from workflows.spec.lint.hints.places import Place
from workflows.spec.lint.report import Report
from workflows.spec.marks import Path

_ROOTS: Final = {
    "input": "inputs", "output": "outputs", "step": "steps", "task": "tasks", "workflows": "workflow",
    "items": "item",
}  # fmt: skip
_MEANT: Final = (
    r"(?:inputs|outputs|workflow|(?:steps|tasks)\.[-\w]+\.outputs)\.(?:parameters|artifacts|result)"
)
_MISSPELT = re.compile(r"\{\{\s*(" + "|".join(_ROOTS) + r")(\.[-\w.]+)\s*\}\}")
_ONE_BRACE = re.compile(r"(?<!\{)\$?\{\s*(" + _MEANT + r"[-\w.]*)\s*\}(?!\})")
_NO_BRACE = re.compile(_MEANT + r"[-\w.]*\Z")
_ANY = re.compile(_MISSPELT.pattern + "|" + _ONE_BRACE.pattern + '|":"' + _MEANT + r'[-\w.]*"')
#: fields of which the whole text may be a tag, and never the name of a variable
_VALUES: Final = frozenset({"value", "withParam", "from"})


def hint_at_writing(report: Report, place: Place) -> None:
    if not _ANY.search(place.text):
        return
    for path, text in _texts(msgspec.to_builtins(place.template), place.path):
        for match in _MISSPELT.finditer(text):
            _warn(report, match[0], f"{{{{{_ROOTS[match[1]]}{match[2]}}}}}", path)
        for match in _ONE_BRACE.finditer(text):
            _warn(report, match[0], f"{{{{{match[1]}}}}}", path)
        if path[-1] in _VALUES and _NO_BRACE.match(text):
            _warn(report, text, f"{{{{{text}}}}}", path)


def _warn(report: Report, written: str, meant: str, path: Path) -> None:
    message = f"{written[:120]} is no tag and is left as it is"
    report.warning(codes.SUSPICIOUS_TAG, message, path, remedy=f"did you mean {meant[:120]}?")


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """All texts inside a JSON value, with their paths."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
