"""Artifacts through a real server and real processes: the local folder, a real S3 server, sent files."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.artifact_servers import ACCESS_KEY, SECRET_KEY, s3_server
from tests.e2e.conftest import Client, Server
from workflows.artifacts.s3 import S3Credentials, S3Driver
from workflows.artifacts.stores import S3
from workflows.executors.process.names import attempt_folder, container_file_name
from workflows.executors.process.shepherd.folders import Layout

PASSING = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: passing-}
spec:
  entrypoint: main
  archiveLogs: true
REPOSITORY
  templates:
    - name: main
      steps:
        - - {name: make, template: make}
        - - name: read
            template: read
            arguments: {artifacts: [{name: text, from: "{{steps.make.outputs.artifacts.text}}"}]}
    - name: make
      container:
        image: busybox
        command: [sh, -c, "echo produced > /tmp/text; mkdir /tmp/tree; echo 1 > /tmp/tree/a"]
      outputs:
        artifacts:
          - {name: text, path: /tmp/text}
          - {name: tree, path: /tmp/tree, archive: {none: {}}}
    - name: read
      inputs: {artifacts: [{name: text, path: /tmp/in}]}
      container: {image: busybox, command: [sh, -c], args: ["cat /tmp/in; echo to the log"]}
"""

SENT = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: sent-}
spec:
  entrypoint: main
  arguments: {artifacts: [{name: data, raw: {data: of the manifest}}]}
  templates:
    - name: main
      inputs: {artifacts: [{name: data, path: /tmp/data}]}
      container: {image: busybox, command: [sh, -c], args: ["sha256sum < /tmp/data"]}
"""


def node_named(run: Any, name: str) -> Any:
    return next(node for node in run["status"]["nodes"].values() if node["displayName"] == name)


def fetch(client: Client, path: str, **more: Any) -> bytes:
    answer = client.session.get(client.server.url + path, timeout=30, **more)
    assert answer.ok, answer.text
    return answer.content


def check_passing(client: Client, uid: str) -> dict[str, Any]:
    """The run passed what it should; returns its artifacts by node and name."""
    run = client.wait(uid, "Succeeded", "Failed", "Error")
    assert run["status"]["phase"] == "Succeeded", run["status"]
    assert client.log(uid, node_named(run, "read")["id"]) == "produced\nto the log\n"
    items = client.get(f"/api/runs/{uid}/artifacts")["items"]
    found = {f"{item['nodeName']}.{item['side']}.{item['name']}": item for item in items}
    assert {"make.outputs.text", "make.outputs.tree", "read.inputs.text", "read.outputs.main-logs"} <= set(
        found
    )
    shown = client.get(found["make.outputs.text"]["links"]["preview"])
    assert (shown["kind"], shown["entry"], shown["text"]) == ("text", "text", "produced\n")
    tree = found["make.outputs.tree"]["links"]
    assert client.get(tree["entries"])["entries"] == [{"name": "a", "isDirectory": False, "size": 2}]
    assert fetch(client, tree["content"], params={"path": "a"}) == b"1\n"
    log = found["read.outputs.main-logs"]["links"]["content"]
    assert fetch(client, log, headers={"Range": "bytes=0-7"}) == b"produced"
    return found


def test_artifacts_pass_through_the_local_folder(client: Client, server: Server) -> None:
    uid = client.submit(PASSING.replace("REPOSITORY\n", ""))

    found = check_passing(client, uid)

    assert found["make.outputs.text"]["kind"] == "plugin"
    key = found["make.outputs.text"]["key"]
    assert (server.data / "artifacts" / "default" / "objects" / key).is_file()


def test_logs_outlive_the_folder_of_the_run(client: Client, server: Server) -> None:
    uid = client.submit(PASSING.replace("REPOSITORY\n", ""))
    run = client.wait(uid, "Succeeded")
    node = node_named(run, "read")["id"]
    layout = Layout(str(server.data / "process"))
    written = Path(layout.output(attempt_folder(uid, node, 0), container_file_name("main"), "stdout"))
    assert written.read_text() == "produced\nto the log\n"
    shutil.rmtree(written.parent)

    assert client.log(uid, node) == "produced\nto the log\n"


def test_a_file_sent_along_is_what_the_process_reads(client: Client, tmp_path: Path) -> None:
    content = bytes(range(256)) * 20_000
    (tmp_path / "big.bin").write_bytes(content)
    with (tmp_path / "big.bin").open("rb") as file:
        answer = client.session.post(
            f"{client.server.url}/api/namespaces/default/runs",
            {"manifest": SENT},
            files={"data": file},
            timeout=60,
        )
    assert answer.status_code == 201, answer.text
    uid = answer.json()["runs"][0]["metadata"]["uid"]

    run = client.wait(uid, "Succeeded", "Failed", "Error")

    [node] = run["status"]["nodes"].values()
    assert client.log(uid, node["id"]).split()[0] == hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3")) as endpoint:
        yield endpoint


REPOSITORIES = """
apiVersion: v1
kind: ConfigMap
metadata: {{name: stores}}
data:
  s3: |
    archiveLogs: true
    s3:
      endpoint: {endpoint}
      bucket: team
      insecure: true
      createBucketIfNotPresent: {{}}
      keyFormat: "runs/{{{{workflow.name}}}}/{{{{pod.name}}}}"
      accessKeySecret: {{name: {secret}, key: access}}
      secretKeySecret: {{name: {secret}, key: secret}}
---
"""


def use_s3(secret: str, endpoint: str) -> str:
    reference = "  artifactRepositoryRef: {configMap: stores, key: s3}\n"
    return REPOSITORIES.format(endpoint=endpoint, secret=secret) + PASSING.replace("REPOSITORY\n", reference)


def test_artifacts_pass_through_a_real_s3_server(client: Client, s3: str) -> None:
    client.post(
        "/api/namespaces/default/secrets", name="s3", stringData={"access": ACCESS_KEY, "secret": SECRET_KEY}
    )

    uid = client.submit(use_s3("s3", s3))

    found = check_passing(client, uid)
    name = client.get(f"/api/runs/{uid}")["metadata"]["name"]
    assert found["make.outputs.text"]["kind"] == "s3"
    bucket = S3Driver(S3(endpoint=s3, bucket="team", insecure=True), S3Credentials(ACCESS_KEY, SECRET_KEY))
    stored = [
        file.key.removeprefix(f"runs/{name}/").partition("/")[2] for file in bucket.list(f"runs/{name}")
    ]
    assert sorted(stored) == ["main.log", "main.log", "text.tgz", "tree/a"]


def test_wrong_credentials_end_the_node_with_the_reason(client: Client, s3: str) -> None:
    client.post(
        "/api/namespaces/default/secrets", name="wrong", stringData={"access": ACCESS_KEY, "secret": "no"}
    )

    uid = client.submit(use_s3("wrong", s3))

    run = client.wait(uid, "Succeeded", "Failed", "Error")
    make = node_named(run, "make")
    assert make["phase"] == "Error"
    assert "SignatureDoesNotMatch" in make["message"]
