"""A program that uses the process executor as the engine does, made to be killed at any moment.

``python -m tests.integration.executors.host_program STATE SHARED NODES``: brings every node to its end,
however often it is started anew. What it heard it writes to SHARED/facts, its only memory, and a dot for each
new end to standard output.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from workflows.engine.messages import Fact, Launch, NodeFinished
from workflows.executors.base import Attempt
from workflows.executors.process import ProcessExecutor, ProcessSettings

RUN = "survivor"
#: as many orders are on their way, and as many more, so that a kill finds the program in every state
BATCH = 8


def main(state: Path, shared: Path, nodes: int) -> None:
    memory = _Memory(shared / "facts")
    settings = ProcessSettings(shared_folders=(str(shared),), linger_seconds=1.0, max_processes=8)
    executor = ProcessExecutor(state, settings)
    executor.open(memory.hear)
    missing = [Attempt(RUN, f"n{index}", 0) for index in range(nodes) if f"n{index}" not in memory.ended]
    unknown = executor.observe(missing)
    for start in range(0, len(unknown), BATCH):
        batch = unknown[start : start + BATCH]
        memory.wait_for(nodes - len(unknown) + start - BATCH)
        executor.launch([_order(attempt.node_id, shared) for attempt in batch])
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


def _order(node: str, shared: Path) -> Launch:
    """Leaves a line when it begins and one when it ends, and takes a moment."""
    script = f"echo begin >> {shared}/{node}; sleep 0.03; echo end >> {shared}/{node}"
    return Launch(
        run_uid=RUN,
        run_name=RUN,
        namespace="test",
        node_id=node,
        node_name=f"{RUN}.{node}",
        attempt=0,
        pod_name=node,
        template={"container": {"image": "busybox", "command": ["sh", "-c", script]}},
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
