"""Schedules over HTTP: status, ledger, suspend, resume, start one now."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.integration.services.test_schedules import CRON
from workflows.services.scheduler import keep_schedules

PATH = "/api/namespaces/demo/cron-workflows"


@pytest.fixture
def stored(api: Client, fake_clock: Any) -> Client:
    text = CRON.format(schedule="@every 1m", more="", annotations="{}")
    answer = api.post(PATH, {"manifest": text}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return api


@pytest.mark.argo("15-status")
def test_the_status_tells_what_is_next(stored: Client) -> None:
    assert stored.get(f"{PATH}/tick/status").json() == {
        "active": [],
        "lastScheduledTime": None,
        "phase": "Active",
        "succeeded": 0,
        "failed": 0,
        "conditions": [],
        "suspended": False,
        "nextSlots": [f"2023-11-14T22:{minute}:20Z" for minute in range(14, 19)],
        "catchUp": "none",
    }


def test_the_ledger_has_pages(stored: Client, fake_clock: Any) -> None:
    for _ in range(3):
        fake_clock.pass_ms(60_000)
        keep_schedules()

    first = stored.get(f"{PATH}/tick/slots", {"limit": 2}).json()
    second = stored.get(f"{PATH}/tick/slots", {"limit": 2, "before": first["next"]}).json()

    assert [[slot["slot"][-6:-1] for slot in page["items"]] for page in (first, second)] == [
        ["16:20", "15:20"],
        ["14:20"],
    ]
    assert second["next"] is None
    assert stored.get(f"{PATH}/tick/slots", {"outcome": "Missed"}).json()["items"] == []


@pytest.mark.argo("17-cron", "15-suspend")
def test_suspend_and_resume(stored: Client) -> None:
    assert stored.post(f"{PATH}/tick/suspend").json()["suspended"] is True
    assert stored.post(f"{PATH}/tick/resume").json()["suspended"] is False


@pytest.mark.argo("15-run-now")
def test_a_run_is_started_out_of_turn(stored: Client) -> None:
    answer = stored.post(f"{PATH}/tick/trigger")

    assert answer.status_code == 201
    assert stored.get(f"/api/runs/{answer.json()['uid']}").status_code == 200


@pytest.mark.parametrize("verb", ["status", "slots"])
def test_a_schedule_of_a_hidden_namespace_does_not_exist(stored: Client, sign_in: Any, verb: str) -> None:
    assert sign_in(None).get(f"{PATH}/tick/{verb}").status_code == 404


@pytest.mark.argo("15-backfill")
def test_a_backfill_is_previewed_started_and_cancelled(stored: Client) -> None:
    path = f"{PATH}/tick/backfills"
    body = {"first": "2023-11-14T22:11:20Z", "last": "2023-11-14T22:12:20Z"}

    def send(address: str, data: dict[str, Any]) -> Any:
        return stored.post(address, data, content_type="application/json")

    assert send(f"{path}/preview", body).json() == {
        "items": [
            {"slot": "2023-11-14T22:11:20Z", "outcome": "", "willRun": True},
            {"slot": "2023-11-14T22:12:20Z", "outcome": "", "willRun": True},
        ]
    }
    made = send(path, body | {"concurrency": 1})
    assert made.status_code == 201
    keep_schedules()
    assert send(f"{path}/{made.json()['id']}/cancel", {}).status_code == 204

    [shown] = stored.get(path).json()["items"]
    assert (shown["state"], shown["counts"]) == ("Cancelled", {"Running": 1, "Skipped": 1})


def test_a_range_without_slots_is_refused(stored: Client) -> None:
    body = {"first": "2030-01-01T00:00:00Z", "last": "2030-01-02T00:00:00Z"}

    answer = stored.post(f"{PATH}/tick/backfills", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "nothing-to-run")
