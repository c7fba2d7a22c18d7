"""Ids of nodes: Argo's 32-bit hashes, and what happens when two names share one."""

from __future__ import annotations

import pytest

from workflows.engine import Run, RunState, compile_program
from workflows.engine.messages import Launch, NodeFinished
from workflows.engine.names import fnv1a_32, node_id

RUN = "collide"


def _colliding_pair() -> tuple[str, str]:
    """Two task names whose node names have the same hash."""
    seen: dict[int, str] = {}
    number = 0
    while True:
        name = f"t{number}"
        hashed = fnv1a_32(f"{RUN}.{name}")
        if hashed in seen:
            return seen[hashed], name
        seen[hashed] = name
        number += 1


@pytest.mark.argo("4-node-id")
def test_two_names_with_one_hash_are_two_nodes() -> None:
    first, second = _colliding_pair()
    tasks = [{"name": name, "template": "work"} for name in (first, second)]
    work = {"name": "work", "container": {"image": "busybox", "command": ["true"]}}
    manifest = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": RUN},
        "spec": {"entrypoint": "main", "templates": [{"name": "main", "dag": {"tasks": tasks}}, work]},
    }
    run = Run(uid="u", name=RUN, namespace="n", created_at=0)
    state = RunState.new(compile_program(manifest, {}), run)

    launches = [order for order in state.apply([], 0).orders if isinstance(order, Launch)]
    facts = [
        NodeFinished(node_id=order.node_id, attempt=order.attempt, at=1, phase="Succeeded", exit_code=0)
        for order in launches
    ]
    state.apply(facts, 1)

    assert len({order.node_id for order in launches}) == len({order.pod_name for order in launches}) == 2
    assert launches[0].node_id == node_id(RUN, f"{RUN}.{first}")
    assert {node.display_name: node.phase for node in state.nodes.values()} == {
        RUN: "Succeeded",
        first: "Succeeded",
        second: "Succeeded",
    }
