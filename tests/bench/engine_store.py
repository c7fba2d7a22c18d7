"""Engine and store alone: orders go straight to the simulated executor, no Celery, no second thread."""

from __future__ import annotations

import gc
import time

from django.db import connection

from tests.bench import manifests, server
from tests.bench.results import tell
from workflows.driver import collector
from workflows.driver.loop import Driver
from workflows.driver.options import DriverOptions
from workflows.engine.messages import Launch, Order
from workflows.executors.simulated import SimulatedExecutor
from workflows.models import Run
from workflows.services.submit import submit


class Bench:
    def __init__(self) -> None:
        self.executor = SimulatedExecutor()
        self.driver = Driver(executor=self.executor, send=self.send, options=DriverOptions(sole=True))
        self.executor.open(self.driver.inbox.report)
        self.driver.join()

    def send(self, orders: list[Order]) -> bool:
        self.executor.launch([order for order in orders if isinstance(order, Launch)])
        return True

    def run(self, texts: list[str]) -> tuple[float, int, int]:
        """Seconds, transitions and nodes from the first step to the last finish."""
        runs = [submit(server.ADMIN, namespace=server.NAMESPACE, text=text)[0] for text in texts]
        gc.collect()
        before, start = self.driver.transitions, time.perf_counter()
        while self.driver.busy or len(self.driver.held):
            self.driver.step()
        seconds = time.perf_counter() - start
        found = Run.objects.filter(uid__in=[run.uid for run in runs], phase="Succeeded")
        if found.count() != len(runs):
            raise RuntimeError("not all runs succeeded")
        nodes = sum(found.values_list("node_count", flat=True))
        return seconds, self.driver.transitions - before, nodes


#: shape -> width of the layers of a DAG of so many tasks
SHAPES = {"wide": lambda nodes: nodes, "layered": lambda nodes: nodes // 100, "deep": lambda nodes: 1}


def _tell_shapes(bench: Bench, suffix: str) -> None:
    for shape, width in SHAPES.items():
        for size, word in ((1000, "1k"), (10_000, "10k"), (100_000, "100k")):
            seconds, transitions, _ = bench.run([manifests.tasks(size, width(size))])
            tell(f"engine_store.transitions_per_s_{shape}_{word}{suffix}", transitions / seconds, "1/s")


def main() -> None:
    collector.tune()
    bench = Bench()
    bench.run([manifests.layers(2, 50)] * 20)
    small_seconds, _, small_nodes = bench.run([manifests.layers(2, 50)] * 200)
    seconds, transitions, nodes = bench.run([manifests.layers(100, 1000)])
    if connection.vendor == "postgresql":
        tell("engine_store.transitions_per_s_postgresql", transitions / seconds, "1/s", "≥ 8000")
        _tell_shapes(bench, "_postgresql")
        return
    tell("engine_store.transitions_per_s", transitions / seconds, "1/s", "≥ 10000")
    tell("engine_store.nodes_per_s_100k", nodes / seconds, "1/s")
    tell("engine_store.nodes_per_s_100", small_nodes / small_seconds, "1/s")
    ratio = (seconds / nodes) / (small_seconds / small_nodes)
    tell("engine_store.cost_per_node_100k_to_100", ratio, "ratio", "≤ 1.2")
    tell("engine_store.peak_memory_100k", server.peak_mb(), "MB", "≤ 1024")
    _tell_shapes(bench, "")


if __name__ == "__main__":
    main()
