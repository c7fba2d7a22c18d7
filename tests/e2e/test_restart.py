"""A server that ends while runs go on, politely or not, and what the next one makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import Client, Server

NAPPING = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: napping-}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {name: nap, template: nap}
        - - {name: wake, template: say}
    - name: nap
      container: {image: busybox, command: [sh, -c], args: ["echo slept; sleep 4"]}
    - name: say
      container: {image: busybox, command: [echo], args: [awake]}
"""


@pytest.mark.parametrize("way", ["asked", "killed"])
def test_a_run_goes_on_with_the_next_server_and_nothing_is_done_twice(tmp_path: Path, way: str) -> None:
    server = Server(tmp_path / "data")
    try:
        server.start()
        client = Client(server, server.sign_in())
        uid = client.submit(NAPPING)
        nap = client.wait_for_node(uid, "nap", "Running")

        if way == "asked":
            assert server.stop() == 0
        server.clean_up()
        server.start()
        client = Client(server, server.sign_in())

        nodes = client.wait(uid, "Succeeded")["status"]["nodes"].values()
        assert {node["displayName"]: node["phase"] for node in nodes if node["type"] == "Pod"} == {
            "nap": "Succeeded",
            "wake": "Succeeded",
        }
        assert client.log(uid, nap["id"]) == "slept\n"
    finally:
        server.clean_up()
