"""The embedded server as it is, through Celery's in-memory broker, with nodes that do nothing."""

from __future__ import annotations

import time

from tests.bench import manifests, server
from tests.bench.results import tell
from workflows.models import Run
from workflows.services.submit import submit


def timed(text: str) -> float:
    """Nodes per second from the call of submit to the run's end."""
    start = time.perf_counter()
    [run] = submit(server.ADMIN, namespace=server.NAMESPACE, text=text)
    server.wait_finished(run.uid)
    seconds = time.perf_counter() - start
    return Run.objects.get(uid=run.uid).node_count / seconds


def main() -> None:
    with server.running():
        timed(manifests.layers(2, 50))
        timed(manifests.nothing_at_all(100))
        tell("end_to_end.nodes_per_s", timed(manifests.layers(100, 100)), "1/s", "≥ 2500")
        best = max(timed(manifests.nothing_at_all(1000)) for _ in range(5))
        tell("end_to_end.nodes_without_process_per_s", best, "1/s", "≥ 5000")
        best = max(timed(manifests.chain(300, manifests.NOTHING)) for _ in range(5))
        tell("end_to_end.chain_of_300_per_s", best, "1/s", "≥ 2000")
        tell("end_to_end.chain_of_300_pods_per_s", timed(manifests.chain(300, manifests.WORK)), "1/s")


if __name__ == "__main__":
    main()
