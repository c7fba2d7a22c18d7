"""Claims of a run: made as it begins, given up as volumeClaimGC says, kept for a retry."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.engine.world import Outcome, World
from workflows.engine.messages import Cleanup, RetryRun
from workflows.engine.volume_claims import claimed_volumes

VOLUME = {"name": "work", "persistentVolumeClaim": {"claimName": "run-work"}}


def manifest(gc: str = "", *, claim: dict[str, Any] | None = None) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "entrypoint": "main",
        "volumeClaimTemplates": [{"metadata": {"name": "work"} if claim is None else claim}],
        "volumes": [{"name": "own", "emptyDir": {}}],
        "templates": [{"name": "main", "container": {"image": "busybox"}}],
    }
    if gc:
        spec["volumeClaimGC"] = {"strategy": gc}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {}, "spec": spec}


def lived(gc: str, phase: str) -> World:
    world = World(manifest(gc), lambda _: Outcome(phase=phase))
    world.settle()
    return world


@pytest.mark.argo("2-volume-claim-templates")
def test_pods_get_the_claims_as_volumes_before_those_of_the_manifest() -> None:
    world = lived("", "Succeeded")

    [order] = world.launched
    assert order.pod["volumes"] == [VOLUME, {"name": "own", "emptyDir": {}}]
    assert order.pod["claimKeys"] == {"run-work": "run-work.1"}


@pytest.mark.argo("2-volume-claim-templates")
@pytest.mark.parametrize(
    ("gc", "phase", "goes"),
    [
        ("", "Succeeded", True),
        ("", "Failed", False),
        ("OnWorkflowSuccess", "Succeeded", True),
        ("OnWorkflowSuccess", "Error", False),
        ("OnWorkflowCompletion", "Succeeded", True),
        ("OnWorkflowCompletion", "Failed", True),
    ],
)
def test_claims_go_as_volume_claim_gc_says(gc: str, phase: str, goes: bool) -> None:
    world = lived(gc, phase)

    run = world.state.run
    assert claimed_volumes(run) == ([] if goes else [VOLUME])
    freed = Cleanup(run_uid=run.uid, namespace=run.namespace, claims=("run-work.1",))
    assert world.cleaned == ([freed] if goes else [])


@pytest.mark.parametrize(
    ("gc", "key"),
    [("OnWorkflowSuccess", "run-work.1"), ("OnWorkflowCompletion", "run-work.2")],
    ids=["the same claim", "a new claim"],
)
def test_a_retried_run_has_its_claims(gc: str, key: str) -> None:
    world = lived(gc, "Failed")

    world.apply([RetryRun()])
    world.restart()
    world.settle()

    assert world.launched[-1].pod["claimKeys"] == {"run-work": key}


def test_a_restored_run_goes_on_with_its_claims() -> None:
    world = World(manifest(), lambda _: Outcome())
    world.apply()

    world.restart()
    world.settle()

    assert [order.pod["claimKeys"] for order in world.launched] == [{"run-work": "run-work.1"}]


def test_a_claim_template_without_a_name_ends_the_run() -> None:
    world = World(manifest(claim={}))
    world.settle()

    assert world.state.run.phase == "Error"
    assert world.state.run.message == "pvc create error: volumeClaimTemplates[0].metadata.name is required"
