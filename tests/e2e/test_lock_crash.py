"""The whole server is killed again and again while two runs contend for the same locks; no limit is passed.

Each node appends to one file when it begins and when it ends, so the file tells who was inside at once. The
holders' rows must say the same at every moment the server is dead.
"""

from __future__ import annotations

import random
import sqlite3
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import Client, Server
from tests.e2e.test_crash import _kill, _wait_for_lines

LIMITS = {"mutex": 1, "semaphore": 3}
NODES, KILLS, WITHIN_S, SEED = 30, 6, 120, 12

MANIFEST = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{generateName: contend-}}
spec:
  entrypoint: main
  arguments: {{parameters: [{{name: log, value: {log}}}]}}
  templates:
    - name: main
      steps:
        - - {{name: alone, template: alone, withSequence: {{count: "{nodes}"}}}}
          - {{name: few, template: few, withSequence: {{count: "{nodes}"}}}}
    - name: alone
      synchronization: {{mutexes: [{{name: one}}]}}
      container:
        image: busybox
        command: [sh, -c]
        args: ["echo begin mutex >> $0; sleep 0.03; echo end mutex >> $0", "{{{{workflow.parameters.log}}}}"]
    - name: few
      synchronization: {{semaphores: [{{database: {{key: few}}}}]}}
      container:
        image: busybox
        command: [sh, -c]
        args: ["echo begin semaphore >> $0; sleep 0.05; echo end semaphore >> $0",
               "{{{{workflow.parameters.log}}}}"]
"""


@pytest.mark.slow
@pytest.mark.argo("12-restart-behaviour", "12-database-locks")
def test_killed_while_locks_are_held_no_limit_is_passed_and_all_end(tmp_path: Path) -> None:
    data = tmp_path / "data"
    log = data / "shared" / "log"
    log.parent.mkdir(parents=True, mode=0o700)
    log.touch()
    server = Server(data)
    chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
    most_held = {"Mutex": 0, "Database": 0}
    try:
        server.start()
        client = Client(server, server.sign_in())
        limit = client.session.put(
            f"{server.url}/api/namespaces/default/limits/few", json={"limit": LIMITS["semaphore"]}, timeout=30
        )
        assert limit.ok, limit.text
        text = MANIFEST.format(log=log, nodes=NODES)
        runs = [client.submit(text), client.submit(text)]
        lines = 2 * 2 * len(runs) * NODES
        for kill in range(1, KILLS + 1):
            _wait_for_lines(log, lines * kill // (KILLS + 2), chance.random() * 0.1)
            _kill(server)
            for kind, held in _held(data).items():
                most_held[kind] = max(most_held[kind], held)
            server.start()
        client = Client(server, server.sign_in())
        for uid in runs:
            run = client.wait(uid, "Succeeded", "Failed", "Error", within_s=WITHIN_S)
            assert run["status"]["phase"] == "Succeeded", run["status"]
        time.sleep(0.5)
        assert _held(data) == {}
    finally:
        server.clean_up()

    assert 0 < most_held["Mutex"] <= 1
    assert 0 < most_held["Database"] <= 3
    assert _most_at_once(log) == LIMITS
    assert len(log.read_text().splitlines()) == lines


def _held(data: Path) -> dict[str, int]:
    """Holders by kind of lock, as the database of the dead server has them."""
    with sqlite3.connect(data / "sluice.sqlite3") as database:
        rows = database.execute(
            "SELECT l.name, COUNT(*) FROM workflows_lockclaim c JOIN workflows_lock l ON l.id = c.lock_id "
            "WHERE c.state = 'Held' GROUP BY l.name"
        ).fetchall()
    return {name.split("/")[1]: count for name, count in rows}


def _most_at_once(log: Path) -> dict[str, int]:
    inside, most = dict.fromkeys(LIMITS, 0), dict.fromkeys(LIMITS, 0)
    for line in log.read_text().splitlines():
        word, lock = line.split()
        inside[lock] += 1 if word == "begin" else -1
        most[lock] = max(most[lock], inside[lock])
    return most
