"""From a node's end, as the executor tells it, to the start of the node that waits for it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from tests.bench import manifests, server
from tests.bench.results import tell
from workflows.engine.messages import Launch
from workflows.executors import registry
from workflows.executors.simulated import Outcome, SimulatedExecutor, WallClock
from workflows.services.submit import submit

PAUSE_MS = 15


class Watched(SimulatedExecutor):
    """Nodes of PAUSE_MS, so that the server is at rest when one ends."""

    def __init__(self) -> None:
        super().__init__(lambda _: Outcome(duration_ms=PAUSE_MS), clock=WallClock())
        self.told_at = 0.0
        self.latencies: list[float] = []

    def launch(self, orders: Sequence[Launch]) -> None:
        if self.told_at:
            self.latencies.append(1000 * (time.perf_counter() - self.told_at))
        super().launch(orders)

    def _tell(self, told: dict) -> None:  # type: ignore[type-arg]
        self.told_at = time.perf_counter()
        super()._tell(told)


def main() -> None:
    executor = Watched()
    registry.install(executor)
    with server.running():
        [run] = submit(server.ADMIN, namespace=server.NAMESPACE, text=manifests.chain(300, manifests.WORK))
        # The database is asked seldom, so that the question does not delay the answer.
        server.wait_finished(run.uid, every=0.25)
    found = sorted(executor.latencies[20:])
    tell("latency.finish_to_launch_p50", statistics.median(found), "ms", "≤ 10")
    tell("latency.finish_to_launch_p99", found[int(len(found) * 0.99)], "ms", "≤ 50")


if __name__ == "__main__":
    main()
