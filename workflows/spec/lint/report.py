"""Collects what the linter finds: our words with a place, and beside them what Argo's controller would say.

Argo stops at the first fault; here the walk goes on, in Argo's order. Not for deciding what a fault is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from workflows.errors import Problem
from workflows.spec.conversion import suggestion
from workflows.spec.load import Document
from workflows.spec.marks import Path

_MOST = 1_000
_MOST_SUGGESTIONS = 30
_MOST_COMPARED = 1_000
_LONGEST_MESSAGE = 600
_LONGEST_ARGO = 2_000


@dataclass(frozen=True, slots=True)
class Finding(Problem):
    """A problem with the text Argo's validator has for it, "" when Argo does not look for it that early."""

    argo: str = ""


class Report:
    """The findings of one document, at most 1,000 of them; equal ones count once.

    While an anchor is set, what is checked stands in another object: places are those of the reference.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._prefixes: list[str] = []
        self._anchor: Path | None = None
        self._label = ""
        self._seen: set[tuple[str, str, Path]] = set()
        self._suggestions = 0
        self.findings: list[Finding] = []

    def error(self, code: str, message: str, path: Path, *, argo: str = "", remedy: str = "") -> None:
        said = "".join(self._prefixes) + argo if argo else ""
        self._add(Finding(code, message, remedy=remedy, argo=said), path)

    def add(
        self, code: str, message: str, path: Path, *, argo: str = "", remedy: str = "", required: bool
    ) -> None:
        """An error when `required`, a warning where Argo would not refuse the manifest."""
        if required:
            self.error(code, message, path, argo=argo, remedy=remedy)
        else:
            self.warning(code, message, path, remedy=remedy)

    def warning(self, code: str, message: str, path: Path, *, remedy: str = "") -> None:
        self._add(Finding(code, message, remedy=remedy, severity="warning"), path)

    def suggest(self, name: str, known: Iterable[str]) -> str:
        """A remedy for an unknown name. Comparing is slow, so only the first ones get a suggestion."""
        self._suggestions += 1
        compared = _MOST_COMPARED if self._suggestions <= _MOST_SUGGESTIONS else 0
        return suggestion(name, list(islice(known, compared)))

    @contextmanager
    def within(self, prefix: str) -> Iterator[None]:
        """Argo puts `prefix` before every text found inside."""
        self._prefixes.append(prefix)
        try:
            yield
        finally:
            self._prefixes.pop()

    @contextmanager
    def elsewhere(self, anchor: Path, label: str) -> Iterator[None]:
        """What is found inside belongs to another object, `label`, which is referred to at `anchor`."""
        before = self._anchor, self._label
        if self._anchor is None:
            self._anchor = anchor
        self._label = label
        try:
            yield
        finally:
            self._anchor, self._label = before

    def _add(self, finding: Finding, path: Path) -> None:
        message = finding.message[:_LONGEST_MESSAGE]
        if self._anchor is not None:
            path, message = self._anchor, f"{self._label}: {message}"
        key = (finding.code, message, path)
        if key in self._seen or len(self.findings) >= _MOST:
            return
        self._seen.add(key)
        placed = self._document.place(finding, path)
        self.findings.append(
            Finding(
                placed.code,
                message,
                path=placed.path,
                line=placed.line,
                column=placed.column,
                remedy=placed.remedy,
                severity=placed.severity,
                document=placed.document,
                argo=finding.argo[:_LONGEST_ARGO],
            )
        )
