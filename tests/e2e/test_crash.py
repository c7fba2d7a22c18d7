"""The whole server is killed again and again under a large run of real processes; nothing is lost.

Each node appends its name to one file when it begins and when it ends. The numbers can be made smaller with
SLUICE_CRASH_NODES and SLUICE_CRASH_KILLS.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.e2e.conftest import Client, Server

NODES = int(os.environ.get("SLUICE_CRASH_NODES", "2000"))
KILLS = int(os.environ.get("SLUICE_CRASH_KILLS", "20"))
WITHIN_S = 240
SEED = 20

MANIFEST = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{generateName: crash-}}
spec:
  entrypoint: main
  arguments: {{parameters: [{{name: log, value: {log}}}]}}
  templates:
    - name: main
      dag:
        tasks:
{tasks}
    - name: write
      inputs: {{parameters: [{{name: id}}]}}
      container:
        image: busybox
        command: [sh, -c]
        args: ["echo begin {{{{inputs.parameters.id}}}} >> $0; echo end {{{{inputs.parameters.id}}}} >> $0",
               "{{{{workflow.parameters.log}}}}"]
"""


def _layered(nodes: int, width: int = 40) -> str:
    """Tasks in layers; each waits for two of the layer before."""
    lines = []
    for number in range(nodes):
        layer, place = divmod(number, width)
        needs = (
            [f"t{(layer - 1) * width + place}", f"t{(layer - 1) * width + (place + 1) % width}"]
            if layer
            else []
        )
        depends = f", dependencies: [{', '.join(needs)}]" if needs else ""
        arguments = f"arguments: {{parameters: [{{name: id, value: t{number}}}]}}"
        lines.append(f"          - {{name: t{number}, template: write, {arguments}{depends}}}")
    return "\n".join(lines)


@pytest.mark.slow
def test_killed_at_random_moments_a_run_ends_with_every_node_done_once(tmp_path: Path) -> None:
    log = tmp_path / "data" / "shared" / "log"
    log.parent.mkdir(parents=True, mode=0o700)
    log.touch()
    server = Server(tmp_path / "data")
    chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
    try:
        server.start()
        client = Client(server, server.sign_in())
        uid = client.submit(MANIFEST.format(log=log, tasks=_layered(NODES)))
        for kill in range(1, KILLS + 1):
            _wait_for_lines(log, 2 * NODES * kill // (KILLS + 2), chance.random() * 0.2)
            _kill(server)
            server.start()
        client = Client(server, server.sign_in())
        run = client.wait(uid, "Succeeded", "Failed", "Error", within_s=WITHIN_S)

        assert run["status"]["phase"] == "Succeeded", run["status"]
        names = Counter(
            node["displayName"] for node in run["status"]["nodes"].values() if node["type"] == "Pod"
        )
        assert names == {f"t{number}": 1 for number in range(NODES)}
        ended = Counter(line for line in log.read_text().splitlines() if line.startswith("end "))
        assert ended == {f"end t{number}": 1 for number in range(NODES)}
        assert server.stop() == 0
        _assert_no_process_left(tmp_path)
    finally:
        server.clean_up()


def _wait_for_lines(log: Path, count: int, longer_s: float) -> None:
    """Until the nodes have written so many lines, and then a random while."""
    ends = time.monotonic() + WITHIN_S
    while log.read_bytes().count(b"\n") < count:
        assert time.monotonic() < ends, (
            f"stuck at {log.read_bytes().count(chr(10).encode())} of {count} lines"
        )
        time.sleep(0.01)
    time.sleep(longer_s)


def _kill(server: Server) -> None:
    assert server.process is not None
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    if server.process.stdout is not None:
        server.process.stdout.close()


def _assert_no_process_left(folder: Path) -> None:
    """Nothing that works in the test's folder lives on, the keeper of the processes included."""
    ends = time.monotonic() + 30
    while left := _processes_in(folder):
        assert time.monotonic() < ends, left
        time.sleep(0.2)


def _processes_in(folder: Path) -> list[str]:
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            here = os.readlink(process / "cwd")
        except OSError:
            continue
        if str(folder).encode() in words or here.startswith(str(folder)):
            found.append(words[:100].decode(errors="replace"))
    return found
