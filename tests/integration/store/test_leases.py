"""Who holds a run, and how that ends."""

from __future__ import annotations

import pytest

from workflows.engine.messages import Terminate
from workflows.models import EngineMember
from workflows.models import Run as RunRow
from workflows.store import leases, signals
from workflows.store.commit import RunWrite, commit


@pytest.fixture(autouse=True)
def _two_members(db):
    for member in ("one", "two"):
        leases.join(member, host="here", now=0, alive_ms=1000)


def owners() -> list[tuple[str, int]]:
    return list(RunRow.objects.order_by("id").values_list("lease_owner", "fence"))


@pytest.mark.argo("23-single-writer")
def test_a_run_is_leased_once(make_run):
    make_run()

    first, second = leases.claim("one", now=1, limit=9), leases.claim("two", now=1, limit=9)

    assert ([lease.fence for lease in first], second, owners()) == ([1], [], [("one", 1)])


def test_the_longest_waiting_runs_are_claimed_first_and_no_more_than_asked(make_run):
    ids = [make_run()[0] for _ in range(4)]
    RunRow.objects.filter(id=ids[2]).update(wake_at=-5)

    claimed = [lease.run_id for lease in leases.claim("one", now=1, limit=2)]

    assert (ids[2] in claimed, len(claimed)) == (True, 2)


@pytest.mark.parametrize(
    ("wake_at", "claimed"),
    [(0, True), (50, True), (51, False), (None, False)],
    ids=["new", "due", "later", "never"],
)
def test_only_runs_with_something_to_do_are_claimed(make_run, wake_at, claimed):
    run_id, _ = make_run()
    RunRow.objects.filter(id=run_id).update(wake_at=wake_at)

    assert bool(leases.claim("one", now=50, limit=9)) is claimed


def test_the_runs_of_a_silent_member_are_free_again_with_a_higher_fence(make_run):
    make_run()
    leases.claim("one", now=1, limit=9)
    leases.renew("two", now=500, alive_ms=1000)

    dead = leases.bury_dead(now=1200)
    again = leases.claim("two", now=1200, limit=9)

    assert (dead, [lease.fence for lease in again], owners()) == (["one"], [2], [("two", 2)])


def test_a_member_that_renews_keeps_its_runs(make_run):
    make_run()
    leases.claim("one", now=1, limit=9)

    assert leases.renew("one", now=900, alive_ms=1000) is True
    assert (leases.bury_dead(now=1500), owners()) == (["two"], [("one", 1)])


def test_a_buried_member_learns_it_when_it_renews():
    leases.bury_dead(now=5000)

    assert leases.renew("one", now=5001, alive_ms=1000) is False


def test_leaving_frees_runs_at_once(make_run):
    make_run()
    leases.claim("one", now=1, limit=9)

    leases.leave("one")

    assert [lease.fence for lease in leases.claim("two", now=1, limit=9)] == [2]
    assert list(EngineMember.objects.values_list("name", flat=True)) == ["two"]


def test_a_sole_engine_buries_all_others_at_once(make_run):
    make_run()
    leases.claim("one", now=1, limit=9)

    leases.bury_all()

    assert (owners(), EngineMember.objects.count()) == ([("", 1)], 0)


def test_a_released_run_sleeps_until_its_time(make_run):
    run_id, run = make_run()
    [lease] = leases.claim("one", now=1, limit=9)

    commit([RunWrite(run_id, lease.fence, run, wake_at=300, release=True)])

    assert leases.claim("two", now=299, limit=9) == []
    assert [found.fence for found in leases.claim("two", now=300, limit=9)] == [2]


def test_a_signal_posted_before_the_release_keeps_the_run_awake(make_run):
    run_id, run = make_run()
    [lease] = leases.claim("one", now=1, limit=9)
    signals.post(run_id, [Terminate()], now=1)

    commit([RunWrite(run_id, lease.fence, run, wake_at=None, release=True)])

    assert len(leases.claim("two", now=2, limit=9)) == 1


def test_a_signal_posted_after_the_release_wakes_the_run(make_run):
    run_id, run = make_run()
    [lease] = leases.claim("one", now=1, limit=9)
    commit([RunWrite(run_id, lease.fence, run, wake_at=None, release=True)])

    signals.post(run_id, [Terminate()], now=1)

    assert len(leases.claim("two", now=2, limit=9)) == 1
