"""What schedules say by annotations, runs started out of turn, and how long the ledger remembers."""

from __future__ import annotations

import pytest

from tests.integration.services.test_schedules import CRON, finish, ledger, pass_minutes, store
from workflows.errors import ManifestError
from workflows.models import Slot, Template
from workflows.services import lint, submit
from workflows.services.housekeeping import forget_old
from workflows.store import schedules


@pytest.mark.parametrize(
    ("annotations", "said", "severity"),
    [
        ("{sluice/catch-up: sometimes}", "annotation 'sluice/catch-up' is 'sometimes'", "error"),
        ('{sluice/catch-up-limit: "0"}', "annotation 'sluice/catch-up-limit' is '0'", "error"),
        ('{sluice/catch-up-limit: "many"}', "annotation 'sluice/catch-up-limit' is 'many'", "error"),
        ("{sluice/catchup: all}", "unknown annotation 'sluice/catchup'", "warning"),
    ],
)
def test_the_linter_tells_bad_annotations_with_their_place(
    root, annotations: str, said: str, severity: str
) -> None:
    text = CRON.format(schedule="@every 1m", more="", annotations=annotations)
    [problem] = lint.lint_text(root, namespace="team", text=text)
    assert (problem.code, problem.message, problem.severity) == ("bad-annotation", said, severity)
    assert (problem.line, problem.path.startswith("metadata.annotations")) == (3, True)


def test_good_annotations_are_no_problem(root) -> None:
    text = CRON.format(
        schedule="@every 1m", more="", annotations='{sluice/catch-up: all, sluice/catch-up-limit: "3", x: y}'
    )
    assert lint.lint_text(root, namespace="team", text=text) == []
    with pytest.raises(ManifestError):
        store(root, annotations='{sluice/catch-up-limit: "1001"}')


@pytest.mark.argo("15-run-now")
def test_a_run_submitted_from_a_schedule_is_in_its_ledger(root, fake_clock) -> None:
    store(root)
    run = submit.submit_from_template(
        root, namespace="team", template="tick", kind=Template.Kind.CRON, name="by-hand"
    )
    slot = Slot.objects.get()
    assert (slot.reason, slot.actor, slot.run_uid, slot.run_name) == ("triggered", "root", run.uid, "by-hand")
    assert (slot.slot_at, slot.outcome) == (None, "Ran")


def test_a_ledger_keeps_its_newest_slots_and_those_that_are_open(root, fake_clock, settings) -> None:
    store(root, more="concurrencyPolicy: Forbid")
    pass_minutes(fake_clock, 5)
    assert ledger() == ["Ran"] + ["concurrency-forbidden"] * 4
    assert schedules.forget_slots(keep=2, before=0) == 2
    assert ledger() == ["Ran"] + ["concurrency-forbidden"] * 2
    finish("Succeeded")
    pass_minutes(fake_clock, 1)
    assert schedules.forget_slots(keep=2, before=0) == 2
    assert len(ledger()) == 2
    assert schedules.forget_slots(keep=2, before=0) == 0


def test_slots_of_long_ago_are_forgotten(root, fake_clock) -> None:
    store(root, more="suspend: true")
    pass_minutes(fake_clock, 3)
    forget_old()
    assert len(ledger()) == 3
    fake_clock.pass_ms(91 * 86_400_000)
    forget_old()
    assert ledger() == []
