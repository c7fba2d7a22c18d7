"""What the agent remembers on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workflows.engine.messages import Launch, NodeFinished
from workflows.errors import UserError
from workflows.executors.agent.journal import Begun, Ended, Journal
from workflows.executors.base import Attempt

RUN = "5f0c2a9e-run"


def _order(node: str, *, attempt: int = 0) -> Launch:
    return Launch(
        run_uid=RUN, run_name="r", namespace="ns", node_id=node, node_name=node, attempt=attempt,
        pod_name=node, template={"http": {"url": "http://x"}},
    )  # fmt: skip


def _end(node: str, attempt: int = 0) -> NodeFinished:
    return NodeFinished(node_id=node, attempt=attempt, at=5, phase="Succeeded", result="r")


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[[], Journal]]:
    """Opens a journal on the same folder."""
    made: list[Journal] = []

    def make() -> Journal:
        made.append(Journal(tmp_path))
        made[-1].open()
        return made[-1]

    yield make
    for journal in made:
        journal.close()


@pytest.fixture
def journal(another: Callable[[], Journal]) -> Journal:
    return another()


def test_the_last_that_was_written_counts(journal: Journal) -> None:
    journal.begin(_order("a"), 1)
    begun = journal.find(Attempt(RUN, "a", 0))
    journal.end(RUN, _end("a"), "log")

    assert begun == Begun(_order("a"), 1)
    assert journal.find(Attempt(RUN, "a", 0)) == Ended(_end("a"), "log")
    assert journal.find(Attempt(RUN, "a", 1)) is None


def test_what_has_no_end_or_was_not_told_is_found_by_the_next_process(
    journal: Journal, another: Callable[[], Journal]
) -> None:
    for node in ("a", "b", "c"):
        journal.begin(_order(node), 1)
    journal.end(RUN, _end("a"), "")
    journal.end(RUN, _end("b"), "")
    journal.note_told(RUN, _end("b"))
    journal.close()

    again = another()

    assert list(again.unsettled()) == [(RUN, Ended(_end("a"))), (RUN, Begun(_order("c"), 1))]
    assert again.find(Attempt(RUN, "b", 0)) == Ended(_end("b"))


def test_a_line_that_a_crash_tore_off_counts_as_not_written(
    journal: Journal, another: Callable[[], Journal], tmp_path: Path
) -> None:
    journal.begin(_order("a"), 1)
    journal.close()
    [file] = tmp_path.glob("*/*.jsonl")
    with file.open("ab") as torn:
        torn.write(b'{"type":"Ended","fact":{"type":"NodeFin')

    again = another()
    again.begin(_order("b"), 2)

    assert again.find(Attempt(RUN, "a", 0)) == Begun(_order("a"), 1)
    assert again.find(Attempt(RUN, "b", 0)) == Begun(_order("b"), 2)
    assert list(again.unsettled()) == [(RUN, Begun(_order("a"), 1)), (RUN, Begun(_order("b"), 2))]


def test_processes_side_by_side_know_of_each_other_and_begin_only_their_own(
    journal: Journal, another: Callable[[], Journal]
) -> None:
    other = another()
    assert other.find(Attempt(RUN, "a", 0)) is None

    journal.begin(_order("a"), 1)

    assert other.find(Attempt(RUN, "a", 0)) == Begun(_order("a"), 1)
    assert list(other.unsettled()) == []
    other.forget(RUN)
    assert journal.find(Attempt(RUN, "a", 0)) is None


@pytest.mark.parametrize("uid", ["../x", "a/b", "", ".", "x" * 100])
def test_what_is_no_id_of_a_run_becomes_no_file_name(journal: Journal, uid: str) -> None:
    with pytest.raises(UserError):
        journal.find(Attempt(uid, "a", 0))
