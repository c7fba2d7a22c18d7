"""Programs are killed at any moment: no orphan stays, nothing that ended runs again, nothing is lost."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.contract.executor_harness import Harness
from tests.integration.executors.host_program import artifact_of, read_facts
from workflows.executors.process import ProcessExecutor, ProcessSettings
from workflows.executors.process.shepherd.endings import LOST
from workflows.executors.process.shepherd.folders import Layout
from workflows.executors.process.shepherd.processes import all_processes, mark_of

KILLS = 20
NODES = 600
CHECKOUT = Path(__file__).parents[3]


class Site:
    """A state folder, a shared folder, and programs that come and go."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self.shared = folder / "shared"
        self.shared.mkdir()
        self.nodes = NODES
        self.kind = "plain"

    @contextmanager
    def host(self, *, ends: int, delay_seconds: float = 0.0) -> Iterator[subprocess.Popen[bytes]]:
        """A running host program that has heard of some more ends; it is gone afterwards."""
        module = "tests.integration.executors.host_program"
        arguments = [
            sys.executable,
            "-m",
            module,
            str(self.state),
            str(self.shared),
            str(self.nodes),
            self.kind,
        ]
        with subprocess.Popen(
            arguments, cwd=CHECKOUT, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as host:
            assert host.stdout is not None
            assert host.stdout.read(ends) == b"." * ends, "too few nodes for so many kills"
            if delay_seconds:
                select.select([host.stdout], [], [], delay_seconds)
            yield host
            host.communicate()

    def finish(self) -> None:
        with self.host(ends=0) as host:
            _, errors = host.communicate(timeout=120)
        assert host.returncode == 0, errors.decode()

    def shepherd(self) -> int:
        """Process id of the serving shepherd, 0 when there is none."""
        try:
            process = int((self.state / "lock").read_text())
            command = Path(f"/proc/{process}/cmdline").read_bytes()
        except (OSError, ValueError):
            return 0
        return process if b"shepherd" in command else 0

    def processes(self) -> list[int]:
        """Living processes of attempts."""
        identity = f"{Layout(str(self.state)).identity()}/"
        return [process for process in all_processes() if mark_of(process).startswith(identity)]

    def lines(self) -> dict[str, list[str]]:
        """What each node left behind."""
        return {f"n{index}": _read_lines(self.shared / f"n{index}") for index in range(self.nodes)}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    if shepherd := site.shepherd():
        descriptor = os.pidfd_open(shepherd)
        os.kill(shepherd, signal.SIGTERM)
        _wait_for(descriptor)


def _read_lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def _wait_for(descriptor: int) -> None:
    """Until the process of a pidfd ended."""
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    assert poller.poll(30_000)
    os.close(descriptor)


def _moments(seed: int) -> Iterator[dict[str, Any]]:
    """When to kill: after some ends, or somewhere in the first moments."""
    chance = random.Random(seed)  # noqa: S311
    for index in range(KILLS):
        if index % 4 == 0:
            yield {"ends": 0, "delay_seconds": chance.uniform(0.01, 0.6)}
        else:
            yield {"ends": chance.randint(1, 20)}


@pytest.mark.slow
def test_twenty_kills_of_the_program_cost_nothing(site: Site) -> None:
    for moment in _moments(seed=7):
        with site.host(**moment) as host:
            os.killpg(host.pid, signal.SIGKILL)

    site.finish()

    assert site.lines() == {f"n{index}": ["begin", "end"] for index in range(site.nodes)}
    facts = read_facts(site.shared / "facts")
    assert {fact.phase for fact in facts} == {"Succeeded"}
    assert {fact.node_id for fact in facts} == {f"n{index}" for index in range(site.nodes)}
    assert len({(fact.node_id, fact.at, fact.started_at) for fact in facts}) == NODES, "repeats are equal"
    assert site.processes() == []


@pytest.mark.slow
def test_kills_while_artifacts_are_written_lose_none_and_leave_none_half_written(site: Site) -> None:
    site.nodes, site.kind = 200, "artifacts"
    for moment in _moments(seed=3):
        with site.host(**{**moment, "ends": moment["ends"] // 3}) as host:
            os.killpg(host.pid, signal.SIGKILL)

    site.finish()

    facts = {fact.node_id: fact for fact in read_facts(site.shared / "facts")}
    assert {(fact.phase, fact.message) for fact in facts.values()} == {("Succeeded", "")}
    assert site.lines() == {f"n{index}": ["begin", "end"] for index in range(site.nodes)}
    store = site.shared / "artifacts" / "objects" / "out"
    for node, fact in facts.items():
        assert fact.artifacts == [artifact_of(node)]
        found = {path.name: path.read_bytes() for path in (store / node).iterdir()}
        assert found == {name: (f"{node}{name}\n".encode() * 200_000)[:200_000] for name in "abc"}
    assert [path.name for path in (site.state / "staging").rglob("*")] == ["kept"]


@pytest.mark.slow
def test_kills_of_program_and_shepherd_leave_no_orphan_and_run_nothing_twice(site: Site) -> None:
    for index, moment in enumerate(_moments(seed=11)):
        with site.host(**moment) as host:
            victims = [site.shepherd(), host.pid]
            for victim in filter(None, victims if index % 2 else reversed(victims)):
                os.kill(victim, signal.SIGKILL)

    site.finish()

    facts = {fact.node_id: fact for fact in read_facts(site.shared / "facts")}
    lines = site.lines()
    assert len(facts) == NODES
    for node, fact in facts.items():
        if fact.phase == "Succeeded":
            assert lines[node] == ["begin", "end"]
        else:
            assert (fact.phase, fact.message) == ("Error", LOST)
            assert lines[node] in ([], ["begin"], ["begin", "end"])
    assert {fact.phase for fact in facts.values()} == {"Succeeded", "Error"}, "some were hit, not all"
    assert site.processes() == []


def test_a_killed_shepherd_is_replaced_and_its_processes_are_ended(site: Site) -> None:
    harness = Harness(ProcessExecutor(site.state, ProcessSettings(linger_seconds=0)))
    long = {"container": {"image": "busybox", "command": ["sh", "-c", "setsid sleep 600 & exec sleep 600"]}}
    short = {"container": {"image": "busybox", "command": ["true"]}}
    harness.run("before", short)
    harness.executor.launch([harness.order("long", long)])
    harness.start_of("long")
    first = site.shepherd()

    os.kill(first, signal.SIGKILL)
    lost = harness.end_of("long")
    after = harness.run("after", short)

    assert (lost.phase, lost.message, lost.exit_code) == ("Error", LOST, None)
    assert after.phase == "Succeeded"
    assert site.shepherd() != first
    assert site.processes() == []
    assert harness.observe("before", "long", "after") == []
    harness.end_of("before", count=2)
    harness.close()


def test_orders_waiting_in_a_killed_shepherd_are_carried_out_by_the_next(site: Site) -> None:
    harness = Harness(ProcessExecutor(site.state, ProcessSettings(linger_seconds=0, max_processes=1)))
    long = {"container": {"image": "busybox", "command": ["sleep", "600"]}}
    short = {"container": {"image": "busybox", "command": ["true"]}}
    harness.executor.launch([harness.order("first", long)])
    harness.start_of("first")
    harness.executor.launch([harness.order(f"waiting-{index}", short) for index in range(3)])
    assert harness.observe("waiting-0", "waiting-2") == []

    os.kill(site.shepherd(), signal.SIGKILL)

    assert [harness.end_of(f"waiting-{index}").phase for index in range(3)] == ["Succeeded"] * 3
    harness.close()


def test_a_shepherd_asked_to_end_ends_its_attempts_first(site: Site) -> None:
    harness = Harness(ProcessExecutor(site.state, ProcessSettings(linger_seconds=0)))
    harness.executor.launch(
        [harness.order("a", {"container": {"image": "busybox", "command": ["sleep", "600"]}})]
    )
    harness.start_of("a")

    os.kill(site.shepherd(), signal.SIGTERM)

    assert harness.end_of("a").exit_code == 143
    assert site.processes() == []
    harness.close()


def test_interrupting_the_terminal_does_not_reach_the_attempts(site: Site) -> None:
    site.nodes = 60
    with site.host(ends=5) as host:
        os.killpg(host.pid, signal.SIGINT)
    interrupted = len(read_facts(site.shared / "facts"))
    site.finish()

    assert interrupted < site.nodes

    assert site.lines() == {f"n{index}": ["begin", "end"] for index in range(site.nodes)}
