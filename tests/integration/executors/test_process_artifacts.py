"""Artifacts of nodes: where inputs appear, what becomes of outputs and logs, whatever is killed meanwhile."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.contract.executor_harness import Harness
from tests.integration.executors.conftest import executor, result, shell, stores_below
from workflows.artifacts import Surroundings, read_location
from workflows.artifacts.folder import FolderDriver
from workflows.executors.process import ProcessExecutor, ProcessSettings

pytestmark = pytest.mark.usefixtures("private")

HERE = {"plugin": {"name": "folder", "key": "runs/hello"}}
LOGGED = {**HERE, "archiveLogs": True}


@pytest.fixture
def store(harness: Harness) -> FolderDriver:
    root = Path(executor(harness)._layout.root).parent
    return FolderDriver(root / "artifacts" / "team")


def _at(key: str) -> dict[str, Any]:
    return {"plugin": {"name": "folder", "key": key}}


def _with(
    script: str,
    *,
    inputs: list[dict[str, Any]] | None = None,
    outputs: list[dict[str, Any]] | None = None,
    location: dict[str, Any] = HERE,
    **fields: Any,
) -> dict[str, Any]:
    template = {**shell(script, **fields), "archiveLocation": location}
    template |= {"inputs": {"artifacts": inputs}} if inputs else {}
    return template | ({"outputs": {"artifacts": outputs}} if outputs else {})


def _read(store: FolderDriver, artifact: dict[str, Any]) -> bytes:
    location = read_location(artifact)
    assert location is not None
    with store.open(location.key) as stream:
        return stream.read()


# --- outputs --------------------------------------------------------------------------------------


@pytest.mark.argo("7-archive", "7-default-key")
@pytest.mark.parametrize(
    ("archive", "key"),
    [
        ({}, "runs/hello/out.tgz"),
        ({"archive": {"tar": {"compressionLevel": 0}}}, "runs/hello/out.tgz"),
        ({"archive": {"zip": {}}}, "runs/hello/out.zip"),
        ({"archive": {"none": {}}}, "runs/hello/d"),
    ],
    ids=["default", "tar", "zip", "none"],
)
def test_an_output_comes_back_as_an_input(
    harness: Harness, request: pytest.FixtureRequest, archive: dict[str, Any], key: str
) -> None:
    made = "mkdir -p /work/d/e && printf a > /work/d/x && printf b > /work/d/e/y && chmod 640 /work/d/x"
    node = f"round-{request.node.callspec.id}"

    end = harness.run(node, _with(made, outputs=[{"name": "out", "path": "/work/d", **archive}]))

    assert end.artifacts == [{"name": "out", "path": "/work/d", **archive, **_at(key)}]
    explicit = archive if "zip" in archive.get("archive", {}) else {}
    taken = [{"name": "in", "path": "/new/place", **explicit, **_at(key)}]
    script = "cd /new/place && cat x e/y && echo changed > x"
    assert result(harness.run(f"{node}-in", _with(script, inputs=taken), capture_result=True)) == "ab"


def test_an_artifact_of_its_own_key_goes_there(harness: Harness, store: FolderDriver) -> None:
    output = {"name": "out", "path": "/tmp/out", "archive": {"none": {}}, **_at("my/own.txt")}

    end = harness.run("own", _with("printf content > /tmp/out", outputs=[output]))

    assert end.artifacts == [output]
    assert _read(store, end.artifacts[0]) == b"content"


@pytest.mark.argo("7-output-artifacts-on-failure")
def test_outputs_of_a_node_that_failed_are_saved(harness: Harness, store: FolderDriver) -> None:
    outputs = [{"name": "report", "path": "/tmp/report", "archive": {"none": {}}}]

    end = harness.run("failed", _with("printf why > /tmp/report; exit 3", outputs=outputs))

    assert (end.phase, end.message) == ("Failed", "main: Error (exit code 3)")
    assert _read(store, end.artifacts[0]) == b"why"


@pytest.mark.argo("7-optional")
def test_missing_outputs_fail_the_node_unless_they_are_optional(harness: Harness) -> None:
    optional = {"name": "maybe", "path": "/tmp/none", "optional": True}
    there = {"name": "there", "path": "/tmp/there"}

    well = harness.run("optional", _with("touch /tmp/there", outputs=[optional, there]))
    badly = harness.run(
        "required", _with("touch /tmp/there", outputs=[{"name": "x", "path": "/tmp/x"}, there])
    )
    both = harness.run("both", _with("exit 1", outputs=[{"name": "x", "path": "/tmp/x"}]))

    assert (well.phase, [each["name"] for each in well.artifacts]) == ("Succeeded", ["there"])
    where = "/var/run/argo/outputs/artifacts/tmp/x.tgz"
    assert (badly.phase, badly.message) == (
        "Error",
        f"wait: Error (exit code 64): open {where}: no such file or directory; ",
    )
    assert [each["name"] for each in badly.artifacts] == ["there"]
    assert (both.phase, both.message) == ("Failed", "main: Error (exit code 1)")


def test_a_link_is_followed_inside_the_node_only(
    harness: Harness, store: FolderDriver, tmp_path: Path
) -> None:
    """The host has a file at the place the link names; the node has another one there."""
    outside = tmp_path / "secret"
    outside.write_text("of the host")
    script = f"mkdir -p {tmp_path}; printf 'of the node' > {outside}; ln -s {outside} /tmp/out"
    outputs = [{"name": "out", "path": "/tmp/out", "archive": {"none": {}}}]

    end = harness.run("link", _with(script, outputs=outputs))

    assert _read(store, end.artifacts[0]) == b"of the node"


@pytest.mark.parametrize(
    "special", ["mkfifo /tmp/out", "ln -s /proc/self/environ /tmp/out"], ids=["fifo", "magic"]
)
def test_what_is_no_file_is_refused(harness: Harness, special: str) -> None:
    node = special.split()[0]

    end = harness.run(node, _with(special, outputs=[{"name": "out", "path": "/tmp/out"}]))

    assert end.phase == "Error"
    assert end.artifacts == []


@pytest.mark.argo("2-archive-logs")
def test_logs_are_archived_also_of_a_node_that_failed(harness: Harness, store: FolderDriver) -> None:
    end = harness.run("logged", _with("echo out; echo err >&2; exit 2", location=LOGGED))

    assert end.phase == "Failed"
    assert end.artifacts == [{"name": "main-logs", **_at("runs/hello/main.log")}]
    assert _read(store, end.artifacts[0]) == b"out\nerr\n"


def test_each_container_of_a_set_has_its_log(harness: Harness) -> None:
    containers = [{"name": name, "image": "busybox", "command": ["echo", name]} for name in ("a", "main")]
    template = {"containerSet": {"containers": containers}, "archiveLocation": LOGGED}

    end = harness.run("set-logs", template)

    assert [each["name"] for each in end.artifacts] == ["a-logs", "main-logs"]


# --- inputs ---------------------------------------------------------------------------------------


@pytest.mark.argo("7-path-mode-recurse-mode")
def test_inputs_appear_at_fixed_absolute_paths_with_their_mode(harness: Harness, store: FolderDriver) -> None:
    places = ["/src/x", "/tmp/in/x", "/etc/own.conf", "/var/run/x", "/x"]
    inputs = [
        {"name": f"i{number}", "path": path, "mode": 0o751, "raw": {"data": path}}
        for number, path in enumerate(places)
    ]
    script = " && ".join(f'[ "$(cat {path})" = {path} ] && [ $(stat -c %a {path}) = 751 ]' for path in places)

    assert harness.run("places", _with(script, inputs=inputs)).phase == "Succeeded"
    assert not Path("/etc/own.conf").exists()
    assert not Path("/x").exists()


def test_absent_optional_inputs_are_left_out(harness: Harness) -> None:
    inputs = [
        {"name": "none", "path": "/in/none", "optional": True},
        {"name": "lost", "path": "/in/lost", "optional": True, **_at("not/there")},
    ]

    assert harness.run("without", _with("[ ! -e /in/none ] && [ ! -e /in/lost ]", inputs=inputs)).phase == (
        "Succeeded"
    )


@pytest.mark.parametrize(
    ("artifact", "text"),
    [
        ({}, "required artifact 'in' not supplied"),
        (_at("not/there"), "artifact in failed to load: "),
        ({"s3": {"key": "k"}}, "artifact in failed to load: it has no complete location"),
        ({**_at("x"), "path": "/a/../../etc"}, "Artifact 'in' attempted to use a path containing '..'"),
    ],
    ids=["no location", "not there", "only a key", "upwards"],
)
def test_an_input_that_cannot_be_had_is_an_error(
    harness: Harness, request: pytest.FixtureRequest, artifact: dict[str, Any], text: str
) -> None:
    node = f"lost-{request.node.callspec.id.replace(' ', '-')}"

    end = harness.run(node, _with("true", inputs=[{"name": "in", "path": "/in", **artifact}]))

    assert (end.phase, end.exit_code) == ("Error", None)
    assert end.message.startswith(f"init: Error (exit code 64): {text}")


def test_an_input_inside_a_volume_goes_into_the_volume(harness: Harness) -> None:
    """So it is there wherever else the volume is mounted."""
    mounts = [{"name": "v", "mountPath": "/mnt/v"}, {"name": "v", "mountPath": "/mnt/also"}]
    inputs = [{"name": "in", "path": "/mnt/v/d/x", "mode": 0o600, "raw": {"data": "hello"}}]
    template = {
        **_with("cat /mnt/v/d/x /mnt/also/d/x", inputs=inputs, volumeMounts=mounts),
        "volumes": [{"name": "v", "emptyDir": {}}],
    }

    assert result(harness.run("volume", template, capture_result=True)) == "hellohello"


# --- what goes on meanwhile -----------------------------------------------------------------------


class _Gate:
    """Stores that wait before they are opened until the test lets them."""

    def __init__(self, folder: Path) -> None:
        self.opened = threading.Semaphore(0)
        self.may_go_on = threading.Event()
        self._stores = stores_below(folder)

    def __call__(self, namespace: str) -> Surroundings:
        self.opened.release()
        assert self.may_go_on.wait(30)
        return self._stores(namespace)


def _slow(tmp_path: Path) -> tuple[Harness, _Gate]:
    gate = _Gate(tmp_path / "artifacts")
    settings = ProcessSettings(linger_seconds=0)
    return Harness(ProcessExecutor(tmp_path / "state", settings, surroundings=gate)), gate


def test_a_node_whose_input_is_being_fetched_is_known_and_can_be_killed(tmp_path: Path) -> None:
    harness, gate = _slow(tmp_path)
    inputs = [{"name": "in", "path": "/in", "mode": 0o644, "raw": {"data": "x"}}]
    order = harness.order("a", _with("cat /in", inputs=inputs))
    harness.executor.launch([order])
    harness.executor.launch([order])
    assert gate.opened.acquire(timeout=30)

    assert harness.observe("a", "b") == ["b"]
    harness.kill("a")
    gate.may_go_on.set()

    assert harness.end_of("a").message == "Stopped before the main container started"
    harness.cleanup()
    harness.close()
    assert [path.name for path in (tmp_path / "state" / "staging").rglob("*")] == ["kept"]


def test_a_node_ends_only_when_its_outputs_are_saved(tmp_path: Path) -> None:
    harness, gate = _slow(tmp_path)
    outputs = [{"name": "out", "path": "/tmp/out"}]
    harness.executor.launch([harness.order("a", _with("touch /tmp/out", outputs=outputs))])
    assert gate.opened.acquire(timeout=30)

    assert harness.ends_of("a") == []
    gate.may_go_on.set()

    assert harness.end_of("a").phase == "Succeeded"
    harness.cleanup()
    harness.close()


def test_a_stop_does_not_wait_for_ever_for_outputs_to_be_saved(tmp_path: Path) -> None:
    harness, gate = _slow(tmp_path)
    outputs = [{"name": "out", "path": "/tmp/out"}]
    harness.executor.launch([harness.order("a", _with("touch /tmp/out", outputs=outputs))])
    assert gate.opened.acquire(timeout=30)

    harness.kill("a", grace_seconds=0)

    assert harness.end_of("a").phase == "Error"
    gate.may_go_on.set()
    harness.cleanup()
    harness.close()


def test_outputs_are_saved_by_the_next_server_when_one_has_gone(tmp_path: Path) -> None:
    settings = ProcessSettings(linger_seconds=5)
    outputs = [{"name": "out", "path": "/tmp/out"}]
    first = Harness(ProcessExecutor(tmp_path / "state", settings, surroundings=stores_below(tmp_path / "a")))
    first.executor.launch([first.order("a", _with("sleep 0.5; touch /tmp/out", outputs=outputs))])
    first.start_of("a")
    first.close()

    second = Harness(ProcessExecutor(tmp_path / "state", settings, surroundings=stores_below(tmp_path / "a")))

    assert second.end_of("a").artifacts == [{**outputs[0], **_at("runs/hello/out.tgz")}]
    second.cleanup()
    second.close()
