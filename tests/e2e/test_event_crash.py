"""The server is killed while it accepts events: each that was answered has its run, none has two."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
import requests

from tests.e2e.conftest import Client, Server
from tests.e2e.test_crash import _kill

EVENTS = int(os.environ.get("SLUICE_EVENT_COUNT", "300"))
KILLS = int(os.environ.get("SLUICE_EVENT_KILLS", "4"))
SENDERS = 3
SEED = 11

TEMPLATE = """
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: consumer}
spec:
  entrypoint: main
  arguments: {parameters: [{name: id}]}
  templates:
    - {name: main, steps: [[{name: a, template: nothing}]]}
    - {name: nothing, suspend: {duration: "0"}}
"""
BINDING = """
apiVersion: argoproj.io/v1alpha1
kind: WorkflowEventBinding
metadata: {name: consumer}
spec:
  event: {selector: payload.id != nil}
  submit:
    workflowTemplateRef: {name: consumer}
    metadata: {labels: {event: payload.id}}
    arguments: {parameters: [{name: id, valueFrom: {event: payload.id}}]}
"""


@pytest.mark.slow
@pytest.mark.argo("20-event-endpoint")
def test_killed_while_it_accepts_events_a_server_loses_none_and_takes_none_twice(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
    try:
        server.start()
        client = Client(server, server.sign_in())
        token = client.post("/api/tokens", name="sender")["token"]
        client.post("/api/namespaces/default/workflow-templates", manifest=TEMPLATE)
        client.post("/api/namespaces/default/workflow-event-bindings", manifest=BINDING)
        answered: dict[str, str] = {}
        senders = [
            threading.Thread(target=_send, args=(server, token, answered, first), daemon=True)
            for first in range(SENDERS)
        ]
        for sender in senders:
            sender.start()
        for _ in range(KILLS):
            time.sleep(0.3 + chance.random())
            _kill(server)
            server.start()
        for sender in senders:
            sender.join(120)
        assert len(answered) == EVENTS

        client = Client(server, server.sign_in())
        runs = _runs(client)
        assert Counter(run["metadata"]["labels"]["event"] for run in runs) == Counter(answered.keys())
        assert {run["metadata"]["uid"] for run in runs} == set(answered.values())
        for uid in list(answered.values())[:20]:
            client.wait(uid, "Succeeded")
        assert server.stop() == 0
    finally:
        server.clean_up()


def _send(server: Server, token: str, answered: dict[str, str], first: int) -> None:
    """Every third event, each again and again until it is answered; what is told is the run's uid."""
    for number in range(first, EVENTS, SENDERS):
        time.sleep(0.02)
        key = f"e{number}"
        while key not in answered:
            try:
                answer = requests.post(
                    f"{server.url}/api/namespaces/default/events/test",
                    json={"id": key},
                    headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
                    timeout=10,
                )
                answered[key] = answer.json()["runs"][0]["uid"]
            except requests.RequestException:
                time.sleep(0.05)


def _runs(client: Client) -> list[dict[str, dict[str, dict[str, str]]]]:
    found, cursor = [], ""
    while True:
        page = client.get("/api/runs", limit=500, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page["next"]
        if not cursor:
            return found
