"""A manifest of 5,000 tasks: read, checked, stored, first node launched."""

from __future__ import annotations

import time

from tests.bench import manifests, server
from tests.bench.results import tell
from workflows.models import Node, Run
from workflows.services.submit import submit


def main() -> None:
    text = manifests.tasks_yaml(5000)
    with server.running():
        submit(server.ADMIN, namespace=server.NAMESPACE, text=manifests.tasks_yaml(50))
        start = time.perf_counter()
        [run] = submit(server.ADMIN, namespace=server.NAMESPACE, text=text)
        accepted = time.perf_counter() - start
        row = Run.objects.get(uid=run.uid)
        server.wait_until(lambda: Node.objects.filter(run=row, phase="Succeeded").exists())
        tell("submit.accepted_5000_tasks", 1000 * accepted, "ms")
        tell("submit.first_launch_5000_tasks", 1000 * (time.perf_counter() - start), "ms", "≤ 1000")
        server.wait_finished(run.uid)
        tell("submit.finished_5000_tasks", 1000 * (time.perf_counter() - start), "ms")


if __name__ == "__main__":
    main()
