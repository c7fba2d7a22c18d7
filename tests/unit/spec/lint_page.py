"""The guide's page of all codes of problems: ``python -m tests.unit.spec.lint_page`` writes it anew.

What stands before the tables is the page's own text and is kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.unit.spec.manifest_cases import HERE, read_cases
from workflows.spec.codes import MEANINGS, REMEDIES

PAGE: Final = HERE.parents[2] / "docs" / "guide" / "lint.md"
MARK: Final = "<!-- What follows is written by `python -m tests.unit.spec.lint_page`. -->\n"


def tables() -> str:
    """Faults and hints, each with its code, meaning, and what helps."""
    hints = {case.code for case in read_cases("hints.txt")}
    faults = [code for code in MEANINGS if code not in hints]
    return (
        f"## Faults\n\n{_table(faults)}\n## Hints\n\n{_table([code for code in MEANINGS if code in hints])}"
    )


def _table(codes: list[str]) -> str:
    rows = "".join(f"| `{code}` | {_cell(MEANINGS[code])} | {_cell(REMEDIES[code])} |\n" for code in codes)
    return f"| code | meaning | what helps |\n| --- | --- | --- |\n{rows}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    head = PAGE.read_text().partition(MARK)[0]
    PAGE.write_text(head + MARK + tables())


def page(path: Path = PAGE) -> tuple[str, str]:
    """The page's own text, and the tables on it."""
    head, _, rest = path.read_text().partition(MARK)
    return head, rest


if __name__ == "__main__":
    main()
