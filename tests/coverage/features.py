"""Argo's features by id, and what is to be said of those that are not simply done. Not for finding tests.

`features.tsv` lists every feature; `states.tsv` has a row for each that is not simply done.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE = Path(__file__).parent

#: state in states.tsv to the words of the table; `cluster` is for fields of a manifest, whose tests
#: show that they are kept, `pods` for what is in no manifest
STATES: Final = {
    "done": "done",
    "cluster": "Kubernetes only",
    "pods": "Kubernetes only",
    "refused": "refused",
}
DONE: Final = STATES["done"]


@dataclass(frozen=True)
class Feature:
    """`area` is number and title; `state` and `reason` are "" for what tests show."""

    id: str
    area: str
    name: str
    state: str = ""
    reason: str = ""


class Inconsistent(Exception):
    """The tables contradict themselves, each other or the tests; the text says how, one fault a line."""


def read_features() -> list[Feature]:
    """All features in the order of the table. Raises Inconsistent."""
    states = {row["id"]: row for row in _rows("states.tsv")}
    features = [
        Feature(
            row["id"],
            row["area"],
            row["feature"],
            states.get(row["id"], {}).get("state", ""),
            states.get(row["id"], {}).get("reason", ""),
        )
        for row in _rows("features.tsv")
    ]
    known = {feature.id for feature in features}
    faults = [f"states.tsv: there is no feature {name!r}" for name in states if name not in known]
    faults += [
        f"states.tsv: {feature.id} needs a state of {', '.join(STATES)} and a reason"
        for feature in features
        if feature.id in states and not (feature.state in STATES and feature.reason)
    ]
    if len(known) != len(features):
        faults.append("features.tsv: an id stands twice")
    if faults:
        raise Inconsistent("\n".join(faults))
    return features


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (HERE / name).open(newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
