"""A program that uses the process executor as the engine does, made to be killed at any moment.

``python -m tests.integration.executors.host_program STATE SHARED NODES KIND``: brings every node to its end,
however often it is started anew. What it heard it writes to SHARED/facts, its only memory, and a dot for each
new end to standard output. Nodes of the KIND ``artifacts`` have an input that is fetched and an output, a
folder, that is saved below SHARED/artifacts.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from workflows.artifacts import Surroundings
from workflows.engine.messages import Fact, JsonObject, Launch, NodeFinished
from workflows.executors.base import Attempt
from workflows.executors.process import ProcessExecutor, ProcessSettings

RUN = "survivor"
#: as many orders are on their way, and as many more, so that a kill finds the program in every state
BATCH = 8


def main(state: Path, shared: Path, nodes: int, kind: str) -> None:
    memory = _Memory(shared / "facts")
    settings = ProcessSettings(shared_folders=(str(shared),), linger_seconds=1.0, max_processes=8)
    executor = ProcessExecutor(state, settings, surroundings=lambda _: stores_in(shared))
    executor.open(memory.hear)
    missing = [Attempt(RUN, f"n{index}", 0) for index in range(nodes) if f"n{index}" not in memory.ended]
    unknown = executor.observe(missing)
    for start in range(0, len(unknown), BATCH):
        batch = unknown[start : start + BATCH]
        memory.wait_for(nodes - len(unknown) + start - BATCH)
        executor.launch([_order(attempt.node_id, shared, kind) for attempt in batch])
    memory.wait_for(nodes)
    executor.close()


class _Memory:
    """Ends that were heard of, on disk."""

    def __init__(self, path: Path) -> None:
        self._changed = threading.Condition()
        self.ended = {end.node_id for end in read_facts(path)}
        self._file = path.open("ab", buffering=0)

    def hear(self, _: str, facts: Sequence[Fact]) -> None:
        ends = [fact for fact in facts if isinstance(fact, NodeFinished)]
        for end in ends:
            self._file.write(msgspec.json.encode(end) + b"\n")
        with self._changed:
            news = {end.node_id for end in ends} - self.ended
            self.ended |= news
            self._changed.notify()
        os.write(sys.stdout.fileno(), b"." * len(news))

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.ended) >= count, 60), self.ended


def read_facts(path: Path) -> list[NodeFinished]:
    """Every end that was heard, repeats included; a line that was cut off is left out."""
    content = path.read_bytes() if path.exists() else b""
    lines = content.split(b"\n")[:-1]
    return [msgspec.json.decode(line, type=NodeFinished) for line in lines if line.endswith(b"}")]


def stores_in(shared: Path) -> Surroundings:
    return Surroundings(read_secret=lambda *_: "", folder=shared / "artifacts")


def artifact_of(node: str) -> JsonObject:
    location = {"plugin": {"name": "folder", "key": f"out/{node}"}}
    return {"name": "out", "path": "/tmp/out", "archive": {"none": {}}, **location}


def _order(node: str, shared: Path, kind: str) -> Launch:
    """Leaves a line when it begins and one when it ends, and takes a moment."""
    template: JsonObject = {}
    made = "sleep 0.03"
    if kind == "artifacts":
        # 200 kB each, so that a kill also finds a file half written
        fill = f"for f in a b c; do yes {node}$f | head -c 200000 > /tmp/out/$f; done"
        made = f"cat /tmp/in && mkdir /tmp/out && {fill}"
        template["inputs"] = {
            "artifacts": [{"name": "in", "path": "/tmp/in", "mode": 420, "raw": {"data": node}}]
        }
        template["outputs"] = {"artifacts": [artifact_of(node)]}
    script = f"echo begin >> {shared}/{node}; {made}; echo end >> {shared}/{node}"
    template["container"] = {"image": "busybox", "command": ["sh", "-c", script]}
    return Launch(
        run_uid=RUN,
        run_name=RUN,
        namespace="test",
        node_id=node,
        node_name=f"{RUN}.{node}",
        attempt=0,
        pod_name=node,
        template=template,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
