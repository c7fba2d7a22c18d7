"""What holds for every workflow, whatever it is made of and however it goes: one test for each such sentence.

On the way `World` checks after every decision that node counts, change numbers and the decision agree
with the nodes. `--hypothesis-profile=search` looks through many more workflows than a normal run of the
tests.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engine.generated import outcomes_of, workflows
from tests.unit.engine.world import World
from workflows.engine import plan_retry
from workflows.engine.manual_retry import Reason
from workflows.engine.messages import Fact, Launch, ResumeRun, RetryRun, Stop, SuspendRun, Terminate
from workflows.engine.phases import FULFILLED, LAUNCHED

Json = dict[str, Any]

salts = st.integers(0, 2**32)


def live(world: World, between: Callable[[], None] = lambda: None, moments: int = 2000) -> None:
    """Let the run go on to its end, doing `between` after each moment; somebody resumes what waits for a
    person.
    """
    world.apply()
    between()
    for _ in range(moments):
        if world.next_time() is not None:
            world.apply(world.pass_time())
        elif world.state.finished:
            return
        else:
            assert world.waiting_suspensions() or world.state.run.suspended, f"stuck: {open_nodes(world)}"
            world.apply([ResumeRun(actor="somebody")])
        between()
    raise AssertionError(f"it never ends: {open_nodes(world)}")


def lived(workflow: Json, salt: int) -> World:
    world = World(workflow, outcomes_of(salt))
    live(world)
    return world


def launches(world: World) -> list[tuple[str, int]]:
    return sorted((order.node_name, order.attempt) for order in world.launched)


def open_nodes(world: World) -> list[str]:
    return [f"{n.name} {n.type} {n.phase}" for n in world.state.nodes.values() if n.phase not in FULFILLED]


@given(workflows(), salts)
def test_every_run_ends_and_leaves_nothing_open(workflow: Json, salt: int) -> None:
    world = lived(workflow, salt)

    assert not world.alive
    assert open_nodes(world) == []
    assert not world.locks.claims


@given(workflows(), salts)
def test_facts_told_again_change_nothing(workflow: Json, salt: int) -> None:
    chance = random.Random(salt)
    world = World(workflow, outcomes_of(salt))

    def tell_again() -> None:
        old = [chance.choice(world.told) for _ in range(3)] if world.told else []
        decision = world.apply([*old, *world.told[-3:]])
        assert (decision.transitions, decision.orders, decision.run_changed) == (0, [], False)

    live(world, tell_again)

    assert world.tree() == lived(workflow, salt).tree()


@given(workflows(), salts)
def test_the_order_of_facts_of_one_moment_does_not_matter(workflow: Json, salt: int) -> None:
    chance = random.Random(salt)
    world = World(workflow, outcomes_of(salt))
    in_order = world.due

    def shuffled() -> list[Fact]:
        facts = in_order()
        chance.shuffle(facts)
        return facts

    world.due = shuffled  # type: ignore[method-assign]
    live(world)

    assert world.tree() == lived(workflow, salt).tree()


@given(workflows(limits=False), salts)
@pytest.mark.argo("23-requeue")
def test_restarts_change_nothing(workflow: Json, salt: int) -> None:
    chance = random.Random(salt)
    world = World(workflow, outcomes_of(salt))
    live(world, lambda: world.restart() if chance.random() < 0.5 else None)

    undisturbed = lived(workflow, salt)
    assert world.tree() == undisturbed.tree()
    assert launches(world) == launches(undisturbed)


@given(workflows(), salts)
def test_restarts_launch_nothing_twice(workflow: Json, salt: int) -> None:
    """With limits, who waits longest is not kept over a restart, so the tree may differ, but nothing is
    done twice.
    """
    world = World(workflow, outcomes_of(salt))
    live(world, world.restart)

    assert len(set(launches(world))) == len(world.launched)
    assert not world.alive
    assert not world.locks.claims


@given(workflows(), salts)
def test_orders_made_again_are_the_same(workflow: Json, salt: int) -> None:
    world = World(workflow, outcomes_of(salt))

    def order_again() -> None:
        world.restart()
        first = {(order.node_id, order.attempt): order for order in world.launched}
        for order in world.state.relaunch([node_id for node_id, _ in world.state.active_attempts()]):
            before = first[order.node_id, order.attempt]
            assert _lasting(order, world) == _lasting(before, world)

    live(world, order_again)


def _lasting(order: Launch, world: World) -> Json:
    """An order without the time that is left and, where nobody waits for it any more, the result."""
    fields = {name: getattr(order, name) for name in order.__struct_fields__}
    del fields["active_deadline_seconds"]
    boundary = world.state.nodes.get(world.state.nodes[order.node_id].boundary_id)
    if boundary is not None and boundary.fulfilled:
        del fields["capture_result"]
    return fields


@given(workflows(), salts, st.integers(0, 12), st.booleans())
@pytest.mark.argo("2-shutdown")
def test_a_stopped_run_ends_once_its_processes_have(
    workflow: Json, salt: int, moments: int, kindly: bool
) -> None:
    """Processes here may go on until they are killed, and nobody resumes anything."""
    world = World(workflow, outcomes_of(salt, may_hang=True))
    disturb(world, random.Random(salt), moments)

    if kindly:
        world.apply([Stop(actor="somebody")])
        world.settle()
        assert all(".onExit" in name for name in open_leaves(world)), "only exit handlers may go on"
    world.apply([Terminate(actor="somebody")])
    world.settle()

    assert world.state.finished, open_nodes(world)
    assert not world.alive


@given(workflows(deadline=True), salts)
def test_a_run_past_its_deadline_ends(workflow: Json, salt: int) -> None:
    world = World(workflow, outcomes_of(salt, may_hang=True))
    disturb(world, random.Random(salt), 20)
    world.apply([ResumeRun(actor="somebody")])
    world.settle()

    assert world.state.finished or open_leaves(world)
    assert all(".onExit" in name for name in open_leaves(world)), "only exit handlers may go on"


@given(workflows(), salts, st.booleans())
def test_a_retry_by_hand_does_again_what_the_plan_says(workflow: Json, salt: int, chosen: bool) -> None:
    """Twice in a row, with restarts: nothing that the plan keeps is launched again; the run ends again."""
    chance = random.Random(salt)
    world = lived(workflow, salt)
    for attempt in (1, 2):
        before = dict(world.state.nodes)
        request = RetryRun(actor="somebody")
        if chosen and before:
            name = chance.choice(list(before.values())).name
            request = RetryRun(restart_successful=True, selector=f"name={name}", actor="somebody")
        plan = plan_retry(world.state.run, before, request)
        world.launched.clear()

        world.apply([request])
        world.restart()
        live(world)

        kept = before.keys() - plan.deleted.keys()
        assert not kept & {order.node_id for order in world.launched}
        assert {order.attempt for order in world.launched} <= {attempt}
        gone = {node_id for node_id, cause in plan.deleted.items() if cause.reason is not Reason.DAEMON}
        assert all(not set(before[node_id].parents) & gone for node_id in kept)
        assert open_nodes(world) == []


def disturb(world: World, chance: random.Random, moments: int) -> None:
    """Let some moments pass, with restarts, suspensions and resumptions in between."""
    world.apply()
    for _ in range(moments):
        match chance.randrange(12):
            case 0:
                world.apply([SuspendRun(actor="somebody")])
            case 1:
                world.apply([ResumeRun(actor="somebody")])
            case 2:
                world.restart()
        if world.next_time() is not None:
            world.apply(world.pass_time())


def open_leaves(world: World) -> list[str]:
    return [
        n.name
        for n in world.state.nodes.values()
        if (n.type in (*LAUNCHED, "Suspend") or n.at_lock) and n.phase not in FULFILLED
    ]
