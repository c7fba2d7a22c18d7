"""Runs as lines of text."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.engine.node import Run
from workflows.management.drawing import draw_nodes, draw_run, duration
from workflows.wire import GraphView

NOON = 1_767_268_800_000


def view_of(*nodes: dict[str, Any]) -> GraphView:
    defaults = {
        "type": "Pod",
        "phase": "Succeeded",
        "parents": [],
        "boundary": None,
        "templateName": "",
        "message": "",
        "startedAt": NOON,
        "finishedAt": NOON + 1_000,
        "waiting": None,
    }
    view = GraphView()
    for idx, node in enumerate(nodes):
        name = {"displayName": node["name"].rpartition(".")[2]}
        view.nodes[idx] = defaults | name | {"idx": idx} | node
    return view


STEPS = view_of(
    {"name": "r", "type": "Steps", "templateName": "main", "phase": "Running", "finishedAt": None},
    {"name": "r[0]", "type": "StepGroup", "boundary": 0, "parents": [0]},
    {"name": "r[0].build", "boundary": 0, "parents": [1], "templateName": "work"},
    {"name": "r[1]", "type": "StepGroup", "boundary": 0, "parents": [2]},
    {"name": "r[1].test", "type": "Retry", "boundary": 0, "parents": [3], "phase": "Failed"},
    {"name": "r[1].test(0)", "boundary": 0, "parents": [4], "phase": "Failed", "message": "exit\ncode 1"},
    {"name": "r[1].lint", "boundary": 0, "parents": [3], "phase": "Skipped", "startedAt": None},
    {"name": "r[2]", "type": "StepGroup", "boundary": 0, "parents": [5, 6]},
    {
        "name": "r[2].ask",
        "type": "Suspend",
        "boundary": 0,
        "parents": [7],
        "phase": "Running",
        "finishedAt": None,
        "waiting": {"reason": "person", "message": "waits for a person"},
    },
)


def test_steps_are_drawn_as_forks() -> None:
    assert draw_nodes(STEPS, now=NOON + 61_000) == [
        "STEP              TEMPLATE  DURATION  MESSAGE",
        " ● r              main      1m1s",
        " ├─✔ build        work      1s",
        " ├─┬─✖ test                 1s",
        " │ │ └─✖ test(0)            1s        exit code 1",
        " │ └─○ lint",
        " └─ǁ ask                    1m1s      waits for a person",
    ]


def test_a_run_is_drawn_with_its_facts_and_outputs() -> None:
    run = Run(
        uid="u",
        name="r",
        namespace="demo",
        created_at=NOON,
        phase="Failed",
        message="child failed",
        started_at=NOON,
        finished_at=NOON + 3_661_000,
        outputs={"parameters": [{"name": "sum", "value": "3"}]},
    )

    assert draw_run(run, GraphView(), now=0) == [
        "Name:       r",
        "Namespace:  demo",
        "Status:     Failed",
        "Message:    child failed",
        "Created:    2026-01-01T12:00:00Z",
        "Duration:   1h1m",
        "Outputs:",
        "  sum:      3",
    ]


@pytest.mark.parametrize(
    ("started", "finished", "text"),
    [
        (None, None, ""),
        (NOON, NOON, "0s"),
        (NOON, NOON + 59_999, "59s"),
        (NOON, NOON + 60_000, "1m0s"),
        (NOON, None, "2m0s"),
        (NOON + 999_999, NOON, "0s"),
    ],
)
def test_durations(started: int | None, finished: int | None, text: str) -> None:
    assert duration(started, finished, now=NOON + 120_000) == text


def test_a_deep_tree_needs_no_recursion() -> None:
    nodes = [
        {"name": f"r{'.a' * depth}", "type": "Steps", "boundary": depth - 1 if depth else None}
        for depth in range(3_000)
    ]

    assert len(draw_nodes(view_of(*nodes), now=NOON)) == 3_001
