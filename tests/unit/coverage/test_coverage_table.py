"""The table of Argo's features: what it says of each, and what makes the check fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.coverage import features
from tests.coverage.features import Feature, Inconsistent, read_features
from tests.coverage.table import faults, render

SHOWN = Feature("1-a", "1. Area", "a")
CLUSTER = Feature("1-b", "1. Area", "b | c", "cluster", "needs pods")
PODS = Feature("2-c", "2. Other", "c", "pods", "builds them")
REFUSED = Feature("2-d", "2. Other", "d", "refused", "no need")


def test_the_tables_of_this_project_are_consistent() -> None:
    assert len(read_features()) == 263


def test_a_feature_is_done_when_a_test_shows_it() -> None:
    page = render([SHOWN, CLUSTER, PODS, REFUSED], {"1-a": {"tests/unit/test_a.py::test_a"}})

    assert "| a | done | [test_a](../tests/unit/test_a.py) |" in page
    assert "| b \\| c | Kubernetes only | needs pods |" in page
    assert "| c | Kubernetes only | builds them |" in page
    assert page.partition("\n## ")[0].splitlines()[-3:] == [
        "| done | 1 |",
        "| Kubernetes only | 2 |",
        "| refused | 1 |",
    ]


def test_a_row_of_manifests_is_shown_by_its_manifest() -> None:
    page = render([SHOWN], {"1-a": {"tests/unit/test_m.py::test_tree[dag/diamond.yaml]"}})

    assert "[dag/diamond.yaml](../tests/manifests/dag/diamond.yaml)" in page


def test_what_nobody_shows_or_knows_is_a_fault() -> None:
    assert faults([SHOWN, CLUSTER, PODS, REFUSED], {"9-x": {"tests/t.py::test_x"}}) == [
        "tests/t.py::test_x: there is no feature '9-x'",
        "1-a: no test shows it",
        "1-b: no test shows it",
    ]
    assert faults([SHOWN, PODS, REFUSED], {"1-a": {"tests/t.py::test_a"}}) == []


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("9-x\trefused\tno need", "there is no feature '9-x'"),
        ("1-a\tmaybe\twho knows", "1-a needs a state"),
        ("1-a\trefused\t", "1-a needs a state"),
    ],
)
def test_a_state_needs_a_feature_and_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, fault: str
) -> None:
    (tmp_path / "features.tsv").write_text("id\tarea\tfeature\n1-a\t1. Area\ta\n")
    (tmp_path / "states.tsv").write_text(f"id\tstate\treason\n{row}\n")
    monkeypatch.setattr(features, "HERE", tmp_path)

    with pytest.raises(Inconsistent, match=fault):
        read_features()
