"""The loop from submit to finish: facts, wishes, timers, leases."""

from __future__ import annotations

from tests.integration.driver.conftest import takes
from tests.integration.driver.manifests import APPROVAL, BROKEN, DIAMOND, ONE, TIMER
from workflows.engine import RunState
from workflows.engine.messages import Kill, ResumeRun, RetryRun, SuspendRun, Terminate
from workflows.executors.simulated import Outcome, Rule
from workflows.models import Signal
from workflows.store import bus, load


def test_a_diamond_runs_to_its_end_and_leaves_the_memory(world):
    run_id = world.submit(DIAMOND)
    engine = world.engine()

    engine.work()

    row = world.row(run_id)
    assert world.phases(run_id) == dict.fromkeys(["diamond", "A", "B", "C", "D"], "Succeeded")
    assert (row.phase, row.lease_owner, row.wake_at) == ("Succeeded", "", None)
    assert engine.launched() == ["diamond.A", "diamond.B", "diamond.C", "diamond.D"]
    assert len(engine.driver.held) == 0


def test_a_hint_of_a_new_run_is_enough(world):
    engine = world.engine(sweep_ms=10**9)
    engine.work()

    run_id = world.submit(ONE)
    engine.work()

    assert world.run(run_id).phase == "Succeeded"


def test_a_new_run_is_found_without_a_hint(world, monkeypatch):
    engine = world.engine()
    engine.work()
    monkeypatch.setattr(bus.LocalBus, "wake", lambda *_: None)
    run_id = world.submit(ONE)

    engine.sweep()

    assert world.run(run_id).phase == "Succeeded"


def test_a_wish_is_carried_out_once_and_its_row_goes_with_the_effect(world):
    run_id = world.submit(APPROVAL)
    engine = world.engine()
    engine.work()

    world.signal(run_id, ResumeRun(selector="displayName=ask"))
    engine.work()

    assert (world.run(run_id).phase, Signal.objects.count()) == ("Succeeded", 0)


def test_a_wish_without_a_hint_is_found_by_the_sweep(world, monkeypatch):
    run_id = world.submit(APPROVAL)
    engine = world.engine()
    engine.work()
    monkeypatch.setattr(bus.LocalBus, "wake", lambda *_: None)

    world.signal(run_id, ResumeRun(selector="displayName=ask"))
    engine.sweep()

    assert world.run(run_id).phase == "Succeeded"


def test_a_timer_fires_on_time(world):
    run_id = world.submit(TIMER)
    engine = world.engine(sweep_ms=10**9)
    engine.work()

    world.pass_ms(99_999)
    engine.work()
    before = world.run(run_id).phase
    world.pass_ms(2)
    engine.work()

    assert (before, world.run(run_id).phase) == ("Running", "Succeeded")


def test_a_waiting_run_leaves_the_memory_and_comes_back_for_its_timer(world):
    run_id = world.submit(TIMER)
    engine = world.engine(idle_ms=10_000)
    engine.work()

    engine.sweep(20_000)
    idle = (len(engine.driver.held), world.row(run_id).lease_owner)
    engine.sweep(100_000)

    assert (idle, world.run(run_id).phase) == ((0, ""), "Succeeded")


def test_a_waiting_run_comes_back_for_a_wish(world):
    run_id = world.submit(APPROVAL)
    engine = world.engine(idle_ms=10_000)
    engine.work()
    engine.sweep(20_000)

    world.signal(run_id, ResumeRun(selector="displayName=ask"))
    engine.work()

    assert world.run(run_id).phase == "Succeeded"


def test_a_finished_run_is_retried_by_a_wish(make_world):
    world = make_world(Rule(Outcome(phase="Failed"), template="work", attempts=frozenset({0})))
    run_id = world.submit(APPROVAL.replace("suspend: {}", 'suspend: {duration: "0"}'))
    engine = world.engine()
    engine.work()
    engine.sweep()
    failed = world.run(run_id).phase

    world.signal(run_id, RetryRun())
    engine.work()
    engine.sweep()

    assert (failed, world.run(run_id).phase, world.run(run_id).attempt) == ("Failed", "Succeeded", 1)


def test_a_run_that_cannot_be_compiled_ends_in_error_with_the_reason(world):
    run_id = world.submit(BROKEN)
    engine = world.engine()

    engine.work()

    run = world.run(run_id)
    assert (run.phase, run.message) == ("Error", "workflow template nowhere not found")
    assert (world.row(run_id).lease_owner, len(engine.driver.held)) == ("", 0)


def test_a_defect_ends_the_one_run_and_its_processes_and_no_other(make_world, monkeypatch):
    world = make_world(takes(1000))
    bad, good = world.submit(DIAMOND), world.submit(ONE)
    engine = world.engine()
    engine.work()
    apply = RunState.apply

    def breaks(state, facts, now):
        if state.run.name == "diamond":
            raise ZeroDivisionError("defect")
        return apply(state, facts, now)

    monkeypatch.setattr(RunState, "apply", breaks)
    world.signal(bad, SuspendRun())
    engine.work()
    world.pass_ms(1000)
    engine.work()

    run = world.run(bad)
    assert world.run(good).phase == "Succeeded"
    assert (run.phase, run.message) == ("Error", "internal error: ZeroDivisionError: defect")
    assert world.phases(bad) == {"diamond": "Error", "A": "Error"}
    assert [order.node_id for order in engine.sent if isinstance(order, Kill)] == [load.load_nodes(bad)[1].id]
    assert (world.row(bad).lease_owner, Signal.objects.count()) == ("", 0)


def test_stopping_frees_the_runs_for_the_next_engine(make_world):
    world = make_world(takes(1000))
    run_id = world.submit(ONE)
    first = world.engine()
    first.work()

    first.driver.leave()
    second = world.engine()
    second.work()
    world.pass_ms(1000)
    second.work()

    assert (world.run(run_id).phase, first.launched(), second.launched()) == ("Succeeded", ["one"], [])


def test_terminating_kills_what_runs(make_world):
    world = make_world(takes(10_000))
    run_id = world.submit(DIAMOND)
    engine = world.engine()
    engine.work()

    world.signal(run_id, Terminate())
    engine.work()

    assert world.run(run_id).phase == "Failed"
    assert world.phases(run_id)["A"] == "Failed"
