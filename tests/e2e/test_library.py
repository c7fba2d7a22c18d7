"""Secrets, revisions, events, retries and resubmits on a real server with real processes."""

from __future__ import annotations

import base64
import time
from typing import Any

from tests.e2e.conftest import Client

NS = "/api/namespaces/default"
HEAD = "apiVersion: argoproj.io/v1alpha1\n"

SECRETIVE = (
    HEAD
    + """
kind: Workflow
metadata: {generateName: secretive-}
spec:
  entrypoint: main
  volumes: [{name: keys, secret: {secretName: vault}}]
  templates:
    - name: main
      container:
        image: busybox
        command: [sh, -c]
        args: ['printf %s "$WORD" | base64; cat /keys/word | base64']
        env: [{name: WORD, valueFrom: {secretKeyRef: {name: vault, key: word}}}]
        volumeMounts: [{name: keys, mountPath: /keys}]
"""
)
TEMPLATE = (
    HEAD
    + """
kind: WorkflowTemplate
metadata: {name: versioned}
spec:
  entrypoint: main
  arguments: {parameters: [{name: who, value: nobody}]}
  templates:
    - name: main
      container: {image: busybox, command: [echo, "VERSION {{workflow.parameters.who}}"]}
"""
)
BINDING = (
    HEAD
    + """
kind: WorkflowEventBinding
metadata: {name: versioned}
spec:
  event: {selector: 'payload.who != nil && discriminator == "e2e"'}
  submit:
    workflowTemplateRef: {name: versioned}
    arguments: {parameters: [{name: who, valueFrom: {event: payload.who}}]}
"""
)
FLAKY = (
    HEAD
    + """
kind: Workflow
metadata: {generateName: flaky-}
spec:
  entrypoint: main
  arguments: {parameters: [{name: code, value: "1"}]}
  templates:
    - name: main
      dag:
        tasks:
          - {name: a, template: good}
          - {name: b, template: bad, depends: a}
    - name: good
      container: {image: busybox, command: [echo, "once"]}
    - name: bad
      container: {image: busybox, command: [sh, -c, "exit {{workflow.parameters.code}}"]}
"""
)


def nodes(run: Any) -> dict[str, Any]:
    return {node["displayName"]: node for node in run["status"]["nodes"].values()}


def test_a_secret_reaches_a_process_and_nobody_else(client: Client) -> None:
    client.post(f"{NS}/secrets", name="vault", stringData={"word": "hunter2"})
    run = client.wait(client.submit(SECRETIVE), "Succeeded", "Failed", "Error")
    assert run["status"]["phase"] == "Succeeded", run["status"]
    [node] = run["status"]["nodes"].values()
    seen = client.log(run["metadata"]["uid"], node["id"]).split()
    assert [base64.b64decode(word) for word in seen] == [b"hunter2", b"hunter2"]
    assert "hunter2" not in str(run)
    keys = {item["name"]: item["keys"] for item in client.get(f"{NS}/secrets")["items"]}
    assert keys["vault"] == ["word"]


def test_a_run_is_pinned_to_a_revision_and_an_event_takes_the_newest(client: Client) -> None:
    for version in ("one", "two"):
        client.post(f"{NS}/runs", manifest=TEMPLATE.replace("VERSION", version))
    client.post(f"{NS}/workflow-event-bindings", manifest=BINDING)

    [pinned] = client.post(f"{NS}/runs", template={"name": "versioned", "revision": 1})["runs"]
    reception = client.post(f"{NS}/events/e2e", who="you")
    [sent] = reception["runs"]
    for uid, said, revision in (
        (pinned["metadata"]["uid"], "one nobody", 1),
        (sent["uid"], "two you", 2),
    ):
        run = client.wait(uid, "Succeeded")
        [node] = run["status"]["nodes"].values()
        assert client.log(uid, node["id"]).strip() == said
        assert [used["revision"] for used in run["sluice"]["templates"]] == [revision]


def test_a_failed_run_is_retried_and_resubmitted_with_memory(client: Client) -> None:
    uid = client.submit(FLAKY)
    failed = client.wait(uid, "Failed")
    preview = client.post(f"/api/runs/{uid}/retry/preview")
    assert [node["displayName"] for node in preview["nodes"] if node["anew"]] == ["b"]

    again = client.post(f"/api/runs/{uid}/resubmit", memoized=True, parameters={"code": "0"})
    carried = client.wait(again["metadata"]["uid"], "Succeeded")
    kept = nodes(carried)["a"]
    assert (kept["type"], kept["message"]) == ("Skipped", f"original pod: {nodes(failed)['a']['id']}")

    client.post(f"/api/runs/{uid}/retry", parameters={"code": "0"})
    retried = succeeded(client, uid, attempt=1)
    assert nodes(retried)["a"]["finishedAt"] == nodes(failed)["a"]["finishedAt"]

    client.post(f"/api/runs/{uid}/nodes/{nodes(retried)['a']['id']}/retry")
    assert succeeded(client, uid, attempt=2)["status"]["phase"] == "Succeeded"


def succeeded(client: Client, uid: str, *, attempt: int) -> Any:
    """The run once it has succeeded after so many retries."""
    ends = time.monotonic() + 60
    while (run := client.wait(uid, "Succeeded"))["sluice"]["attempt"] != attempt:
        assert time.monotonic() < ends, run["status"]
        time.sleep(0.05)
    return run
