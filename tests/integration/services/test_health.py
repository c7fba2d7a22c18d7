"""Probes of engines and workers, and what makes an engine unwell."""

from __future__ import annotations

import json
import logging
import sys
import urllib.error
import urllib.request

import pytest

from config.logs import JsonFormatter
from workflows.driver.vitals import Vitals
from workflows.services.health import HealthServer

pytestmark = pytest.mark.argo("22-health")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def answers():
    """answers(path) -> status and text of a process whose checks say what `says` holds."""
    says = {"healthy": "", "ready": ""}
    server = HealthServer("127.0.0.1:0", healthy=lambda: says["healthy"], ready=lambda: says["ready"])
    server.start()

    def ask(path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    ask.says = says
    yield ask
    server.stop()


def test_probes_are_answered(answers):
    assert answers("/healthz") == (200, "ok\n")
    answers.says["ready"] = "not yet"
    assert answers("/readyz") == (503, "not yet\n")
    assert answers("/healthz") == (200, "ok\n")
    assert answers("/metrics")[0] == 404


def test_an_engine_that_fails_is_not_ready_and_one_that_hangs_is_sick():
    clock = Clock()
    vitals = Vitals(clock)
    clock.now = 30
    assert (vitals.sickness(), vitals.unreadiness()) == ("", "")

    clock.now = 31
    vitals.turned()
    assert (vitals.sickness(), vitals.unreadiness()) == ("", "the engine has failed for 31 seconds")

    clock.now = 152
    assert vitals.sickness() == "the engine's loop has stood still for 121 seconds"

    vitals.turned()
    vitals.worked()
    assert (vitals.sickness(), vitals.unreadiness()) == ("", "")


def test_log_lines_as_json():
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.LogRecord(
            "a.b", logging.ERROR, "f", 1, "said %s\nin two lines", ("x",), sys.exc_info()
        )
    record.created = 1_700_000_000.25

    line = JsonFormatter().format(record)

    entry = json.loads(line)
    assert "\n" not in line
    assert (entry["time"], entry["level"], entry["logger"], entry["message"]) == (
        "2023-11-14T22:13:20.250Z", "ERROR", "a.b", "said x\nin two lines")  # fmt: skip
    assert entry["error"].endswith("ValueError: broken")
