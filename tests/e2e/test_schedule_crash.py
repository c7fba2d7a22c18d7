"""The server is killed while a schedule of every second fires: no slot is lost, none runs twice."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Client, Server
from tests.e2e.test_crash import _kill

KILLS = int(os.environ.get("SLUICE_SCHEDULE_KILLS", "4"))
SEED = 7
PATH = "/api/namespaces/default/cron-workflows"

MANIFEST = """
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {{name: tick}}
spec:
  schedules: ["@every 1s"]
  successfulJobsHistoryLimit: 1000
  failedJobsHistoryLimit: 1000
  workflowSpec:
    entrypoint: main
    templates:
      - name: main
        container:
          image: busybox
          command: [sh, -c]
          args: ["echo {{{{workflow.scheduledTime}}}} >> {log}"]
"""


@pytest.mark.slow
def test_killed_while_it_fires_a_schedule_loses_no_slot_and_runs_none_twice(tmp_path: Path) -> None:
    log = tmp_path / "data" / "shared" / "log"
    log.parent.mkdir(parents=True, mode=0o700)
    log.touch()
    server = Server(tmp_path / "data")
    chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
    try:
        server.start()
        Client(server, server.sign_in()).post(PATH, manifest=MANIFEST.format(log=log))
        for _ in range(KILLS):
            time.sleep(1 + chance.random() * 2)
            _kill(server)
            server.start()
        client = Client(server, server.sign_in())
        time.sleep(2)
        client.post(f"{PATH}/tick/suspend")
        slots = _all_ended(client)

        times = sorted(datetime.fromisoformat(slot["slot"]).timestamp() for slot in slots)
        assert times == [times[0] + second for second in range(len(times))]
        ran = [slot for slot in slots if slot["outcome"] == "Ran"]
        assert {slot["runPhase"] for slot in ran} == {"Succeeded"}
        assert len(ran) > KILLS
        assert Counter(log.read_text().split()) == Counter(slot["slot"] for slot in ran)
        runs = client.get("/api/runs", template="tick", limit=500)["items"]
        assert sorted(run["metadata"]["name"] for run in runs) == sorted(slot["runName"] for slot in ran)
        assert server.stop() == 0
    finally:
        server.clean_up()


def _all_ended(client: Client) -> list[dict[str, Any]]:
    """The whole ledger up to the first suspended slot, once every run of it has ended."""
    ends = time.monotonic() + 60
    while True:
        slots = client.get(f"{PATH}/tick/slots", limit=500)["items"]
        known = [slot for slot in slots if slot["reason"] != "suspended"]
        if all(slot["runPhase"] for slot in known if slot["outcome"] == "Ran"):
            return known
        assert time.monotonic() < ends, known
        time.sleep(0.2)
