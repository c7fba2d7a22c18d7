"""Crashes, lost messages, lost leases and a failing database."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from tests.integration.driver.conftest import takes
from tests.integration.driver.manifests import DIAMOND, ONE
from workflows.driver import committing, loop
from workflows.engine.messages import Kill, Launch, Terminate
from workflows.store import leases, load
from workflows.store.commit import commit

MEASURE = 12


@pytest.mark.parametrize("cut", range(MEASURE))
@pytest.mark.argo("23-requeue")
def test_a_run_cut_off_after_any_number_of_steps_ends_the_same(make_world, cut):
    world = make_world(takes(10, template="work"))
    run_id = world.submit(DIAMOND)
    first = world.engine()
    for _ in range(cut):
        first.driver.step()
        if first.driver.inbox.empty:
            world.pass_ms(5)

    first.crash()
    second = world.engine(sole=True)
    for _ in range(10):
        second.work()
        world.pass_ms(10)

    assert world.phases(run_id) == dict.fromkeys(["diamond", "A", "B", "C", "D"], "Succeeded")
    assert world.run(run_id).phase == "Succeeded"


@pytest.mark.parametrize("cut", range(MEASURE))
def test_a_crash_between_decision_and_commit_loses_nothing(make_world, monkeypatch, cut):
    """The commit at which the engine dies is rolled back: nothing of it may have left the process."""
    world = make_world(takes(10, template="work"))
    run_id = world.submit(DIAMOND)
    first = world.engine()
    calls = 0

    def dies(*writes):
        nonlocal calls
        calls += 1
        if calls > cut:
            raise KeyboardInterrupt
        return commit(*writes)

    monkeypatch.setattr(committing, "commit", dies)
    try:
        for _ in range(10):
            first.work()
            world.pass_ms(10)
    except KeyboardInterrupt:
        first.crash()
    monkeypatch.setattr(committing, "commit", commit)
    second = world.engine(sole=True)
    for _ in range(10):
        second.work()
        world.pass_ms(10)

    assert world.run(run_id).phase == "Succeeded"
    assert sorted(first.launched() + second.launched()) == [
        "diamond.A",
        "diamond.B",
        "diamond.C",
        "diamond.D",
    ]


def test_an_executor_that_forgot_gets_the_orders_again(make_world):
    world = make_world(takes(10_000))
    run_id = world.submit(ONE)
    first = world.engine()
    first.work()
    first.crash()

    fresh = make_world()
    fresh_engine = fresh.engine(sole=True)
    fresh_engine.work()

    assert (fresh_engine.launched(), world.run(run_id).phase) == (["one"], "Succeeded")


def test_a_lost_order_is_sent_again_after_its_deadline(world):
    run_id = world.submit(ONE)
    engine = world.engine(order_deadline_ms=30_000)
    engine.lose_orders = True
    engine.work()
    engine.lose_orders = False

    engine.sweep(29_000)
    early = len(engine.sent)
    engine.sweep(2_000)

    assert (early, [type(order) for order in engine.sent]) == (1, [Launch, Launch])
    assert world.run(run_id).phase == "Succeeded"


def test_an_order_that_is_known_is_not_sent_again(make_world):
    world = make_world(takes(100_000))
    world.submit(ONE)
    engine = world.engine(order_deadline_ms=10_000)
    engine.work()

    for _ in range(5):
        engine.sweep(11_000)

    assert engine.launched() == ["one"]


def test_a_lost_kill_is_sent_again(make_world):
    world = make_world(takes(1_000_000))
    run_id = world.submit(ONE)
    engine = world.engine()
    engine.work()
    engine.lose_orders = True
    world.signal(run_id, Terminate())
    engine.work()
    engine.lose_orders = False

    held = world.row(run_id).lease_owner
    engine.sweep(60_000)

    kills = [order for order in engine.sent if isinstance(order, Kill)]
    row = world.row(run_id)
    assert (len(kills), row.phase, held != "", row.lease_owner) == (2, "Failed", True, "")


def test_an_engine_that_dies_before_its_kills_are_answered_leaves_them_to_the_next(make_world):
    world = make_world(takes(1_000_000))
    run_id = world.submit(ONE)
    first = world.engine()
    first.work()
    first.lose_orders = True
    world.signal(run_id, Terminate())
    first.work()
    first.crash()

    second = world.engine(sole=True)
    second.work()

    assert [type(order) for order in second.sent] == [Kill]
    assert (world.row(run_id).lease_owner, len(second.driver.held)) == ("", 0)


def test_a_kill_that_is_never_answered_does_not_hold_the_run_for_ever(make_world):
    world = make_world(takes(1_000_000))
    run_id = world.submit(ONE)
    engine = world.engine()
    engine.work()
    engine.lose_orders = True
    world.signal(run_id, Terminate())
    engine.work()

    for _ in range(10):
        engine.sweep(60_000)

    kills = [order for order in engine.sent if isinstance(order, Kill)]
    assert (len(kills), world.row(run_id).lease_owner, len(engine.driver.held)) == (5, "", 0)


@pytest.mark.argo("23-single-writer")
def test_an_engine_that_was_silent_for_too_long_writes_nothing_more(make_world):
    world = make_world(takes(60_000))
    run_id = world.submit(ONE)
    old = world.engine(lease_ms=15_000)
    old.work()
    world.pass_ms(20_000)

    new = world.engine(lease_ms=15_000)
    new.work()
    world.executor.open(new.driver.inbox.report)
    seq = world.run(run_id).seq
    old.driver.inbox.report(world.run(run_id).uid, _finished(world, run_id))
    old.work()

    assert (world.run(run_id).seq, world.run(run_id).phase) == (seq, "Running")
    assert len(old.driver.held) == 0


def _finished(world, run_id):
    from workflows.engine.messages import NodeFinished

    [node] = load.load_nodes(run_id)
    return [NodeFinished(node_id=node.id, attempt=0, at=world.clock.now(), phase="Failed")]


def test_a_database_that_is_away_for_a_moment_costs_nothing(make_world, monkeypatch):
    world = make_world(takes(10))
    run_id = world.submit(DIAMOND)
    engine = world.engine()
    monkeypatch.setattr(loop, "_PAUSE_AFTER_FAULT_S", 0)
    engine.work()
    failing = iter([True, True, False])

    def sometimes(*writes):
        if next(failing, False):
            raise OperationalError("database is locked")
        return commit(*writes)

    monkeypatch.setattr(committing, "commit", sometimes)
    for _ in range(12):
        world.pass_ms(10)
        engine.work()

    assert world.run(run_id).phase == "Succeeded"
    assert len(engine.launched()) == len(set(engine.launched())) == 4


def test_a_run_that_no_database_takes_ends_alone(make_world, monkeypatch):
    world = make_world(takes(10))
    bad, good = world.submit(DIAMOND), world.submit(ONE)
    engine = world.engine()
    engine.work()

    def refuses(writes, *rest):
        if any(write.run_id == bad and write.run.phase == "Running" for write in writes):
            raise ValueError("cannot be stored")
        return commit(writes, *rest)

    monkeypatch.setattr(committing, "commit", refuses)
    world.pass_ms(10)
    engine.work()

    assert world.run(good).phase == "Succeeded"
    run = world.run(bad)
    assert (run.phase, run.message) == ("Error", "internal error: ValueError: cannot be stored")
    assert set(world.phases(bad).values()) <= {"Error", "Succeeded"}


def test_a_defect_of_the_loop_itself_does_not_end_it(world, monkeypatch):
    monkeypatch.setattr(loop, "_PAUSE_AFTER_FAULT_S", 0)
    run_id = world.submit(DIAMOND)
    engine = world.engine()
    working = leases.claim
    monkeypatch.setattr(leases, "claim", lambda *_, **__: 1 // 0)
    engine.driver.step()
    monkeypatch.setattr(leases, "claim", working)

    engine.sweep()

    assert world.run(run_id).phase == "Succeeded"


def test_the_orders_of_other_runs_leave_although_one_run_cannot_be_written(make_world, monkeypatch):
    world = make_world(takes(10))
    bad, good = world.submit(ONE.replace("one", "bad")), world.submit(ONE)

    def refuses(writes, *rest):
        if any(write.run_id == bad and write.run.phase == "Running" for write in writes):
            raise ValueError("cannot be stored")
        return commit(writes, *rest)

    monkeypatch.setattr(committing, "commit", refuses)
    engine = world.engine()
    engine.work()

    assert engine.launched() == ["one"]
    assert [world.run(bad).phase, world.run(good).phase] == ["Error", "Running"]
