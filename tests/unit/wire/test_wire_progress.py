"""Progress sums, drawn as ``id:type:phase<parents``."""

from __future__ import annotations

import pytest

from workflows.engine.node import Node
from workflows.wire.nodes import children_by_parent
from workflows.wire.progress import node_progress, parse_progress, total_progress


def draw(*lines: str) -> list[Node]:
    nodes = []
    for idx, line in enumerate(lines):
        head, _, parents = line.partition("<")
        node_id, node_type, phase = head.split(":")
        nodes.append(
            Node(
                id=node_id,
                idx=idx,
                name=node_id,
                display_name=node_id,
                type=node_type,
                phase=phase,
                parents=parents.split(",") if parents else [],
            )
        )
    return nodes


DIAMOND = draw("d:DAG:Running", "a:Pod:Succeeded<d", "b:Pod:Failed<a", "c:Pod:Running<a", "e:Pod:Pending<b,c")
STEPS = draw(
    "s:Steps:Running",
    "s0:StepGroup:Succeeded<s",
    "x:Pod:Succeeded<s0",
    "y:Skipped:Skipped<s0",
    "s1:StepGroup:Running<x,y",
    "w:Suspend:Running<s1",
)


@pytest.mark.parametrize(
    ("nodes", "total", "by_node"),
    [
        pytest.param(
            DIAMOND,
            (1, 4),
            {"d": (1, 4), "a": (1, 1), "b": (0, 1), "c": (0, 1), "e": (0, 1)},
            id="a shared descendant counts once",
        ),
        pytest.param(
            STEPS,
            (1, 2),
            {"s": (1, 2), "s0": (1, 2), "x": (1, 1), "y": (0, 1), "s1": (0, 1), "w": (0, 1)},
            id="a skipped step counts nothing, a waiting suspend counts",
        ),
        pytest.param(draw("s:Skipped:Skipped"), (0, 0), {}, id="nothing to do, no progress"),
        pytest.param(draw("p:Pod:Omitted<gone"), (1, 1), {"p": (1, 1)}, id="missing parents are tolerated"),
    ],
)
@pytest.mark.argo("4-progress")
def test_progress_sums_what_can_be_reached(
    nodes: list[Node], total: tuple[int, int], by_node: dict[str, tuple[int, int]]
) -> None:
    assert total_progress(nodes) == total
    assert node_progress(nodes, children_by_parent(nodes)) == by_node


@pytest.mark.argo("4-progress")
def test_a_container_reports_its_own_progress() -> None:
    running, done = draw("a:Pod:Running", "b:Pod:Succeeded")
    running.extra = {"progress": "30/100"}
    done.extra = {"progress": "30/50"}

    assert total_progress([running, done]) == (80, 150)


def test_the_root_is_summed_first_when_the_budget_is_short() -> None:
    sums = node_progress(STEPS, children_by_parent(STEPS), budget=5)

    assert sums["s"] == (1, 2)
    assert "s0" not in node_progress(STEPS, children_by_parent(STEPS), budget=1)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("3/10", (3, 10)),
        ("0/0", None),
        ("4/3", None),
        ("-1/3", None),
        ("1", None),
        ("a/b", None),
        (None, None),
        (5, None),
    ],
)
def test_only_valid_progress_is_read(text: object, parts: tuple[int, int] | None) -> None:
    assert parse_progress(text) == parts


def test_a_long_chain_needs_no_recursion() -> None:
    lines = ["n0:StepGroup:Running"] + [
        f"n{i}:{'Pod' if i % 2 else 'StepGroup'}:Succeeded<n{i - 1}" for i in range(1, 20_000)
    ]
    nodes = draw(*lines)

    assert node_progress(nodes, children_by_parent(nodes), budget=20_000)["n0"] == (10_000, 10_000)
