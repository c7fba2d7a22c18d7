"""Progress that processes report while they run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.engine.world import Outcome, World
from workflows.engine.messages import NodeProgress

pytestmark = pytest.mark.argo("4-progress")

WORKFLOW: dict[str, Any] = {
    "kind": "Workflow",
    "metadata": {},
    "spec": {"entrypoint": "main", "templates": [{"name": "main", "container": {"image": "busybox"}}]},
}


def reported(*texts: str, attempt: int = 0) -> Any:
    world = World(WORKFLOW, lambda _: Outcome(seconds=None))
    world.apply()
    world.apply(world.pass_time())
    [node] = world.state.nodes.values()
    for text in texts:
        world.apply([NodeProgress(node_id=node.id, attempt=attempt, at=world.now, progress=text)])
    world.restart()
    [node] = world.state.nodes.values()
    return (node.extra or {}).get("progress")


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (["3/10"], "3/10"),
        (["3/10", "7/10"], "7/10"),
        (["0/1\n"], "0/1"),
        (["003/010"], "3/10"),
        (["3/10", "11/10"], "3/10"),
        (["0/0"], None),
        (["-1/2"], None),
        (["half"], None),
        (["1/2/3"], None),
        ([""], None),
        (["1/1" + "0" * 20], None),
        (["٣/١٠"], None),
    ],
)
def test_what_makes_sense_is_shown(texts: list[str], shown: str | None) -> None:
    assert reported(*texts) == shown


def test_an_earlier_attempt_reports_nothing() -> None:
    assert reported("1/2", attempt=1) is None


def test_the_same_again_changes_nothing() -> None:
    world = World(WORKFLOW, lambda _: Outcome(seconds=None))
    world.apply()
    [node] = world.state.nodes.values()
    fact = NodeProgress(node_id=node.id, attempt=0, at=world.now, progress="1/2")

    assert world.apply([fact]).transitions == 1
    assert world.apply([fact]).transitions == 0
