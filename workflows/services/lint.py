"""Checking a manifest without storing or starting anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.errors import Problem
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.services.manifests import as_text, find_problems


def lint_text(actor: Actor, *, namespace: str, text: str | bytes | Mapping[str, Any]) -> list[Problem]:
    """Every problem and warning, by document and line; empty for a manifest that would be accepted."""
    get_namespace(Access(actor), namespace, Right.VIEW)
    _, problems = find_problems(namespace, as_text(text))
    return sorted(problems, key=lambda problem: (problem.document, problem.line, problem.column))
