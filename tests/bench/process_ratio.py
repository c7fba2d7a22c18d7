"""How much slower than a bare loop of subprocesses the process executor starts and records `true`.

Run: ``python -m tests.bench.process_ratio [NODES]``. Prints nodes per second of the executor, while another
thread of the same program computes, of the loop, which has the program for itself, and their ratio.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workflows.engine.messages import Fact, Launch, NodeFinished
from workflows.executors.process import ProcessExecutor, ProcessSettings

_BATCH = 40
_ROUNDS = 3


def main(nodes: int) -> None:
    bare: list[float] = []
    executed: list[float] = []
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as folder:
        executor = ProcessExecutor(Path(folder, "state"), ProcessSettings(linger_seconds=0.1))
        done = _Done()
        executor.open(done.report)
        try:
            for index in range(_ROUNDS):
                bare.append(_measure_bare_loop(nodes))
                with _busy_thread():
                    executed.append(_measure_executor(executor, done, f"run-{index}", nodes))
        finally:
            executor.close()
        isolation = executor.isolation
    print(f"private file systems  {'yes' if isolation.private else f'no: {isolation.reason}'}")
    print(f"executor              {max(executed):8.0f} nodes/s")
    print(f"bare loop             {max(bare):8.0f} processes/s")
    print(f"ratio                 {max(executed) / max(bare):8.2f}")


class _Done:
    """Counts finished nodes."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._count = 0

    def report(self, _: str, facts: Sequence[Fact]) -> None:
        finished = [fact for fact in facts if isinstance(fact, NodeFinished)]
        assert all(fact.phase == "Succeeded" for fact in finished), finished
        with self._condition:
            self._count += len(finished)
            self._condition.notify()

    def wait_for(self, count: int) -> None:
        with self._condition:
            if not self._condition.wait_for(lambda: self._count >= count, timeout=120):
                raise TimeoutError(f"{self._count} of {count} nodes finished")
            self._count -= count


def _measure_bare_loop(count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        subprocess.run(["true"], check=True)
    return count / (time.perf_counter() - begin)


def _measure_executor(executor: ProcessExecutor, done: _Done, run: str, count: int) -> float:
    orders = [_order(run, index) for index in range(count)]
    begin = time.perf_counter()
    for start in range(0, count, _BATCH):
        executor.launch(orders[start : start + _BATCH])
    done.wait_for(count)
    return count / (time.perf_counter() - begin)


def _order(run: str, index: int) -> Launch:
    return Launch(
        run_uid=run,
        run_name=run,
        namespace="bench",
        node_id=f"{run}-{index}",
        node_name=f"{run}.{index}",
        attempt=0,
        pod_name=f"{run}-true-{index}",
        template={"name": "true", "container": {"image": "busybox", "command": ["true"]}},
    )


@contextmanager
def _busy_thread() -> Iterator[None]:
    """What else the server does meanwhile: computes, and lets go of the interpreter now and then."""
    stopping = threading.Event()

    def compute() -> None:
        while not stopping.is_set():
            sum(index * index for index in range(5_000))
            stopping.wait(0.000_2)

    thread = threading.Thread(target=compute)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
