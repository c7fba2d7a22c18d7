"""Progress sums, drawn as ``id:type:phase<parents``."""

from __future__ import annotations

import pytest

from workflows.engine.node import Node
from workflows.wire.nodes import children_by_parent
from workflows.wire.progress import parse_progress, total_progress
from workflows.wire.totals import node_totals, total_used


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
    assert node_totals(nodes, children_by_parent(nodes)).progress == by_node


@pytest.mark.argo("4-progress")
def test_a_container_reports_its_own_progress() -> None:
    running, done = draw("a:Pod:Running", "b:Pod:Succeeded")
    running.extra = {"progress": "30/100"}
    done.extra = {"progress": "30/50"}

    assert total_progress([running, done]) == (80, 150)


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

    assert node_totals(nodes, children_by_parent(nodes)).progress["n0"] == (10_000, 10_000)


def test_a_wide_join_costs_no_more_than_its_edges() -> None:
    width, layers = 60, 40
    above: list[str] = ["root"]
    lines = ["root:DAG:Running"]
    for layer in range(layers):
        names = [f"n{layer}x{place}" for place in range(width)]
        lines += [f"{name}:Pod:Succeeded<{','.join(above)}" for name in names]
        above = names
    nodes = draw(*lines)

    assert node_totals(nodes, children_by_parent(nodes)).progress["root"] == (width * layers, width * layers)


def test_nodes_on_a_cycle_have_no_sum_and_hang_nobody() -> None:
    nodes = draw("a:DAG:Running<b", "b:DAG:Running<a", "c:DAG:Running", "d:Pod:Running<c")

    assert node_totals(nodes, children_by_parent(nodes)).progress == {"c": (0, 1), "d": (0, 1)}


@pytest.mark.argo("4-resources-duration")
def test_what_pods_used_is_summed_for_finished_composites() -> None:
    nodes = draw(
        "d:DAG:Succeeded",
        "g:StepGroup:Running<d",
        "a:Pod:Succeeded<g",
        "b:Pod:Failed<a",
        "w:Pod:Running<b",
        "h:Pod:Succeeded<w",
    )
    a, b, hit = nodes[2], nodes[3], nodes[5]
    a.extra = {"resourcesDuration": {"cpu": 5, "memory": 300, "gpu": 1}}
    b.outputs = hit.outputs = {"exitCode": "1"}
    hit.extra = {"memoizationStatus": {"hit": True, "key": "k", "cacheName": "c"}}

    assert node_totals(nodes, children_by_parent(nodes)).used == {
        "d": {"cpu": 5, "gpu": 1, "memory": 300},
        "a": {"cpu": 5, "memory": 300, "gpu": 1},
        "b": {"cpu": 0, "memory": 0},
    }
    assert total_used(nodes) == {"cpu": 5, "memory": 300, "gpu": 1}


def test_a_run_without_pods_used_nothing() -> None:
    assert total_used(STEPS[:1]) == {}
    assert node_totals(STEPS, children_by_parent(STEPS)).used == {}
