"""Who begins and what is sent first: limits of namespaces and of the server, priority, namespaces in turn."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.driver.conftest import takes
from workflows.engine.messages import Launch, Terminate
from workflows.models import Namespace
from workflows.models import Run as RunRow
from workflows.store.admission import POSTPONED, Limits

ONE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: %s}
spec:
  priority: %d
  entrypoint: main
  templates: [{name: main, container: {image: busybox, command: ["true"]}}]
"""
MANY = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: %s}
spec:
  entrypoint: main
  templates:
    - name: main
      steps: [[{name: work, template: work, withSequence: {count: "%d"}}]]
    - {name: work, container: {image: busybox, command: ["true"]}}
"""

pytestmark = pytest.mark.argo("23-scheduling-of-runs")


def active() -> dict[str, str]:
    return dict(RunRow.objects.order_by("id").values_list("name", "phase"))


def namespace(name: str, **fields: Any) -> None:
    Namespace.objects.update_or_create(name=name, defaults={"created_at": 0, **fields})


def test_runs_beyond_the_limit_of_a_namespace_are_pending_and_say_so(make_world):
    world = make_world(takes(10))
    namespace("team", parallelism=2)
    runs = [world.submit(ONE % (f"run-{n}", 0)) for n in range(4)]
    engine = world.engine()

    engine.work()
    assert list(active().values()) == ["Running", "Running", "Pending", "Pending"]
    assert world.run(runs[2]).message == POSTPONED
    assert world.run(runs[2]).seq == 1

    world.pass_ms(10)
    engine.work()
    assert list(active().values()) == ["Succeeded", "Succeeded", "Running", "Running"]
    assert world.run(runs[2]).message == ""
    world.pass_ms(10)
    engine.work()
    assert set(active().values()) == {"Succeeded"}


def test_a_raised_limit_counts_at_once(make_world):
    world = make_world(takes(10))
    namespace("team", parallelism=1)
    for n in range(3):
        world.submit(ONE % (f"run-{n}", 0))
    engine = world.engine()
    engine.work()

    namespace("team", parallelism=0)
    engine.sweep(after_ms=1)
    engine.driver.inbox.wake()
    engine.work()

    assert list(active().values()) == ["Running", "Running", "Running"]


@pytest.mark.parametrize(
    ("limits", "running"),
    [(Limits(total=3), 3), (Limits(per_namespace=1), 2), (Limits(total=1, per_namespace=2), 1)],
    ids=["total", "default of namespaces", "both"],
)
def test_limits_of_the_server(make_world, limits, running):
    world = make_world(takes(10))
    for n in range(6):
        world.submit(ONE % (f"run-{n}", 0), namespace="team" if n % 2 else "other")
    engine = world.engine(limits=limits)

    engine.work()

    assert list(active().values()).count("Running") == running


@pytest.mark.argo("2-priority")
def test_priority_decides_who_begins(make_world):
    world = make_world(takes(10))
    namespace("team", parallelism=1)
    for name, priority in (("low", -1), ("old", 0), ("urgent", 9), ("young", 0)):
        world.submit(ONE % (name, priority))
        world.clock.pass_ms(1)
    engine = world.engine()
    for _ in range(4):
        engine.work()
        world.pass_ms(10)

    assert engine.launched() == ["urgent", "old", "young", "low"]


def test_a_run_that_waits_can_be_stopped(make_world):
    world = make_world(takes(10))
    namespace("team", parallelism=1)
    world.submit(ONE % ("first", 0))
    second = world.submit(ONE % ("second", 0))
    engine = world.engine()
    engine.work()

    world.signal(second, Terminate())
    engine.work()

    assert (world.run(second).phase, engine.launched()) == ("Failed", ["first"])


def test_a_small_run_begins_before_the_flood_of_another_namespace_has(make_world):
    world = make_world(takes(10))
    for n in range(300):
        world.submit(ONE % (f"flood-{n}", 0), namespace="flood")
    world.submit(ONE % ("small", 0), namespace="team")
    engine = world.engine()

    engine.work()

    assert engine.launched().index("small") < 100


def test_launches_of_namespaces_take_turns_and_none_has_too_many_unanswered(make_world):
    world = make_world(takes(10))
    engine = world.engine(launch_window=100)
    engine.lose_orders = True
    world.submit(MANY % ("flood", 1000), namespace="flood")
    engine.work()
    assert len(engine.launched()) == 100

    world.submit(ONE % ("small", 0), namespace="team")
    engine.work()

    assert engine.launched()[-1] == "small"
    assert len(engine.launched()) == 101


def test_all_launches_are_sent_in_the_end(make_world):
    world = make_world(takes(10, template="work"))
    run_id = world.submit(MANY % ("flood", 250))
    engine = world.engine(launch_window=100)

    for _ in range(4):
        engine.work()
        world.pass_ms(10)
    engine.work()

    assert world.run(run_id).phase == "Succeeded"
    assert len(engine.launched()) == 250


def test_what_was_not_sent_needs_no_killing(make_world):
    world = make_world(takes(10_000, template="work"))
    run_id = world.submit(MANY % ("flood", 250))
    engine = world.engine(launch_window=0)
    engine.work()

    world.signal(run_id, Terminate())
    engine.work()

    assert [order for order in engine.sent if not isinstance(order, Launch)] == []
    assert (world.run(run_id).phase, len(engine.driver.held)) == ("Failed", 0)


def test_what_was_not_sent_is_sent_by_the_next_engine(make_world):
    world = make_world(takes(10, template="work"))
    run_id = world.submit(MANY % ("flood", 250))
    engine = world.engine(launch_window=0, sole=True)
    engine.work()
    engine.crash()

    engine = world.engine(sole=True)
    engine.work()
    world.pass_ms(10)
    engine.work()

    assert world.run(run_id).phase == "Succeeded"
