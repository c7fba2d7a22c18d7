"""Which tests say that they show which features, from their `argo` markers. Nothing is run."""

from __future__ import annotations

import contextlib
import io
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: feature's id to the tests that show it, as ``file::name``, with the row where only that is marked
Shown = dict[str, set[str]]


class CollectionFailed(Exception):
    """pytest could not collect the tests; the text is what it said."""


class _Collector:
    def __init__(self) -> None:
        self.shown: Shown = defaultdict(set)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            self._note(item)

    def _note(self, item: pytest.Item) -> None:
        whole = item.nodeid.partition("[")[0]
        row = getattr(item, "callspec", None)
        for marker in item.iter_markers("argo"):
            is_of_row = row is not None and any(marker is own for own in row.marks)
            for feature in marker.args:
                self.shown[feature].add(item.nodeid if is_of_row else whole)


def collect() -> Shown:
    """Raises CollectionFailed when a test file cannot be read."""
    collector = _Collector()
    said = io.StringIO()
    options = ["--collect-only", "-qq", "-p", "no:cacheprovider", str(ROOT / "tests")]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = pytest.main(options, plugins=[collector])
    if code != pytest.ExitCode.OK:
        raise CollectionFailed(said.getvalue()[-4_000:])
    return dict(collector.shown)
