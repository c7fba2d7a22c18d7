"""Graphs as trees."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.wire.tree import TreeNode, tree


def node(
    idx: int, name: str, kind: str = "Pod", *, parents: tuple[int, ...] = (), boundary: int | None = None
) -> dict[str, Any]:
    return {"idx": idx, "name": name, "type": kind, "parents": list(parents), "boundary": boundary}


STEPS = [
    node(0, "r", "Steps"),
    node(1, "r[0]", "StepGroup", parents=(0,), boundary=0),
    node(2, "r[0].a", parents=(1,), boundary=0),
    node(3, "r[0].b(0:x)", parents=(1,), boundary=0),
    node(4, "r[1]", "StepGroup", parents=(2, 3), boundary=0),
    node(5, "r[1].c", "Retry", parents=(4,), boundary=0),
    node(6, "r[1].c(0)", parents=(5,), boundary=0),
    node(7, "r[1].c(1)", parents=(5,), boundary=0),
    node(8, "r[2]", "StepGroup", parents=(7,), boundary=0),
    node(9, "r.onExit"),
]
DAG = [
    node(0, "r", "DAG"),
    node(1, "r.a", "TaskGroup", parents=(0,), boundary=0),
    node(2, "r.a(0:x)", "Steps", parents=(1,), boundary=0),
    node(3, "r.a(0:x)[0]", "StepGroup", parents=(2,), boundary=2),
    node(4, "r.b", parents=(1,), boundary=0),
]


@pytest.mark.parametrize(
    ("nodes", "drawing"),
    [
        pytest.param(
            STEPS,
            [
                "r",
                " r[0]",
                "  r[0].a",
                "  r[0].b(0:x)",
                " r[1]",
                "  r[1].c",
                "   r[1].c(0)",
                "   r[1].c(1)",
                " r[2]",
                "r.onExit",
            ],
            id="groups, retries and an exit handler",
        ),
        pytest.param(
            DAG,
            ["r", " r.a", "  r.a(0:x)", "   r.a(0:x)[0]", " r.b"],
            id="a task after a loop is no item of it",
        ),
        pytest.param([node(4, "lost", parents=(1,), boundary=2)], ["lost"], id="no parent known"),
        pytest.param([], [], id="empty"),
    ],
)
def test_nodes_hang_where_they_belong(nodes: list[dict[str, Any]], drawing: list[str]) -> None:
    roots = tree({entry["idx"]: entry for entry in nodes})

    assert [line for root in roots for line in indented(root, 0)] == drawing


def indented(branch: TreeNode, depth: int) -> list[str]:
    below = [line for child in branch.children for line in indented(child, depth + 1)]
    return [" " * depth + branch.node["name"], *below]
