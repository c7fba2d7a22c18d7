"""Own manifests come to exactly the trees that are kept beside them; `regenerate` renews those."""

from __future__ import annotations

import json

import pytest

from tests.unit.engine.regenerate import CORPUS, corpus, golden
from tests.unit.engine.scripted import Script, scripts

RUNS = [script for script in scripts() if script.workflows]
ROWS = [
    pytest.param(script, id=script.file, marks=pytest.mark.argo(*script.about.get("argo", ())))
    for script in RUNS
]


@pytest.mark.parametrize("script", ROWS)
def test_a_manifest_comes_to_its_tree(script: Script) -> None:
    assert golden(script) == json.loads(script.golden.read_text())


def test_the_list_of_manifests_is_up_to_date() -> None:
    assert corpus() == json.loads(CORPUS.read_text())


def test_there_is_no_tree_without_a_manifest() -> None:
    kept = {
        path.relative_to(CORPUS.parent / "goldens") for path in (CORPUS.parent / "goldens").rglob("*.json")
    }

    assert kept == {script.golden.relative_to(CORPUS.parent / "goldens") for script in RUNS}
