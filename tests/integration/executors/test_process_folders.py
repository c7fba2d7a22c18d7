"""Executors over one state folder: failing callbacks, degraded hosts, several programs, the end."""

from __future__ import annotations

import os
import select
import threading
from pathlib import Path

import pytest

from tests.contract.executor_harness import Harness
from tests.integration.executors.conftest import executor, result, shell
from workflows.executors.process import ProcessExecutor, ProcessSettings
from workflows.executors.process.shepherd.processes import all_processes, mark_of


def test_a_callback_that_fails_is_told_again_after_reconnecting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    executor = ProcessExecutor(tmp_path / "state", ProcessSettings(linger_seconds=5))
    failed = threading.Event()

    def fail(*_: object) -> None:
        failed.set()
        raise RuntimeError("no database")

    executor.open(fail)
    helper = Harness.__new__(Harness)
    executor.launch([Harness.order(helper, "a", shell("exit 4"))])
    assert failed.wait(30)
    executor.close()

    again = Harness(ProcessExecutor(tmp_path / "state", ProcessSettings(linger_seconds=0)))

    assert again.end_of("a").exit_code == 4
    assert "could not be passed on" in caplog.text
    again.close()


def test_without_private_file_systems_commands_still_run(tmp_path: Path) -> None:
    settings = ProcessSettings(linger_seconds=0, private_file_systems=False)
    harness = Harness(ProcessExecutor(tmp_path / "state", settings))
    script = "echo x > $TMPDIR/f; pwd; ls $TMPDIR; echo new > " + str(tmp_path / "new")
    (tmp_path / "old").write_text("of somebody else")
    os.utime(tmp_path / "old", (1, 1))
    outputs = {"new": str(tmp_path / "new"), "old": str(tmp_path / "old")}

    end = harness.run("a", shell(script), capture_result=True, output_paths=outputs)
    volumes = harness.run(
        "b", {**shell("true", volumeMounts=[{"name": "v", "mountPath": "/v"}]), "volumes": [{"name": "v"}]}
    )

    folder, content = result(end).split()
    assert folder.startswith(str(tmp_path / "state" / "slots"))
    assert content == "f"
    assert end.parameters == {"new": "new"}
    assert (volumes.phase, "volumes need private file systems" in volumes.message) == ("Error", True)
    isolation = executor(harness).isolation
    assert (isolation.private, isolation.reason) == (False, "private file systems are switched off")
    harness.close()


def test_the_state_folder_belongs_to_its_user_alone(tmp_path: Path) -> None:
    harness = Harness(ProcessExecutor(tmp_path / "state", ProcessSettings(linger_seconds=0)))
    harness.run("a", shell("echo x"))

    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "state" / "runs").rglob("*")}

    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert modes == {0}
    harness.close()


def test_a_second_program_over_the_same_folder_hears_the_same(tmp_path: Path) -> None:
    first = Harness(ProcessExecutor(tmp_path / "state", ProcessSettings(linger_seconds=0)))
    second = Harness(ProcessExecutor(tmp_path / "state", ProcessSettings(linger_seconds=0)))

    end = first.run("a", shell("echo x"), capture_result=True)

    assert second.end_of("a") == end
    first.close()
    second.close()


def test_nothing_of_a_closed_executor_stays_alive(tmp_path: Path) -> None:
    harness = Harness(ProcessExecutor(tmp_path / "state", ProcessSettings(linger_seconds=0)))
    identity = executor(harness)._layout.identity()
    shepherd = int((tmp_path / "state" / "lock").read_text())
    harness.run("a", shell("true"))

    descriptor = os.pidfd_open(shepherd)
    harness.close()

    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    assert poller.poll(30_000)
    os.close(descriptor)
    assert not [process for process in all_processes() if mark_of(process).startswith(identity)]
    assert not (tmp_path / "state" / "journal").exists()
