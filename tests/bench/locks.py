"""Contention of 1,000 and 10,000 nodes for a semaphore of 50; a small run beside the flood of others."""

from __future__ import annotations

import gc
import time

from tests.bench import server
from tests.bench.engine_store import Bench
from tests.bench.results import tell
from workflows.driver import collector
from workflows.models import LockClaim, LockLimit, Namespace, Run
from workflows.services.submit import submit
from workflows.store import clock

LIMIT = 50
FLOOD = 5_000
_CONTENDERS = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{generateName: contend-}}
spec:
  entrypoint: main
  templates:
    - name: main
      steps: [[{{name: work, template: work, withSequence: {{count: "{count}"}}}}]]
    - name: work
      {locks}
      container: {{image: busybox, command: ["true"]}}
"""
_SEMAPHORE = "synchronization: {semaphores: [{database: {key: fifty}}]}"
_ONE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: one-}
spec:
  entrypoint: main
  templates: [{name: main, container: {image: busybox, command: ["true"]}}]
"""


def contend(bench: Bench, count: int, *, locks: str = _SEMAPHORE) -> float:
    """Microseconds per node."""
    seconds, _, nodes = bench.run([_CONTENDERS.format(count=count, locks=locks)])
    if LockClaim.objects.exists():
        raise RuntimeError("locks are left behind")
    return seconds / nodes * 1e6


def delay(bench: Bench, namespace: str) -> float:
    """Milliseconds from the submit of a small run to its end."""
    began = time.perf_counter()
    [run] = submit(server.ADMIN, namespace=namespace, text=_ONE)
    while not Run.objects.filter(uid=run.uid, phase="Succeeded").exists():
        bench.driver.step()
    return (time.perf_counter() - began) * 1000


def main() -> None:
    collector.tune()
    bench = Bench()
    home = Namespace.objects.get(name=server.NAMESPACE)
    LockLimit.objects.create(namespace=home, key="fifty", limit=LIMIT, updated_at=clock.now())
    contend(bench, 500)
    small = min(contend(bench, 1_000) for _ in range(3))
    large = contend(bench, 10_000)
    free = contend(bench, 10_000, locks="")
    tell("locks.us_per_node_1k", small, "µs")
    tell("locks.us_per_node_10k", large, "µs")
    tell("locks.cost_per_node_10k_to_1k", large / small, "ratio", "≤ 1.2")
    tell("locks.cost_to_the_same_without_locks", large / free, "ratio")
    Namespace.objects.create(name="other", created_at=0)
    alone = min(delay(bench, "other") for _ in range(5))
    for _ in range(FLOOD):
        submit(server.ADMIN, namespace=server.NAMESPACE, text=_ONE)
    gc.collect()
    began = time.perf_counter()
    beside = delay(bench, "other")
    while bench.driver.busy or len(bench.driver.held):
        bench.driver.step()
    whole = (time.perf_counter() - began) * 1000
    tell("fairness.small_run_alone", alone, "ms")
    tell("fairness.small_run_beside_5k_queued", beside, "ms", "≤ 500")
    tell("fairness.share_of_the_flood", beside / whole, "ratio", "≤ 0.1")


if __name__ == "__main__":
    main()
