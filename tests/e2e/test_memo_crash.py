"""Killed again and again while nodes fill caches and count, the server loses nothing and doubles nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.e2e.conftest import Client, Server
from tests.e2e.test_crash import _kill, _wait_for_lines

NODES, KEYS, KILLS, WITHIN_S, SEED = 40, 25, 5, 120, 13

MANIFEST = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{generateName: remember-}}
spec:
  entrypoint: main
  arguments: {{parameters: [{{name: log, value: {log}}}]}}
  templates:
    - name: main
      parallelism: 3
      steps:
        - - name: work
            template: work
            arguments: {{parameters: [{{name: key, value: "{{{{= asInt(item) % {keys} }}}}"}}]}}
            withSequence: {{count: "{nodes}"}}
    - name: work
      inputs: {{parameters: [{{name: key}}]}}
      memoize: {{key: "key-{{{{inputs.parameters.key}}}}", cache: {{configMap: {{name: crash}}}}}}
      metrics:
        prometheus:
          - {{name: worked, help: nodes that ran, counter: {{value: "1"}}}}
      container:
        image: busybox
        command: [sh, -c]
        args: ["echo {{{{inputs.parameters.key}}}} >> $0; sleep 0.05", "{{{{workflow.parameters.log}}}}"]
"""


@pytest.mark.slow
@pytest.mark.argo("13-cache-store", "22-custom-metrics")
def test_killed_while_caches_fill_nothing_is_lost_or_counted_twice(tmp_path: Path) -> None:
    data = tmp_path / "data"
    log = data / "shared" / "log"
    log.parent.mkdir(parents=True, mode=0o700)
    log.touch()
    server = Server(data)
    chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
    try:
        server.start()
        uid = Client(server, server.sign_in()).submit(MANIFEST.format(log=log, nodes=NODES, keys=KEYS))
        for kill in range(1, KILLS + 1):
            _wait_for_lines(log, KEYS * kill // (KILLS + 1), chance.random() * 0.1)
            _kill(server)
            server.start()
        client = Client(server, server.sign_in())
        run = client.wait(uid, "Succeeded", "Failed", "Error", within_s=WITHIN_S)
        entries = client.get("/api/namespaces/default/caches/crash")["items"]
        told = client.session.get(f"{server.url}/metrics", timeout=30).text.splitlines()
    finally:
        server.clean_up()

    assert run["status"]["phase"] == "Succeeded", run["status"]
    nodes = run["status"]["nodes"].values()
    hits = [node["memoizationStatus"]["hit"] for node in nodes if "memoizationStatus" in node]
    ran = hits.count(False)
    assert (len(hits), len(entries)) == (NODES, KEYS)
    assert KEYS <= ran < NODES
    assert len(log.read_text().splitlines()) == ran
    assert f'argo_workflows_worked{{sluice_namespace="default"}} {ran}' in told
