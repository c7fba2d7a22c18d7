"""What commands see and leave behind when they run as local processes."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.contract.executor_harness import Harness
from tests.integration.executors.conftest import attempt, executor, result, shell
from workflows.executors.process import ProcessExecutor, ProcessSettings
from workflows.executors.process.shepherd.processes import MARK, all_processes


@pytest.mark.argo("3-script")
def test_a_script_is_run_by_its_interpreter(harness: Harness) -> None:
    source = "import sys, os\nprint(os.path.basename(sys.argv[0]), 'ü', sys.version_info[0])\n"
    script = {"script": {"image": "python:3.12", "command": ["python"], "source": source}}

    assert result(harness.run("script", script, capture_result=True)) == "script ü 3"


def test_pythons_of_commands_do_not_see_the_servers_packages(harness: Harness) -> None:
    script = {"script": {"image": "python", "command": ["python3"], "source": "import msgspec"}}

    assert harness.run("packages", script).exit_code == 1
    assert "ModuleNotFoundError" in harness.log("packages")


@pytest.mark.parametrize(
    ("container", "output"),
    [
        pytest.param({"image": "argoproj/argosay:v2"}, "hello argo", id="argosay"),
        pytest.param({"image": "argoproj/argosay:v2", "args": ["echo", "hi"]}, "hi", id="argosay echo"),
        pytest.param(
            {
                "image": "argoproj/argosay:v2",
                "command": ["sh", "-c", "argosay echo hi /tmp/d/f; argosay cat /tmp/d/f"],
            },
            "hi",
            id="argosay to a file",
        ),
        pytest.param(
            {"image": "docker/whalesay", "command": ["sh", "-c", "cowsay hello world | head -2"]},
            " _____________\n< hello world >",
            id="cowsay",
        ),
    ],
)
def test_stand_ins_of_demo_images_answer(
    harness: Harness, request: pytest.FixtureRequest, container: dict[str, Any], output: str
) -> None:
    end = harness.run(request.node.name, {"container": container}, capture_result=True)

    assert result(end) == output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["exit", "3"], 3),
        (["exit"], 0),
        (["assert_contains", "/etc/passwd", "no such text"], 1),
        (["what"], 1),
    ],
)
def test_argosay_fails_as_it_is_told(
    harness: Harness, request: pytest.FixtureRequest, arguments: list[str], code: int
) -> None:
    template = {"container": {"image": "argoproj/argosay:v2", "args": arguments}}

    assert harness.run(request.node.name, template).exit_code == code


def test_the_environment_is_small_and_holds_nothing_of_the_server(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_SECRET_KEY", "secret")

    names = {
        line.partition("=")[0]
        for line in result(harness.run("env", shell("env"), capture_result=True)).split()
    }

    assert names - {"PWD", "OLDPWD", "SHLVL", "_", "TMPDIR"} == {
        "ARGO_CONTAINER_NAME",
        "ARGO_INCLUDE_SCRIPT_OUTPUT",
        "ARGO_NODE_ID",
        "ARGO_POD_NAME",
        "ARGO_PROGRESS_FILE",
        "ARGO_WORKFLOW_NAME",
        "ARGO_WORKFLOW_UID",
        "HOME",
        "HOSTNAME",
        "PATH",
        "TEAM",
        MARK,
    }


@pytest.mark.usefixtures("private")
def test_what_a_command_writes_is_not_seen_by_the_next_nor_by_the_host(harness: Harness) -> None:
    write = (
        "mkdir /newly-made && echo x > /newly-made/f && echo x > /tmp/f && echo x > $HOME/f && ls /newly-made"
    )
    look = "ls -d /newly-made /tmp/* $HOME/* 2>/dev/null; true"

    written = harness.run("write", shell(write), capture_result=True)
    seen = [harness.run(f"look-{index}", shell(look), capture_result=True) for index in range(5)]

    assert result(written) == "f"
    assert [result(end) for end in seen] == [""] * 5
    assert not Path("/newly-made").exists()


@pytest.mark.usefixtures("private")
def test_a_view_is_not_used_again_when_it_was_changed_in_a_hidden_way(harness: Harness) -> None:
    change = "chmod 777 / && mkdir /tmp/folder && chmod 700 /tmp"
    look = "stat -c %a / /tmp; ls /tmp"
    before = harness.run("before", shell(look), capture_result=True)
    assert harness.run("change", shell(change)).phase == "Succeeded"

    after = [result(harness.run(f"after-{index}", shell(look), capture_result=True)) for index in range(5)]

    assert after == [result(before)] * 5


@pytest.mark.usefixtures("private")
def test_the_state_folder_is_hidden_from_commands(harness: Harness) -> None:
    root = executor(harness)._layout.root

    assert harness.run("hidden", shell(f"ls {root} | grep .")).exit_code == 1


def test_shared_folders_are_changed_in_place(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    settings = ProcessSettings(linger_seconds=0, shared_folders=(str(shared),))
    harness = Harness(ProcessExecutor(tmp_path / "state", settings))

    end = harness.run("share", shell(f"echo hello > {shared}/from-command"))
    harness.close()

    assert end.phase == "Succeeded"
    assert (shared / "from-command").read_text() == "hello\n"


@pytest.mark.usefixtures("private")
@pytest.mark.argo("6-value-from-path")
def test_outputs_come_from_the_private_file_system(harness: Harness) -> None:
    script = (
        "mkdir -p /out/deep; printf 1 > /out/deep/a; printf 2 > /root-file; ln -s /out/deep/a /tmp/link;"
        "ln -s ../../../../etc/hostname /tmp/climb; ln -s /nowhere /tmp/dangling"
    )
    paths = {
        "a": "/out/deep/a",
        "b": "/root-file",
        "link": "/tmp/link",
        "climb": "/tmp/climb",
        "dangling": "/tmp/dangling",
    }

    end = harness.run("outputs", shell(script), output_paths=paths)

    hostname = Path("/etc/hostname").read_text().removesuffix("\n")
    assert end.parameters == {"a": "1", "b": "2", "link": "1", "climb": hostname}


def test_an_output_that_is_no_file_is_an_error_only_of_successful_nodes(harness: Harness) -> None:
    paths = {"v": "/tmp"}

    succeeded = harness.run("folder", shell("true"), output_paths=paths)
    failed = harness.run("folder-failed", shell("exit 2"), output_paths=paths)

    assert (succeeded.phase, succeeded.message) == (
        "Error",
        "output parameter 'v': /tmp is not a regular file",
    )
    assert (failed.phase, failed.message) == ("Failed", "main: Error (exit code 2)")


@pytest.mark.usefixtures("private")
@pytest.mark.argo("3-init-containers", "2-volumes")
def test_containers_share_volumes_and_init_containers_come_first(harness: Harness) -> None:
    template = {
        **shell(
            "cat /mnt/data/f /other/f; grep -c ' /mnt/data ' /proc/mounts;"
            "touch /other/x; ls /mnt/data | wc -l",
            volumeMounts=[
                {"name": "data", "mountPath": "/mnt/data", "readOnly": True},
                {"name": "data", "mountPath": "/other"},
            ],
        ),
        "initContainers": [
            {
                "name": name,
                "image": "busybox",
                "command": ["sh", "-c", f"echo {name} | tee -a /init/f"],
                "volumeMounts": [{"name": "data", "mountPath": "/init"}],
            }
            for name in ("one", "two")
        ],
        "volumes": [{"name": "data", "emptyDir": {}}],
    }

    end = harness.run("volumes", template, capture_result=True)

    assert result(end).split() == ["one", "two", "one", "two", "1", "2"]
    assert harness.log("volumes", container="two") == "two\n"


@pytest.mark.usefixtures("private")
def test_mount_points_are_made_anywhere_without_touching_the_host(harness: Harness) -> None:
    paths = ["/usr/share/sluice-test/a", "/var/cache/sluice-test", "/sluice-test", "/tmp/x/y", "/argo/more"]
    mounts = [{"name": "v", "mountPath": path} for path in paths]
    script = "; ".join(f"echo x > {path}/f" for path in paths) + "; test -d /usr/share && test -d /var/cache"

    end = harness.run("points", {**shell(script, volumeMounts=mounts), "volumes": [{"name": "v"}]})

    assert (end.phase, end.message) == ("Succeeded", "")
    assert not [path for path in paths if os.path.exists(path)]


@pytest.mark.usefixtures("private")
@pytest.mark.parametrize(
    "path", ["/proc", "/proc/self", "/proc/sluice-test", "/sys", "/dev", "/sys/sluice-test"]
)
def test_nothing_is_mounted_over_the_kernels_folders(harness: Harness, path: str) -> None:
    mounts = [{"name": "v", "mountPath": path}]

    end = harness.run(f"kernel{path}", {**shell("true", volumeMounts=mounts), "volumes": [{"name": "v"}]})

    assert end.phase == "Error"
    assert "nothing can be mounted or written on /" in end.message


@pytest.mark.usefixtures("private")
def test_shared_memory_may_be_a_volume(harness: Harness) -> None:
    mounts = [{"name": "v", "mountPath": "/dev/shm"}]

    end = harness.run("shm", {**shell("touch /dev/shm/x", volumeMounts=mounts), "volumes": [{"name": "v"}]})

    assert end.phase == "Succeeded"
    assert not Path("/dev/shm/x").exists()


@pytest.mark.usefixtures("private")
def test_raw_artifacts_and_working_directory_are_there(harness: Harness) -> None:
    template = {
        **shell("pwd; cat /in/deep/data.json", workingDir="/work/area"),
        "inputs": {"artifacts": [{"name": "in", "path": "/in/deep/data.json", "raw": {"data": "{}"}}]},
    }

    assert result(harness.run("raw", template, capture_result=True)) == "/work/area\n{}"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["no-such-tool"], 'exec: "no-such-tool": executable file not found in $PATH'),
        (["/no/such"], 'exec: "/no/such": stat /no/such: no such file or directory'),
        (["/etc/passwd"], 'exec: "/etc/passwd": permission denied'),
    ],
    ids=["name", "path", "no program"],
)
def test_a_missing_program_is_a_failure_as_in_argo(
    harness: Harness, request: pytest.FixtureRequest, command: list[str], message: str
) -> None:
    end = harness.run(request.node.name, {"container": {"image": "busybox", "command": command}})

    expected = f"main: Error (exit code 64): failed to find name in PATH: {message}"
    assert (end.phase, end.message, end.exit_code) == ("Failed", expected, 64)


@pytest.mark.argo("3-container", "3-large-arguments")
def test_arguments_may_be_anything(harness: Harness) -> None:
    strange = ["", " ", "ü😀", "a\nb", "'\"", "$HOME", "*", "-n"]
    template = {"container": {"image": "busybox", "command": ["printf", "[%s]"], "args": strange}}
    nul = {"container": {"image": "busybox", "command": ["true", "a\0b"]}}
    huge = {"container": {"image": "busybox", "command": ["true", "x" * 3_000_000]}}

    assert result(harness.run("strange", template, capture_result=True)) == "".join(f"[{a}]" for a in strange)
    assert harness.run("nul", nul).message.endswith("invalid argument")
    assert harness.run("huge", huge).message.endswith("argument list too long")


@pytest.mark.argo("9-template-active-deadline-seconds")
def test_a_deadline_ends_the_node_in_argos_words(harness: Harness) -> None:
    end = harness.run("deadline", shell("exec sleep 600"), active_deadline_seconds=1)

    assert (end.phase, end.message, end.exit_code) == (
        "Failed",
        "Pod was active on the node longer than the specified deadline",
        143,
    )


def test_a_process_that_ignores_the_first_signal_gets_the_second(harness: Harness) -> None:
    harness.executor.launch(
        [harness.order("stubborn", shell("trap '' TERM; echo on; while :; do sleep 1; done"))]
    )
    harness.start_of("stubborn")
    chunks = harness.executor.logs(attempt("stubborn"), follow=True)
    assert next(chunks).text == "on\n"

    harness.kill("stubborn", grace_seconds=0)

    assert harness.end_of("stubborn").exit_code == 137


def test_a_process_may_use_its_grace(harness: Harness) -> None:
    script = "trap 'echo bye; exit 5' TERM; echo on; while :; do sleep 0.05; done"
    harness.executor.launch([harness.order("polite", shell(script), capture_result=True)])
    chunks = harness.executor.logs(attempt("polite"), follow=True)
    harness.start_of("polite")
    assert next(chunks).text == "on\n"

    harness.kill("polite")
    end = harness.end_of("polite")

    assert (end.phase, end.exit_code, end.result) == ("Failed", 5, "on\nbye")


@pytest.mark.parametrize(
    "leave",
    [
        pytest.param("sleep 600 &", id="background"),
        pytest.param("setsid sleep 600 &", id="own session"),
        pytest.param("setsid sh -c 'sleep 600 & sleep 600' &", id="own session with a child"),
        pytest.param("env -i setsid setsid -f sleep 600", id="own session, mark removed"),
        pytest.param("(trap '' TERM HUP; sleep 600) &", id="deaf"),
    ],
)
def test_nothing_is_left_behind(harness: Harness, request: pytest.FixtureRequest, leave: str) -> None:
    before = _sleepers()

    end = harness.run(request.node.name, shell(f"{leave}\nexit 0"))

    assert end.phase == "Succeeded"
    assert _sleepers() - before == set()


def _sleepers() -> set[int]:
    """Living processes that execute `sleep 600`."""
    found = set()
    for process in all_processes():
        try:
            if Path(f"/proc/{process}/cmdline").read_bytes() == b"sleep\0600\0":
                found.add(process)
        except OSError:
            continue
    return found


def test_many_nodes_at_once_each_get_their_own_answer(harness: Harness) -> None:
    orders = [
        harness.order(
            f"many-{index}", shell(f"echo {index} > /tmp/f; sleep 0.01; cat /tmp/f"), capture_result=True
        )
        for index in range(150)
    ]

    harness.executor.launch(orders)
    ends = [harness.end_of(f"many-{index}") for index in range(150)]

    assert [end.result for end in ends] == [str(index) for index in range(150)]


def test_following_a_log_ends_with_the_node(harness: Harness) -> None:
    script = "echo out; echo err >&2; read line < /dev/null; exec sleep 600"
    harness.executor.launch([harness.order("follow", shell(script))])
    harness.start_of("follow")
    seen: list[tuple[str, int, str]] = []

    def follow() -> None:
        for chunk in harness.executor.logs(attempt("follow"), follow=True):
            seen.append((chunk.stream, chunk.offset, chunk.text))
            if len(seen) == 2:
                harness.kill("follow")

    reader = threading.Thread(target=follow)
    reader.start()
    reader.join(30)

    assert not reader.is_alive()
    assert sorted(seen) == [("stderr", 0, "err\n"), ("stdout", 0, "out\n")]
