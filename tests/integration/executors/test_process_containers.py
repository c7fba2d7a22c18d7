"""Several containers in one node: sets, sidecars, daemons; Secrets, ConfigMaps and progress."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.executor_harness import Harness
from tests.integration.executors.conftest import executor, result, shell
from workflows.engine.messages import ContainerChanged, NodeProgress, NodeReady

pytestmark = pytest.mark.usefixtures("private")


def _of_set(*containers: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"containerSet": {"containers": list(containers), **fields}}


def _container(name: str, script: str, *dependencies: str, **fields: Any) -> dict[str, Any]:
    command = ["sh", "-c", script]
    needs = {"dependencies": list(dependencies)} if dependencies else {}
    return {"name": name, "image": "busybox", "command": command, **needs, **fields}


def _changes(harness: Harness, node: str) -> list[tuple[str, str, str]]:
    """What was told of containers, each thing once: the end of the node tells all of it again."""
    told = [
        (fact.container, fact.phase, fact.message)
        for _, fact in harness.facts
        if isinstance(fact, ContainerChanged) and fact.node_id == node
    ]
    return list(dict.fromkeys(told))


# --- sets -----------------------------------------------------------------------------------------


@pytest.mark.argo("3-container-set")
def test_containers_of_a_set_run_after_their_dependencies_in_one_file_system(harness: Harness) -> None:
    end = harness.run(
        "set",
        _of_set(
            _container("main", "cat /tmp/a /tmp/b > /tmp/out; cat /tmp/out", "a", "b"),
            _container("a", "sleep 0.1; echo one > /tmp/a"),
            _container("b", "echo two > /tmp/b"),
        ),
        capture_result=True,
        output_paths={"out": "/tmp/out"},
    )

    assert (end.phase, end.exit_code, end.result) == ("Succeeded", 0, "one\ntwo")
    assert end.parameters == {"out": "one\ntwo"}
    assert set(_changes(harness, "set")) == {
        (name, phase, "") for name in ("main", "a", "b") for phase in ("Running", "Succeeded")
    }


@pytest.mark.argo("3-container-set")
def test_a_container_whose_dependency_failed_never_runs(harness: Harness) -> None:
    end = harness.run(
        "broken",
        _of_set(
            _container("bad", "exit 4"),
            _container("after", "touch /tmp/ran", "bad"),
            _container("last", "true", "after"),
        ),
    )

    message = 'after: Error (exit code 64): dependency "bad" exited with non-zero code: 4'
    assert (end.phase, end.message, end.exit_code) == ("Failed", message, None)
    assert [change for change in _changes(harness, "broken") if change[1] != "Running"] == [
        ("bad", "Failed", "bad: Error (exit code 4): "),
        ("after", "Error", message),
        (
            "last",
            "Error",
            'last: Error (exit code 64): dependency "after" exited with non-zero code: 64',
        ),
    ]


def test_a_container_of_a_set_is_tried_again_in_place(harness: Harness) -> None:
    script = "echo try; echo x >> /tmp/tries; [ $(wc -l < /tmp/tries) = 3 ]"

    enough = harness.run(
        "again", _of_set(_container("main", script), retryStrategy={"retries": 3, "duration": "1ms"})
    )
    few = harness.run("once", _of_set(_container("main", script), retryStrategy={"retries": "2"}))

    assert (enough.phase, few.message) == ("Succeeded", "main: Error (exit code 1)")
    assert harness.log("again") == "try\ntry\ntry\n"


def test_volumes_of_a_set_are_mounted_in_all_its_containers(harness: Harness) -> None:
    template = {
        **_of_set(
            _container("a", "echo hello > /work/x"),
            _container("main", "cat /work/x", "a"),
            volumeMounts=[{"name": "w", "mountPath": "/work"}],
        ),
        "volumes": [{"name": "w", "emptyDir": {}}],
    }

    assert result(harness.run("mounted", template, capture_result=True)) == "hello"


def test_a_set_that_is_killed_ends_with_all_its_containers(harness: Harness) -> None:
    template = _of_set(_container("a", "exec sleep 600"), _container("b", "exec sleep 600"))
    harness.executor.launch([harness.order("killed", template)])
    harness.start_of("killed")

    harness.kill("killed")

    assert harness.end_of("killed").message == "a: Error (exit code 143)"


# --- sidecars -------------------------------------------------------------------------------------


def _with_sidecar(main: str, sidecar: str) -> dict[str, Any]:
    return {**shell(main), "sidecars": [_container("side", sidecar)]}


@pytest.mark.argo("3-sidecars")
def test_a_sidecar_runs_beside_main_and_is_ended_after_it(harness: Harness) -> None:
    end = harness.run(
        "beside",
        _with_sidecar(
            "while [ ! -e /tmp/side ]; do sleep 0.01; done; cat /tmp/side",
            "echo from side > /tmp/side; echo log of side; exec sleep 600",
        ),
        capture_result=True,
    )

    assert result(end) == "from side"
    assert harness.log("beside", container="side") == "log of side\n"


@pytest.mark.argo("3-sidecars")
@pytest.mark.parametrize(
    ("code", "end"),
    [(0, ("Succeeded", "")), (143, ("Succeeded", "")), (3, ("Failed", "side: Error (exit code 3)"))],
)
def test_a_sidecar_that_fails_by_itself_fails_the_node(
    harness: Harness, code: int, end: tuple[str, str]
) -> None:
    finished = harness.run(f"side-{code}", _with_sidecar("sleep 0.2", f"exit {code}"))

    assert (finished.phase, finished.message) == end


def test_what_mirrors_the_mounts_of_main_sees_its_volumes(harness: Harness) -> None:
    template = {
        **shell(
            "while [ ! -e /mnt/v/x ]; do sleep 0.01; done",
            volumeMounts=[{"name": "v", "mountPath": "/mnt/v"}],
        ),
        "volumes": [{"name": "v", "emptyDir": {}}],
        "sidecars": [_container("side", "touch /mnt/v/x; exec sleep 600", mirrorVolumeMounts=True)],
    }

    assert harness.run("mirrored", template).phase == "Succeeded"


# --- daemons --------------------------------------------------------------------------------------


def _ready(harness: Harness, node: str) -> list[NodeReady]:
    return [fact for _, fact in harness.facts if isinstance(fact, NodeReady) and fact.node_id == node]


def _wait_until_ready(harness: Harness, node: str) -> NodeReady:
    return harness.wait_for(lambda: _ready(harness, node), 1)[0]


@pytest.mark.argo("3-daemon")
def test_a_daemon_without_a_probe_is_ready_as_soon_as_it_runs(harness: Harness) -> None:
    harness.executor.launch([harness.order("plain", {**shell("exec sleep 600"), "daemon": True})])

    assert _wait_until_ready(harness, "plain").address == "127.0.0.1"

    harness.observe("plain")
    assert len(_ready(harness, "plain")) == 2
    harness.kill("plain")
    harness.end_of("plain")


@pytest.mark.argo("3-daemon")
def test_a_daemon_is_ready_when_its_command_says_so(harness: Harness) -> None:
    probe = {"exec": {"command": ["test", "-e", "/tmp/ready"]}, "periodSeconds": 0.1}
    script = "sleep 0.3; date +%s%3N > /tmp/ready; exec sleep 600"
    template = {**shell(script, readinessProbe=probe), "daemon": True}

    harness.executor.launch([harness.order("probed", template)])

    assert _wait_until_ready(harness, "probed").at >= harness.start_of("probed").at + 250
    harness.kill("probed")
    harness.end_of("probed")


KEY = {"name": "X-Key", "value": "k"}


class _Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.headers["X-Key"] == "k" and self.path == "/ok?a=b" else 500)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("probe", "ready"),
    [
        (
            {"httpGet": {"path": "ok?a=b", "port": "web", "httpHeaders": [{"name": "X-Key", "value": "k"}]}},
            True,
        ),
        ({"httpGet": {"path": "/other", "port": "web"}}, False),
        ({"tcpSocket": {"port": "web"}}, True),
        ({"tcpSocket": {"port": 1}}, False),
    ],
    ids=["http", "http, refused", "tcp", "tcp, nobody there"],
)
def test_addresses_are_probed(
    harness: Harness, request: pytest.FixtureRequest, port: int, probe: dict[str, Any], ready: bool
) -> None:
    ports = [{"name": "web", "containerPort": port}]
    end = 600 if ready else 1
    container = shell(f"exec sleep {end}", ports=ports, readinessProbe={**probe, "periodSeconds": 0.1})
    node = f"address-{request.node.callspec.id.replace(' ', '').replace(',', '-')}"
    harness.executor.launch([harness.order(node, {**container, "daemon": True})])

    if ready:
        _wait_until_ready(harness, node)
        harness.kill(node)
        harness.end_of(node)
    else:
        harness.end_of(node)
        assert _ready(harness, node) == []


# --- progress, objects ----------------------------------------------------------------------------


@pytest.mark.argo("4-progress")
def test_progress_is_told_while_the_command_runs(harness: Harness) -> None:
    script = 'echo 1/4 > "$ARGO_PROGRESS_FILE"; sleep 1.5; echo nonsense >> "$ARGO_PROGRESS_FILE"'

    harness.run("progress", shell(script))

    told = [fact.progress for _, fact in harness.facts if isinstance(fact, NodeProgress)]
    assert told == ["1/4"]


def test_secrets_and_config_maps_are_variables_and_files(harness: Harness) -> None:
    env = [
        {"name": "ONE", "valueFrom": {"secretKeyRef": {"name": "s", "key": "password"}}},
        {"name": "TWO", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "color"}}},
        {"name": "NONE", "valueFrom": {"secretKeyRef": {"name": "none", "key": "k", "optional": True}}},
    ]
    volumes = [
        {
            "name": "s",
            "secret": {"secretName": "s", "items": [{"key": "password", "path": "d/p", "mode": 256}]},
        },
        {"name": "c", "configMap": {"name": "c"}},
    ]
    mounts = [
        {"name": "s", "mountPath": "/secret"},
        {"name": "c", "mountPath": "/etc/color.conf", "subPath": "color"},
    ]
    script = (
        'echo "$ONE $TWO ${NONE-unset} $PRE_color"; cat /secret/d/p /etc/color.conf; stat -c %a /secret/d/p;'
        "touch /secret/x 2>/dev/null || echo read-only"
    )
    source = [{"prefix": "PRE_", "configMapRef": {"name": "c"}}]
    template = {**shell(script, env=env, envFrom=source, volumeMounts=mounts), "volumes": volumes}

    end = harness.run("objects", template, capture_result=True)

    assert result(end) == "geheim blue unset blue\ngeheimblue400\nread-only"
    assert "geheim" not in Path(executor(harness)._layout.journal).read_text()


def test_a_missing_secret_is_an_error_that_names_it(harness: Harness) -> None:
    env = [{"name": "ONE", "valueFrom": {"secretKeyRef": {"name": "none", "key": "k"}}}]

    end = harness.run("missing", shell("true", env=env))

    text = (
        'Pod failed before main container starts due to CreateContainerConfigError: secret "none" not found'
    )
    assert (end.phase, end.message) == ("Error", text)
