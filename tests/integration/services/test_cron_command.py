"""`manage.py cron`."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.integration.services.test_schedules import pass_minutes, store


def cron(*words: str) -> list[str]:
    out = StringIO()
    call_command("cron", *words, "-n", "team", stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.argo("18-library")
def test_a_schedule_is_listed_suspended_and_resumed(root, fake_clock):
    store(root)

    assert cron("list") == ["Active     next 2023-11-14T22:14:20Z  tick"]
    assert cron("next", "tick")[1] == "2023-11-14T22:15:20Z"
    assert cron("suspend", "tick") == ["team/tick: Suspended"]
    assert cron("resume", "tick") == ["team/tick: Active"]


def test_the_ledger_is_printed(root, fake_clock):
    store(root)
    pass_minutes(fake_clock, 1)
    [started] = cron("trigger", "tick")

    newest, oldest = cron("slots", "tick")
    assert "Ran triggered" in newest
    assert newest.rpartition(" ")[2] in started
    assert oldest.split() == ["2023-11-14T22:14:20Z", "Ran", "tick-1700000060"]


def test_a_schedule_that_does_not_exist_is_refused(root):
    with pytest.raises(CommandError, match="there is no CronWorkflow 'nothing'"):
        cron("next", "nothing")


def test_a_backfill_is_tried_and_started(root, fake_clock):
    store(root)
    words = ("backfill", "tick", "--first", "2023-11-14T22:12:00Z", "--last", "2023-11-14T22:13:20Z")

    assert cron(*words, "--dry-run") == ["2023-11-14T22:12:20Z  will run", "2023-11-14T22:13:20Z  will run"]
    [told] = cron(*words)
    assert told.endswith("of team/tick has 2 slots")


def test_a_backfill_wants_times(root):
    store(root)

    with pytest.raises(CommandError, match="--first and --last"):
        cron("backfill", "tick", "--first", "yesterday")
