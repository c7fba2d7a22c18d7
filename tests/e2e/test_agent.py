"""Work without processes on the whole server: child runs, and requests across a kill of the server."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.conftest import Client, Server
from tests.integration.agent.servers import Reply, Seen, serving

CHILD = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: inner-}
spec:
  entrypoint: main
  templates:
    - name: main
      DOES
"""
PARENT = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: outer-}
spec:
  entrypoint: main
  templates:
    - name: main
      resource:
        action: create
        successCondition: status.phase == Succeeded
        failureCondition: status.phase in (Failed, Error)
        manifest: MANIFEST
      outputs:
        parameters:
          - name: child
            valueFrom: {jsonPath: '{.metadata.uid}'}
"""
REQUESTS = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: requests-}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - name: call
            template: call
            arguments: {parameters: [{name: path, value: "{{item}}"}]}
            withItems: [quick, slow]
        - - {name: last, template: call, arguments: {parameters: [{name: path, value: last}]}}
    - name: call
      inputs: {parameters: [{name: path}]}
      http: {url: "URL/{{inputs.parameters.path}}", method: POST}
"""


LISTING = """\
apiVersion: v1
kind: Secret
metadata: {name: caller}
stringData: {token: hush}
---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: listing-}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {name: make, template: make}
        - - {name: list, template: list}
        - - name: each
            template: call
            withParam: "{{steps.list.outputs.result}}"
            arguments: {parameters: [{name: path, value: "{{item}}"}]}
    - name: make
      container:
        image: busybox
        command: [sh, -c]
        args: ["mkdir -p /tmp/o/in; echo a > /tmp/o/a.log; echo b > /tmp/o/in/b.log; echo c > /tmp/o/c.txt"]
      outputs:
        artifacts:
          - name: out
            path: /tmp/o
            archive: {none: {}}
            plugin: {name: folder, key: "{{workflow.name}}/o"}
    - name: list
      data:
        source: {artifactPaths: {name: out, plugin: {name: folder, key: "{{workflow.name}}/o"}}}
        transformation: [{expression: 'filter(data, {# endsWith ".log"})'}]
    - name: call
      inputs: {parameters: [{name: path}]}
      http:
        url: "URL/{{inputs.parameters.path}}"
        headers: [{name: X-Token, valueFrom: {secretKeyRef: {name: caller, key: token}}}]
"""


def _parent(does: str) -> str:
    return PARENT.replace("MANIFEST", json.dumps(CHILD.replace("DOES", does)))


@pytest.fixture
def open_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of this test's own that may reach servers of this machine."""
    server = Server(tmp_path / "data")
    allowed = {**server.environment, "SLUICE_EGRESS_ALLOW": "127.0.0.0/8"}
    monkeypatch.setattr(Server, "environment", property(lambda _: allowed))
    try:
        server.start()
        yield server
    finally:
        server.clean_up()


@pytest.mark.argo("14-workflow-of-workflows")
def test_a_run_waits_for_the_run_it_created_and_both_know_of_each_other(client: Client) -> None:
    uid = client.submit(_parent("script: {image: busybox, command: [sh], source: exit 0}"))

    run = client.wait(uid, "Succeeded", "Failed", "Error")

    [node] = run["status"]["nodes"].values()
    assert node["phase"] == "Succeeded", node
    child_uid = node["outputs"]["parameters"][0]["value"]
    found = client.get("/api/runs", label=f"sluice/parent-run={uid}")["items"]
    assert [child["metadata"]["uid"] for child in found] == [child_uid]
    assert found[0]["metadata"]["annotations"]["sluice/parent-node"] == node["id"]
    assert "workflows.argoproj.io" in client.log(uid, node["id"])


def test_what_the_child_fails_at_fails_the_parent(client: Client) -> None:
    uid = client.submit(_parent("container: {image: busybox, command: [sh, -c, exit 3]}"))

    [node] = client.wait(uid, "Succeeded", "Failed", "Error")["status"]["nodes"].values()

    assert (node["phase"], node["message"]) == (
        "Failed",
        "main: Error (exit code 64): failure condition 'status.phase in (Error,Failed)' evaluated true",
    )


def test_stopping_the_parent_stops_the_child(client: Client) -> None:
    uid = client.submit(_parent("suspend: {}"))
    client.wait_for_node(uid, client.get(f"/api/runs/{uid}")["metadata"]["name"], "Running")
    label = f"sluice/parent-run={uid}"
    while not (found := client.get("/api/runs", label=label)["items"]):
        threading.Event().wait(0.05)

    client.post(f"/api/runs/{uid}/stop")

    assert client.wait(uid, "Failed")["status"]["message"]
    child = client.wait(found[0]["metadata"]["uid"], "Failed")
    assert child["sluice"]["shutdown"] == "Stop"


@pytest.mark.argo("3-data", "3-http")
def test_what_a_node_stored_is_listed_and_told_to_a_server(open_server: Server) -> None:
    client = Client(open_server, open_server.sign_in())

    with serving(lambda _: Reply(200, b"1")) as web:
        run = client.wait(client.submit(LISTING.replace("URL", web.url)), "Succeeded", "Failed", "Error")

    assert run["status"]["phase"] == "Succeeded", run["status"]
    name = run["metadata"]["name"]
    assert {(seen.path, seen.headers["X-Token"]) for seen in web.seen} == {
        (f"/{name}/o/a.log", "hush"),
        (f"/{name}/o/in/b.log", "hush"),
    }
    assert "hush" not in json.dumps(run)


def test_a_child_and_a_request_survive_a_kill_of_the_server(open_server: Server) -> None:
    """What had ended is not done again; what had not is done again, with the same key."""
    release = threading.Event()
    slow = threading.Event()

    def answer(seen: Seen) -> Reply:
        if seen.path == "/slow":
            slow.set()
            return Reply(200, b"1", wait_for=release)
        return Reply(200, b"2")

    with ExitStack() as stack:
        web = stack.enter_context(serving(answer))
        stack.callback(release.set)
        client = Client(open_server, open_server.sign_in())
        requests = client.submit(REQUESTS.replace("URL", web.url))
        parent = client.submit(_parent("suspend: {duration: '4'}"))
        client.wait_for_node(requests, "call(0:quick)", "Succeeded")
        assert slow.wait(30)
        label = f"sluice/parent-run={parent}"
        while not client.get("/api/runs", label=label)["items"]:
            threading.Event().wait(0.05)

        assert open_server.process is not None
        open_server.process.send_signal(signal.SIGKILL)
        open_server.process.wait()
        assert open_server.process.stdout is not None
        open_server.process.stdout.close()
        release.set()
        open_server.start()
        client = Client(open_server, open_server.sign_in())

        run = client.wait(requests, "Succeeded", "Failed", "Error")
        assert run["status"]["phase"] == "Succeeded", run["status"]
        assert client.wait(parent, "Succeeded", "Failed", "Error")["status"]["phase"] == "Succeeded"
        assert len(client.get("/api/runs", label=label)["items"]) == 1
        keys = [(seen.path, seen.headers["Idempotency-Key"]) for seen in web.seen]
        assert [path for path, _ in keys].count("/quick") == 1
        assert [path for path, _ in keys].count("/last") == 1
        assert len({key for path, key in keys if path == "/slow"}) == 1
        assert open_server.stop() == 0
