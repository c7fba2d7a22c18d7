"""data templates over a folder store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.executor_harness import Harness
from tests.integration.agent.conftest import MakeHarness
from workflows.artifacts.folder import FolderDriver

pytestmark = pytest.mark.argo("3-data")

FILES = ("logs/a/main.log", "logs/b/main.log", "logs/b/other.log", "x.log")
LOGS = {"name": "logs", "plugin": {"name": "folder", "key": "logs"}}


@pytest.fixture
def stocked(tmp_path: Path, harness: Harness) -> Harness:
    store = FolderDriver(tmp_path / "store")
    source = tmp_path / "source"
    source.write_text("text")
    for name in FILES:
        store.save(source, name)
    return harness


def _data(artifact: dict[str, Any] | None, *expressions: str, **template: Any) -> dict[str, Any]:
    source = {"artifactPaths": artifact} if artifact is not None else {}
    steps = [{"expression": expression} for expression in expressions]
    return {"name": "t", "data": {"source": source, "transformation": steps}, **template}


@pytest.mark.parametrize(
    ("expressions", "result"),
    [
        ((), '["logs/a/main.log","logs/b/main.log","logs/b/other.log"]'),
        (('filter(data, {# endsWith "main.log"})',), '["logs/a/main.log","logs/b/main.log"]'),
        (
            ("filter(data, {# contains 'b'})", "map(data, {# + '!'})"),
            '["logs/b/main.log!","logs/b/other.log!"]',
        ),
        (("len(data)",), "3"),
        (("map(data, {'<' + # + '>'})", "data[0]"), '"\\u003clogs/a/main.log\\u003e"'),
        (("", "data[0]"), '"logs/a/main.log"'),
    ],
)
def test_what_is_stored_is_listed_and_transformed(
    stocked: Harness, expressions: tuple[str, ...], result: str
) -> None:
    end = stocked.run("a", _data(LOGS, *expressions))

    assert (end.phase, end.result, end.exit_code) == ("Succeeded", result, 0)


def test_a_key_alone_is_looked_for_where_the_templates_artifacts_go(stocked: Harness) -> None:
    archive = {"plugin": {"name": "folder", "key": "elsewhere"}}

    end = stocked.run("a", _data({"name": "x", "plugin": {"key": "logs/a"}}, archiveLocation=archive))

    assert end.result == '["logs/a/main.log"]'


def test_a_whole_store_is_listed_when_no_key_is_given(stocked: Harness) -> None:
    archive = {"plugin": {"name": "folder", "key": "elsewhere"}}

    end = stocked.run("a", _data({"name": "x", "plugin": {}}, "len(data)", archiveLocation=archive))

    assert end.result == str(len(FILES))


@pytest.mark.parametrize(
    ("artifact", "expressions", "message"),
    [
        (None, (), "unable to process data source: no valid source is used for data template"),
        (
            LOGS,
            ("data +",),
            "unable to process data transformation: error processing data step 0: unexpected token EOF",
        ),
        (LOGS, ("nothing",), "unable to process data transformation: error processing data step 0: "),
        ({"name": "x"}, (), "unable to process data source: unable to source artifact paths: "),
        (
            {"name": "x", "http": {"url": "http://x"}},
            (),
            "unable to process data source: unable to source artifact paths: http artifacts are single files",
        ),
    ],
)
def test_what_cannot_be_listed_or_transformed_fails_in_argos_words(
    stocked: Harness, artifact: dict[str, Any] | None, expressions: tuple[str, ...], message: str
) -> None:
    end = stocked.run("a", _data(artifact, *expressions))

    assert (end.phase, end.exit_code) == ("Failed", 64)
    assert end.message.startswith(f"main: Error (exit code 64): unable to process data template: {message}")


def test_a_result_may_not_be_longer_than_allowed(stocked: Harness, make_harness: MakeHarness) -> None:
    end = make_harness(max_body_bytes=100).run("a", _data(LOGS, 'map(1..200, {"x"})'))

    assert "longer than 100 characters" in end.message
