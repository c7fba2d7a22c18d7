"""resourcesDuration: what pods asked for, times how long they ran."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.engine.world import Outcome, World
from workflows.engine.messages import RetryRun
from workflows.engine.resources import asked_by, thousandths, usage

Json = dict[str, Any]
pytestmark = pytest.mark.argo("4-resources-duration")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1000), ("100m", 100), ("0.5", 500), (".5", 500), ("1.", 1000), ("1k", 10**6), ("2Ki", 2048000),
        ("1e3", 10**6), ("1E2", 10**5), ("1E", 10**21), ("1u", 1), ("1n", 1), ("100Mi", 104857600000),
        (2, 2000), ("-1", 0), ("", 0), ("lots", 0), (".", 0), ("1e9999999", 0), ("1 Gi", 0), ("٣", 0),
    ],
)  # fmt: skip
def test_quantities(text: Any, expected: int) -> None:
    assert thousandths(text) == expected


@pytest.mark.parametrize(
    ("resources", "seconds", "expected"),
    [
        ({}, 9, {"cpu": 0, "memory": 9}),
        ({}, 10, {"cpu": 1, "memory": 10}),
        ({"requests": {"cpu": "2"}}, 3, {"cpu": 6, "memory": 3}),
        (
            {"limits": {"cpu": "4", "memory": "1Gi"}, "requests": {"cpu": "500m"}},
            10,
            {"cpu": 5, "memory": 102},
        ),
        ({"limits": {"nvidia.com/gpu": 2}}, 7, {"cpu": 0, "memory": 7, "nvidia.com/gpu": 14}),
        ({"requests": {"gpu": "1e99"}}, 1, {"cpu": 0, "memory": 1, "gpu": 2**53}),
        ({"requests": {"ephemeral-storage": "20Gi"}}, 5, {"cpu": 0, "memory": 5, "ephemeral-storage": 10}),
    ],
)
def test_seconds_by_resource(resources: Json, seconds: int, expected: Json) -> None:
    assert usage(asked_by({"container": {"resources": resources}}), seconds) == expected


def test_every_container_counts() -> None:
    gpu = {"resources": {"limits": {"gpu": 1}}}
    template = {"containerSet": {"containers": [gpu, {}]}, "sidecars": [{}], "initContainers": [{}]}

    assert usage(asked_by(template), 10) == {"cpu": 3, "memory": 30, "gpu": 10}


def workflow(**work: Any) -> Json:
    main = {"name": "main", "steps": [[{"name": "a", "template": "work"}, {"name": "b", "template": "work"}]]}
    work = {"name": "work", "container": {"image": "busybox"}, **work}
    return {"kind": "Workflow", "metadata": {}, "spec": {"entrypoint": "main", "templates": [main, work]}}


def used(world: World) -> dict[str, Any]:
    return {n.display_name: (n.extra or {}).get("resourcesDuration") for n in world.state.nodes.values()}


def test_pods_keep_what_they_used_and_the_run_the_sum() -> None:
    world = World(workflow(), lambda _: Outcome(seconds=10))
    world.settle()

    assert used(world) == {
        "run": None,
        "[0]": None,
        "a": {"cpu": 1, "memory": 10},
        "b": {"cpu": 1, "memory": 10},
    }
    assert world.state.run.memo["resourcesDuration"] == {"cpu": 2, "memory": 20}


def test_a_short_pod_keeps_nothing() -> None:
    world = World(workflow(), lambda _: Outcome(seconds=0.9))
    world.settle()

    assert set(used(world).values()) == {None}
    assert world.state.run.memo == {}


def test_the_sum_forgets_what_a_manual_retry_does_again() -> None:
    fails = {"b"}
    world = World(
        workflow(),
        lambda order: Outcome(seconds=10, phase="Failed" if order.node_name[-1] in fails else "Succeeded"),
    )
    world.settle()
    assert world.state.run.memo["resourcesDuration"] == {"cpu": 2, "memory": 20}
    fails.clear()

    world.apply([RetryRun()])
    assert world.state.run.memo["resourcesDuration"] == {"cpu": 1, "memory": 10}
    world.settle()

    assert world.state.run.memo["resourcesDuration"] == {"cpu": 2, "memory": 20}


def test_restarts_do_not_count_twice() -> None:
    world = World(workflow(), lambda _: Outcome(seconds=10))
    world.apply()
    while world.next_time() is not None:
        world.apply(world.pass_time())
        world.restart()

    assert world.state.run.memo["resourcesDuration"] == {"cpu": 2, "memory": 20}
