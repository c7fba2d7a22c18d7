"""Compares the document of a run with the one that is expected.

Stands in for a corpus that brings no `compare` of its own. ``$ANY`` in an expected text stands for any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

#: what each level looks at besides what the levels before it look at: fields of the run, fields of a node
LEVELS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "phase": (("phase",), ("type", "phase")),
    "tree": ((), ("displayName", "boundary", "children", "templateName", "templateRef", "nodeFlag")),
    "data": (("message", "outputs"), ("message", "inputs", "outputs")),
    "full": (("progress", "conditions", "labels"), ("templateScope", "outboundNodes", "progress")),
}


def compare(expected: Json, actual: Json, *, level: str = "full") -> list[str]:
    """The differences, as sentences; none when the documents agree on all that the level looks at."""
    run_fields, node_fields = _fields(level)
    differences = list(_different("run", expected, actual, run_fields))
    wanted = {node["name"]: node for node in expected.get("nodes", [])}
    found = {node["name"]: node for node in actual.get("nodes", [])}
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            differences.append(f"node {name} is missing")
        elif name not in wanted:
            differences.append(f"node {name} is not expected: {found[name].get('phase')}")
        else:
            differences += _different(f"node {name}", wanted[name], found[name], node_fields)
    return differences


def check_claims(claims: Json, actual: Json) -> list[str]:
    """Where the document is not as claimed. Only phases are looked at."""
    return list(_different("run", claims, actual, ["phase"]))


def _fields(level: str) -> tuple[list[str], list[str]]:
    levels = list(LEVELS)
    chosen = [LEVELS[name] for name in levels[: levels.index(level) + 1]]
    return [f for run, _ in chosen for f in run], [f for _, node in chosen for f in node]


def _different(where: str, expected: Json, actual: Json, fields: list[str]) -> Iterator[str]:
    for field in fields:
        wanted, found = expected.get(field), actual.get(field)
        if (wanted or found) and not _matches(wanted, found):
            yield f"{where}: {field}: expected {wanted!r}, got {found!r}"


def _matches(expected: Any, actual: Any) -> bool:
    if isinstance(expected, str) and isinstance(actual, str) and "$ANY" in expected:
        pattern = ".*".join(map(re.escape, expected.split("$ANY")))
        return re.fullmatch(pattern, actual, re.DOTALL) is not None
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(_matches, expected, actual))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(
            _matches(expected[key], actual[key]) for key in expected
        )
    return bool(expected == actual)
