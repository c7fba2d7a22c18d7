"""The real server in one process, over HTTP, WebSocket and its commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from workflows.wire import GraphView

EXAMPLES = Path(__file__).resolve().parents[2] / "workflows" / "examples"

SLOW_TALK = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: talk-}
spec:
  entrypoint: main
  templates:
    - name: main
      container:
        image: busybox
        command: [sh, -c]
        args: ["echo first; sleep 1.5; echo 'second: é'"]
"""

FAILING = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: failing-}
spec:
  entrypoint: main
  templates:
    - name: main
      dag:
        tasks:
          - {name: good, template: succeed}
          - {name: bad, template: fail, depends: good}
          - {name: after, template: succeed, depends: bad.Failed}
          - {name: never, template: succeed, depends: after && bad}
          - {name: again, template: fail, depends: good}
    - name: succeed
      container: {image: busybox, command: [sh, -c], args: ["exit 0"]}
    - name: fail
      container: {image: busybox, command: [sh, -c], args: ["exit 1"]}
"""

BROKEN = """apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: broken-}
spec:
  entrypoint: nobody
  templates:
    - name: main
      container: {image: busybox, command: [true]}
"""


def example(name: str) -> str:
    return (EXAMPLES / f"{name}.yaml").read_text()


def open_socket(server: Any, session: requests.Session | None, origin: str | None = None) -> ClientConnection:
    headers = {"Origin": origin or server.url}
    if session is not None:
        headers["Cookie"] = f"sessionid={session.cookies['sessionid']}"
    return connect(server.url.replace("http", "ws") + "/ws/", additional_headers=headers)


@pytest.mark.parametrize(
    ("name", "phase"),
    [
        ("hello-world", "Succeeded"),
        ("diamond", "Succeeded"),
        ("loop-and-sum", "Succeeded"),
        ("conditional", "Succeeded"),
        ("nested-steps", "Succeeded"),
        ("exit-handler", "Failed"),
        ("child-run", "Succeeded"),
    ],
)
def test_examples_do_what_they_say(client: Any, name: str, phase: str) -> None:
    run = client.wait(client.submit(example(name)), "Succeeded", "Failed", "Error")

    assert run["status"]["phase"] == phase


def test_every_example_is_free_of_problems(client: Any) -> None:
    examples = client.get("/api/examples")["examples"]

    found = {
        entry["name"]: client.post("/api/namespaces/default/lint", manifest=entry["text"])["problems"]
        for entry in examples
    }

    assert found == {path.stem: [] for path in EXAMPLES.glob("*.yaml")}


def test_a_loop_hands_on_its_results(client: Any) -> None:
    uid = client.submit(example("loop-and-sum"), parameters={"count": "3"})

    nodes = client.wait(uid, "Succeeded")["status"]["nodes"].values()

    [total] = [node for node in nodes if node["displayName"] == "sum"]
    assert client.log(uid, total["id"]) == "the squares [1, 4, 9] add up to 14\n"


def test_a_person_answers_a_suspended_run(client: Any) -> None:
    uid = client.submit(example("release-with-form"))
    node = client.wait_for_node(uid, "approve", "Running")

    client.post(
        f"/api/runs/{uid}/resume",
        selector=f"id={node['id']}",
        values={"decision": "ship", "note": "'q' \"é\""},
    )
    nodes = client.wait(uid, "Succeeded")["status"]["nodes"].values()

    phases = {entry["displayName"]: entry["phase"] for entry in nodes}
    assert (phases["roll-out"], phases["discard"]) == ("Succeeded", "Skipped")
    [roll_out] = [entry for entry in nodes if entry["displayName"] == "roll-out"]
    assert client.log(uid, roll_out["id"]) == "shipping, release note: 'q' \"é\"\n"


@pytest.mark.argo("17-workflows")
def test_a_run_is_stopped_and_retried_and_deleted(client: Any) -> None:
    uid = client.submit(example("release-with-form"))
    client.wait_for_node(uid, "approve", "Running")

    client.post(f"/api/runs/{uid}/stop")
    client.wait(uid, "Failed")
    client.post(f"/api/runs/{uid}/retry")
    client.wait(uid, "Running")
    client.wait_for_node(uid, "approve", "Running")
    client.post(f"/api/runs/{uid}/terminate")
    client.wait(uid, "Failed")

    assert client.session.delete(f"{client.server.url}/api/runs/{uid}", timeout=10).status_code == 204
    assert client.session.get(f"{client.server.url}/api/runs/{uid}", timeout=10).status_code == 404


@pytest.mark.argo("17-streams")
def test_the_log_of_a_running_node_is_followed(client: Any) -> None:
    uid = client.submit(SLOW_TALK)
    node = client.wait_for_node(uid, client.get(f"/api/runs/{uid}")["metadata"]["name"], "Running")

    path = f"{client.server.url}/api/runs/{uid}/nodes/{node['id']}/logs"
    with client.session.get(path, params={"follow": "true"}, stream=True, timeout=20) as answer:
        pieces = [piece.decode() for piece in answer.iter_content(chunk_size=None)]

    assert "".join(pieces) == "first\nsecond: é\n"
    assert len(pieces) > 1


def test_frames_of_a_busy_run_add_up_to_its_graph(client: Any) -> None:
    uid = client.submit(example("wide"))
    view, frames = GraphView(), 0

    with open_socket(client.server, client.session) as socket:
        socket.send(orjson.dumps({"type": "subscribe", "topic": f"run:{uid}"}).decode())
        phase = ""
        while phase != "Succeeded":
            frame = orjson.loads(socket.recv(timeout=30))
            view.apply(frame["graph"])
            phase, frames = frame["run"]["status"]["phase"], frames + 1

    fresh = GraphView()
    fresh.apply(client.get(f"/api/runs/{uid}/graph"))
    assert frames > 3
    assert (view.seq, view.nodes) == (fresh.seq, fresh.nodes)


def test_frames_follow_a_retry_that_takes_nodes_away(client: Any) -> None:
    uid, view = client.submit(FAILING), GraphView()

    with open_socket(client.server, client.session) as socket:
        socket.send(orjson.dumps({"type": "subscribe", "topic": f"run:{uid}"}).decode())
        for attempt in (0, 1):
            deleted, done = 0, False
            while not done:
                frame = orjson.loads(socket.recv(timeout=30))
                view.apply(frame["graph"])
                deleted += len(frame["graph"]["deleted"])
                done = (frame["run"]["sluice"]["attempt"], frame["run"]["status"]["phase"]) == (
                    attempt,
                    "Failed",
                )
            if attempt == 0:
                client.post(f"/api/runs/{uid}/retry")

    fresh = GraphView()
    fresh.apply(client.get(f"/api/runs/{uid}/graph"))
    assert deleted > 0
    assert (view.seq, view.nodes) == (fresh.seq, fresh.nodes)


def test_a_new_run_appears_in_the_list_by_itself(client: Any) -> None:
    with open_socket(client.server, client.session) as socket:
        socket.send('{"type": "subscribe", "topic": "runs:default"}')
        socket.recv(timeout=10)
        uid = client.submit(example("hello-world"))
        seen = set()
        while uid not in seen:
            seen |= {run["metadata"]["uid"] for run in orjson.loads(socket.recv(timeout=10))["runs"]}


def test_sockets_of_other_sites_and_strangers_are_refused(server: Any, client: Any) -> None:
    for session, origin in [(client.session, "http://elsewhere.example"), (None, None)]:
        with pytest.raises(InvalidStatus, match="403"):
            open_socket(server, session, origin)


@pytest.mark.argo("18-submit", "18-inspect")
def test_the_command_line_submits_and_watches(server: Any) -> None:
    good = server.command("submit", str(EXAMPLES / "hello-world.yaml"), "-p", "who=tests", "--watch")
    failing = server.command("submit", str(EXAMPLES / "exit-handler.yaml"), "--watch")
    logs = server.command("logs", good.stdout.split()[0].partition("/")[2])

    assert (good.returncode, good.stderr) == (0, "")
    assert "Status:     Succeeded" in good.stdout
    assert failing.returncode == 1
    assert "└─" in failing.stdout
    assert logs.stdout.endswith("Hello, tests!\n")


@pytest.mark.argo("18-quality")
def test_the_command_line_tells_mistakes_with_their_place(server: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(BROKEN)

    refused = server.command("submit", str(broken))
    linted = server.command("lint", "--offline", str(broken))

    assert refused.returncode == 2
    assert f"{broken}:5:" in refused.stderr
    assert linted.returncode == 1
    assert linted.stdout.startswith(f"{broken}:5:")


def test_a_second_server_on_the_same_folder_is_refused(server: Any) -> None:
    second = server.command("run_server", "--port", "0")

    assert second.returncode != 0
    assert "stop it, or choose another folder" in second.stderr
