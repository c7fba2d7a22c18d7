"""Runs in the database without anything that would run them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from workflows.engine import Node, Run
from workflows.models import Namespace
from workflows.models import Run as RunRow
from workflows.store.create import NewRun, create_run

WORKFLOW = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "w"}, "spec": {}}

MakeRun = Callable[..., tuple[int, Run]]
MakeNode = Callable[..., Node]


@pytest.fixture
def make_run(db: None) -> MakeRun:
    """make_run(namespace="n", name=…, **fields of Run) -> (row id, run)"""
    numbers = itertools.count(1)

    def make(*, namespace: str = "team", template: str = "", **fields: Any) -> tuple[int, Run]:
        home, _ = Namespace.objects.get_or_create(name=namespace, defaults={"created_at": 0})
        number = next(numbers)
        fields = {"name": f"run-{number}", "created_at": 1000 + number, **fields}
        run = Run(uid=f"00000000-0000-4000-8000-{number:012}", namespace=namespace, **fields)
        new = NewRun(
            run=run,
            namespace_id=home.id,
            creator_id=None,
            creator_name="ada",
            text="kind: Workflow\n",
            workflow=WORKFLOW,
            library={},
            template_kind="WorkflowTemplate" if template else "",
            template_name=template,
        )
        run_id = create_run(new)
        RunRow.objects.filter(id=run_id).update(admitted=True)
        return run_id, run

    return make


@pytest.fixture
def make_node() -> MakeNode:
    def make(idx: int, *, run: Run, **fields: Any) -> Node:
        fields = {"type": "Pod", "phase": "Pending", "seq": 1, **fields}
        name = f"{run.name}.n{idx}"
        return Node(id=f"{run.name}-{idx}", idx=idx, name=name, display_name=f"n{idx}", **fields)

    return make
