"""Artifacts that go with the end of their run, on a server that is killed before it gets to it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Client, Server

COLLECTED = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: collected-}
spec:
  entrypoint: main
  artifactGC: {strategy: OnWorkflowDeletion}
  templates:
    - name: main
      container: {image: busybox, command: [sh, -c], args: ["echo 1 > /tmp/short; echo 2 > /tmp/long"]}
      outputs:
        artifacts:
          - {name: short, path: /tmp/short, s3: {key: short}, artifactGC: {strategy: OnWorkflowCompletion}}
          - {name: long, path: /tmp/long, s3: {key: long}}
"""


def deleted(run: Any) -> dict[str, bool]:
    [node] = run["status"]["nodes"].values()
    return {entry["name"]: entry.get("deleted", False) for entry in node["outputs"]["artifacts"]}


@pytest.mark.argo("7-artifact-gc")
def test_a_killed_server_loses_no_collection(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    objects = server.data / "artifacts" / "default" / "objects"
    ends = time.monotonic() + 120
    try:
        server.start()
        client = Client(server, server.sign_in())
        uid = client.submit(COLLECTED)
        assert deleted(client.wait(uid, "Succeeded")) == {"short": False, "long": False}
        server.clean_up()
        assert {path.name for path in objects.iterdir()} == {"short", "long"}

        server.start()
        client = Client(server, server.sign_in())
        while not deleted(client.wait(uid, "Succeeded"))["short"]:
            assert time.monotonic() < ends, "the artifact is not collected"
            time.sleep(0.5)
        assert {path.name for path in objects.iterdir()} == {"long"}

        answer = client.session.delete(f"{server.url}/api/runs/{uid}", timeout=30)
        assert answer.ok, answer.text
        server.clean_up()
        server.start()
        while objects.exists() and any(objects.iterdir()):
            assert time.monotonic() < ends, "the artifacts of the deleted run are still there"
            time.sleep(0.5)
    finally:
        server.clean_up()
