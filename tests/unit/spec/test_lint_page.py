"""The guide lists every code a problem can have."""

from __future__ import annotations

import re
from pathlib import Path

from tests.unit.spec.lint_page import page, tables

SOURCES = Path(__file__).parents[3] / "workflows"


def test_the_guide_lists_the_linters_codes_as_they_are() -> None:
    assert page()[1] == tables()


def test_the_guide_names_the_codes_of_other_parts() -> None:
    text = page()[0] + page()[1]
    used = {
        code
        for path in SOURCES.rglob("*.py")
        for code in re.findall(r"""\bProblem\(\s*"([a-z-]+)",""", path.read_text())
    }

    assert {code for code in used if f"`{code}`" not in text} == set()
    assert used
