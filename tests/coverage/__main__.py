"""Writes docs/argo-coverage.md: every feature of Argo with its state and the tests that show it.

    python -m tests.coverage [--check]

With `--check` nothing is written. Exit code 1 when a marker names no feature, when nobody shows or explains a
feature, or (with `--check`) when the page is stale.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.coverage.collecting import ROOT, CollectionFailed, collect
from tests.coverage.features import Inconsistent, read_features
from tests.coverage.table import faults, render

PAGE = ROOT / "docs" / "argo-coverage.md"


def main(arguments: list[str]) -> int:
    try:
        features, shown = read_features(), collect()
    except (Inconsistent, CollectionFailed) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    found = faults(features, shown)
    page = render(features, shown)
    if "--check" not in arguments:
        PAGE.write_text(page)
    elif _text(PAGE) != page:
        found.append(f"{PAGE.relative_to(ROOT)} is stale: run `make coverage-table`")
    for fault in found:
        sys.stderr.write(f"{fault}\n")
    return 1 if found else 0


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
