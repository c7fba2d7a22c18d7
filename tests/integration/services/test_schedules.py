"""Schedules on a database: the ledger, what starts, what is counted, and two engines at once."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, connection

from workflows.errors import ForbiddenError, ManifestError
from workflows.models import Namespace, Run, RunManifest, Schedule, Signal, Slot, Template
from workflows.services import firing, schedules, templates
from workflows.services.scheduler import keep_schedules
from workflows.store import bus

MINUTE = 60_000
CRON = """\
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {{name: tick, annotations: {annotations}}}
spec:
  schedules: ["{schedule}"]
  {more}
  workflowSpec:
    entrypoint: main
    templates:
      - name: main
        container: {{image: busybox, command: [echo, "{{{{workflow.scheduledTime}}}}"]}}
"""


def store(actor, *, schedule="@every 1m", more="", annotations="{}"):
    text = CRON.format(schedule=schedule, more=more, annotations=annotations)
    [stored] = templates.store_text(actor, namespace="team", text=text)
    return stored


def pass_minutes(clock, minutes, *, at_once=False):
    for _ in range(1 if at_once else minutes):
        clock.pass_ms(minutes * MINUTE if at_once else MINUTE)
        keep_schedules()


def ledger():
    return [slot.reason or slot.outcome for slot in Slot.objects.order_by("id")]


def finish(phase, **which):
    Run.objects.filter(phase="", **which).update(phase=phase, finished_at=1)


@pytest.mark.argo("1-cron-workflow", "15-child-naming")
def test_a_due_slot_starts_the_run_of_its_name(root, fake_clock):
    store(root)
    pass_minutes(fake_clock, 1)

    run, slot = Run.objects.get(), Slot.objects.get()
    at = slot.slot_at
    assert (run.name, run.template_kind, run.template_name) == (f"tick-{at // 1000}", "CronWorkflow", "tick")
    assert (slot.run_uid, slot.outcome, Schedule.objects.get().last_scheduled) == (run.uid, "Ran", at)
    assert "2023-11-14T22:14:20Z" in RunManifest.objects.get().workflow


def test_looking_again_starts_nothing(root, fake_clock):
    store(root)
    pass_minutes(fake_clock, 1)
    keep_schedules()

    assert (Run.objects.count(), Slot.objects.count()) == (1, 1)


def test_the_ledger_has_no_two_rows_for_a_slot(root, fake_clock):
    store(root)
    pass_minutes(fake_clock, 1)
    slot = Slot.objects.get()

    with pytest.raises(IntegrityError):
        Slot.objects.create(schedule=slot.schedule, slot_at=slot.slot_at, decided_at=0, outcome="Ran")


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        ("none", ["no-engine", "no-engine", "no-engine", "Ran"]),
        ("latest", ["no-engine", "no-engine", "no-engine", "Ran"]),
        ("all", ["catch-up-limit", "Ran", "Ran", "Ran"]),
    ],
)
@pytest.mark.argo("15-starting-deadline-seconds")
def test_after_a_downtime_the_policy_decides(root, fake_clock, policy, found):
    store(root, annotations=f'{{sluice/catch-up: {policy}, sluice/catch-up-limit: "3"}}')
    pass_minutes(fake_clock, 4, at_once=True)

    assert ledger() == found


def test_a_failed_transaction_leaves_neither_run_nor_row(root, fake_clock, monkeypatch):
    store(root)
    fake_clock.pass_ms(MINUTE)

    def crash(slots):
        raise OperationalError("as if the process were killed before the commit")

    with monkeypatch.context() as patch:
        patch.setattr(firing.schedules, "add_slots", crash)
        with pytest.raises(OperationalError):
            firing.fire_due(fake_clock.now())
        assert (Run.objects.count(), Slot.objects.count()) == (0, 0)
    keep_schedules()

    assert (Run.objects.count(), ledger()) == (1, ["Ran"])


@pytest.mark.argo("15-concurrency-policy")
def test_forbid_skips_while_a_run_is_active(root, fake_clock):
    store(root, more="concurrencyPolicy: Forbid")
    pass_minutes(fake_clock, 2)
    finish("Succeeded")
    pass_minutes(fake_clock, 1)

    assert ledger() == ["Ran", "concurrency-forbidden", "Ran"]


@pytest.mark.argo("15-concurrency-policy")
def test_replace_terminates_the_active_run(root, fake_clock):
    store(root, more="concurrencyPolicy: Replace")
    pass_minutes(fake_clock, 2)

    first, _ = Run.objects.order_by("id")
    assert [(signal.run_id, signal.kind) for signal in Signal.objects.all()] == [(first.id, "Terminate")]


@pytest.mark.argo("15-stop-strategy-expression")
def test_a_stop_strategy_ends_the_schedule_and_resuming_begins_anew(root, fake_clock):
    store(root, more='stopStrategy: {expression: "cronworkflow.failed >= 1"}')
    pass_minutes(fake_clock, 1)
    finish("Failed")
    pass_minutes(fake_clock, 2)
    row = Schedule.objects.get()
    assert (row.phase, row.next_due, row.failed, ledger()) == ("Stopped", None, 1, ["Ran"])

    schedules.resume(root, "team", "tick")
    pass_minutes(fake_clock, 1)

    assert (Schedule.objects.get().failed, ledger()) == (0, ["Ran", "Ran"])


@pytest.mark.argo("15-suspend")
def test_a_suspended_schedule_says_what_it_skips(root, fake_clock):
    store(root)
    schedules.suspend(root, "team", "tick")
    pass_minutes(fake_clock, 1)
    schedules.resume(root, "team", "tick")
    pass_minutes(fake_clock, 1)

    assert ledger() == ["suspended", "Ran"]


def test_what_people_suspended_stays_so_when_the_manifest_is_stored_again(root, fake_clock):
    store(root)
    schedules.suspend(root, "team", "tick")
    store(root, more="concurrencyPolicy: Forbid")

    assert Schedule.objects.get().suspended


def test_a_changed_schedule_begins_anew(root, fake_clock):
    store(root)
    fake_clock.pass_ms(5 * MINUTE)
    store(root, schedule="@every 10m")
    keep_schedules()

    assert ledger() == []
    assert Schedule.objects.get().next_due == fake_clock.now() + 10 * MINUTE


@pytest.mark.argo("15-history-limits")
def test_history_keeps_the_newest_runs(root, fake_clock):
    store(root, more="successfulJobsHistoryLimit: 1")
    pass_minutes(fake_clock, 3)
    names = list(Run.objects.order_by("id").values_list("name", flat=True))
    for at, name in enumerate(names):
        Run.objects.filter(name=name).update(phase="Succeeded", finished_at=at)
    keep_schedules()

    assert list(Run.objects.values_list("name", flat=True)) == names[-1:]
    assert (Schedule.objects.get().succeeded, Slot.objects.count()) == (3, 3)


def test_a_run_that_cannot_be_submitted_is_a_failure_with_a_reason(root, fake_clock):
    stored = store(root)
    stored.manifest["spec"]["workflowSpec"]["entrypoint"] = "nowhere"
    Template.objects.filter(id=stored.id).update(manifest=stored.manifest)
    pass_minutes(fake_clock, 1)

    row = Schedule.objects.get()
    assert (ledger(), row.failed, row.condition) == (["submission-error"], 1, "SubmissionError")
    assert "nowhere" in Slot.objects.get().message


@pytest.mark.argo("15-child-naming")
def test_a_run_of_the_name_is_not_started_twice(root, fake_clock):
    store(root)
    pass_minutes(fake_clock, 1)
    Schedule.objects.update(handled_until=0, next_due=0)
    Slot.objects.all().delete()
    Schedule.objects.update(handled_until=fake_clock.now() - MINUTE)
    keep_schedules()

    assert (Run.objects.count(), ledger()) == (1, ["already-ran"])


def test_a_manifest_that_is_no_longer_understood_waits_with_a_reason(root, fake_clock):
    stored = store(root)
    stored.manifest["spec"]["schedules"] = ["often"]
    Template.objects.filter(id=stored.id).update(manifest=stored.manifest)
    pass_minutes(fake_clock, 1)

    row = Schedule.objects.get()
    assert (ledger(), row.condition, row.next_due) == ([], "SpecError", fake_clock.now() + MINUTE)


def test_a_schedule_whose_ledger_refuses_does_not_hinder_the_others(root, fake_clock):
    store(root)
    text = CRON.format(schedule="@every 1m", more="", annotations="{}").replace("name: tick", "name: tock")
    templates.store_text(root, namespace="team", text=text)
    first = Schedule.objects.get(template__name="tick")
    Slot.objects.create(schedule=first, slot_at=first.next_due, decided_at=0, outcome="Missed")
    pass_minutes(fake_clock, 1)

    assert [run.template_name for run in Run.objects.all()] == ["tock"]
    assert "IntegrityError" in Schedule.objects.get(template__name="tick").condition_message


def test_a_wrong_annotation_is_refused_and_nothing_stored(root):
    with pytest.raises(ManifestError, match="catch-up"):
        store(root, annotations="{sluice/catch-up: sometimes}")

    assert not Template.objects.exists()


@pytest.mark.argo("15-run-now")
def test_triggering_starts_a_run_out_of_turn(root, fake_clock):
    store(root, more="suspend: true")
    run = schedules.trigger(root, "team", "tick")

    slot = Slot.objects.get()
    assert (slot.slot_at, slot.reason, slot.actor, slot.run_uid) == (None, "triggered", "root", run.uid)


@pytest.mark.parametrize("act", [schedules.suspend, schedules.resume, schedules.trigger])
def test_viewers_change_nothing(make_user, root, act):
    store(root)

    with pytest.raises(ForbiddenError):
        act(make_user("viewer"), "team", "tick")


@pytest.mark.django_db(transaction=True)
def test_two_engines_never_start_a_slot_twice(fake_clock):
    bus.current.cache_clear()
    Namespace.objects.create(name="team", created_at=0)
    root = User.objects.create_superuser("root")
    store(root, schedule="@every 1s")
    faults: list[BaseException] = []
    rounds = threading.Barrier(3)

    def engine():
        try:
            for _ in range(12):
                rounds.wait(30)
                keep_schedules()
                rounds.wait(30)
        except BaseException as fault:
            faults.append(fault)
            rounds.abort()
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=engine) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(12):
        fake_clock.pass_ms(1_000)
        rounds.wait(30)
        rounds.wait(30)
    for thread in threads:
        thread.join()

    assert faults == []
    assert Counter(ledger()) == {"Ran": 12}
    assert Run.objects.count() == 12
