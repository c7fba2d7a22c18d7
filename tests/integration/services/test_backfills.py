"""Backfills: what they would run, what they run, at most so many at once, and how they end."""

from __future__ import annotations

import pytest

from tests.integration.services.test_schedules import MINUTE, finish, ledger, pass_minutes, store
from workflows.engine.cron import Outcome
from workflows.errors import ForbiddenError, UserError
from workflows.models import Backfill, Run, Schedule, Slot
from workflows.services import backfills
from workflows.services.scheduler import keep_schedules

KEY = ("team", "tick")


@pytest.fixture
def start(root, fake_clock):
    """A schedule of every minute whose first three slots were missed and whose fourth has ended."""
    store(root, more="successfulJobsHistoryLimit: 1")
    begin = fake_clock.now()
    pass_minutes(fake_clock, 4, at_once=True)
    finish("Succeeded")
    keep_schedules()
    return begin


def test_a_preview_tells_every_slot_and_starts_nothing(root, start):
    found = backfills.preview(root, *KEY, first=start - MINUTE, last=start + 60 * MINUTE)

    assert [((one.slot - start) // MINUTE, one.known, one.will_run) for one in found] == [
        (-1, "", True),
        (0, "", True),
        (1, "Missed", True),
        (2, "Missed", True),
        (3, "Missed", True),
        (4, "Ran", False),
    ]
    assert Run.objects.count() == 1


@pytest.mark.argo("15-backfill")
def test_it_runs_what_has_not_run_so_many_at_once(root, start, fake_clock):
    backfills.start(root, *KEY, first=start + MINUTE, last=start + 9 * MINUTE, concurrency=2)
    keep_schedules()
    keep_schedules()
    assert ledger() == ["backfill", "backfill", "backfill", "Ran"]
    assert [slot.outcome for slot in Slot.objects.order_by("slot_at")] == ["Ran", "Ran", "Waiting", "Ran"]

    for _ in range(3):
        finish("Succeeded")
        keep_schedules()

    [progress] = backfills.list_backfills(root, *KEY)
    assert (progress.backfill.state, progress.counts) == ("Completed", {"Succeeded": 3})
    assert Run.objects.count() == 4
    assert Schedule.objects.get().succeeded == 1


def test_it_does_not_hinder_the_schedule(root, fake_clock):
    store(root, more="concurrencyPolicy: Forbid")
    begin = fake_clock.now()
    pass_minutes(fake_clock, 1)
    finish("Succeeded")
    keep_schedules()
    backfills.start(root, *KEY, first=begin - MINUTE, last=begin)
    keep_schedules()
    pass_minutes(fake_clock, 1)

    assert Slot.objects.get(slot_at=begin + 2 * MINUTE).outcome == Outcome.RAN


def test_cancelling_starts_no_more(root, start):
    made = backfills.start(root, *KEY, first=start + MINUTE, last=start + 9 * MINUTE)
    keep_schedules()
    backfills.cancel(root, *KEY, made.id)
    finish("Succeeded")
    keep_schedules()

    assert ledger() == ["backfill", "backfill-cancelled", "backfill-cancelled", "Ran"]
    assert Backfill.objects.get().state == "Cancelled"


@pytest.mark.parametrize(
    ("first", "last", "concurrency", "code"),
    [
        (4, 9, 1, "nothing-to-run"),
        (-2000, 0, 1, "too-many-slots"),
        (1, 3, 0, "bad-concurrency"),
        (1, 3, 101, "bad-concurrency"),
    ],
)
def test_what_cannot_be_is_refused(root, start, first, last, concurrency, code):
    with pytest.raises(UserError) as caught:
        backfills.start(
            root, *KEY, first=start + first * MINUTE, last=start + last * MINUTE, concurrency=concurrency
        )

    assert (caught.value.code, Backfill.objects.count()) == (code, 0)


def test_viewers_start_none(make_user, root, start):
    with pytest.raises(ForbiddenError):
        backfills.start(make_user("viewer"), *KEY, first=start, last=start + MINUTE)
