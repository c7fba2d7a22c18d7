"""The page of what is covered, and what is wrong with it. Not for reading or finding anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from tests.coverage.collecting import Shown
from tests.coverage.features import DONE, STATES, Feature

#: so many tests are named for one feature
_MOST: Final = 3
_HEAD: Final = """\
# Argo's features, one by one

Written by `make coverage-table` from the markers of the tests, and checked by `make check`. The states:

* **done**: works as in Argo 4.1, as the named tests show.
* **Kubernetes only**: about pods. Fields of a manifest are kept unchanged and handed to the executor, which
  needs a cluster to honour them; a test is named where there is such a field.
* **refused**: Sluice does not have it, on purpose or in this version, for the reason given.
"""


def state_of(feature: Feature, shown: Shown) -> str:
    """What is not said to be otherwise is done when a test shows it; "" is a fault."""
    if feature.state not in ("", "done"):
        return STATES[feature.state]
    return DONE if shown.get(feature.id) else ""


def faults(features: Sequence[Feature], shown: Shown) -> list[str]:
    """Markers for what does not exist, and features that nobody shows or explains."""
    known = {feature.id for feature in features}
    found = [
        f"{test}: there is no feature {name!r}"
        for name in sorted(shown.keys() - known)
        for test in sorted(shown[name])
    ]
    for feature in features:
        if feature.state in ("", "done", "cluster") and not shown.get(feature.id):
            found.append(f"{feature.id}: no test shows it")
    return found


def render(features: Sequence[Feature], shown: Shown) -> str:
    """The whole page."""
    counts = Counter(state_of(feature, shown) for feature in features)
    lines = [_HEAD, _row("state", "features"), "| --- | --- |"]
    lines += [_row(state, counts[state]) for state in dict.fromkeys(STATES.values()) if counts[state]]
    breadth = Counter(test for tests in shown.values() for test in tests)
    for area, group in groupby(features, key=lambda feature: feature.area):
        lines += [f"\n## {area}\n", _row("feature", "state", "shown by, or why not"), "| --- | --- | --- |"]
        lines += [_feature_row(feature, shown, breadth) for feature in group]
    return "\n".join(lines) + "\n"


def _feature_row(feature: Feature, shown: Shown, breadth: Counter[str]) -> str:
    tests = sorted(shown.get(feature.id, ()), key=lambda test: (breadth[test], test))[:_MOST]
    said = [feature.reason] if feature.reason else []
    said += map(_link, tests)
    return _row(_escaped(feature.name), state_of(feature, shown), "<br>".join(map(_escaped, said)))


def _link(test: str) -> str:
    """A test by its name, a row of own manifests by that manifest."""
    file, _, name = test.partition("::")
    manifest = name.partition("[")[2].removesuffix("]")
    if manifest.endswith(".yaml"):
        return f"[{manifest}](../tests/manifests/{manifest})"
    return f"[{name}](../{file})"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"
