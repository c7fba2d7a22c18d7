"""Pages of a list of a million runs, filtered in the ways people do."""

from __future__ import annotations

import statistics
import time

from django.db import connection

from tests.bench import server
from tests.bench.results import tell
from workflows.models import Namespace, Run
from workflows.services.runs import list_runs
from workflows.store.dialect import analyze
from workflows.store.rows import RUN_COLUMNS
from workflows.store.runlist import RunFilter

COUNT = 1_000_000
FILTERS = {
    "all": RunFilter(),
    "namespace": RunFilter(namespaces=["team-3"]),
    "failed": RunFilter(phases=["Failed"]),
    "failed_in_namespaces": RunFilter(namespaces=["team-3", "team-5"], phases=["Failed", "Error"]),
    "rare_phase_and_template": RunFilter(phases=["Error"], template="template-77"),
    "common_prefix": RunFilter(name_prefix="job-"),
    "rare_prefix": RunFilter(name_prefix="job-77777"),
    "label": RunFilter(labels=[("shard", "17")]),
    "rare_label": RunFilter(labels=[("ticket", "5")]),
}


def fill() -> None:
    for number in range(10):
        Namespace.objects.create(name=f"team-{number}", created_at=0)
    names = dict(Namespace.objects.values_list("name", "id"))
    defaults = {name: Run._meta.get_field(name).get_default() for name in RUN_COLUMNS}
    columns = [name for name in RUN_COLUMNS if name != "phase"]
    values = ", ".join(repr(defaults[name]) if isinstance(defaults[name], str) else "0" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s) "
            f"INSERT INTO workflows_run (uid, namespace_id, name, created_at, creator_name, template_kind, "
            "template_name, lease_owner, fence, admitted, priority, cleaned_attempt, phase, "
            f"{', '.join(columns)}) "
            "SELECT printf('00000000-0000-4000-8000-%%012d', i), %s + i %% 10, 'job-' || i, 1000 + i, 'ada', "
            "'WorkflowTemplate', 'template-' || (i %% 100), '', 1, 1, 0, -1, "
            "CASE WHEN i %% 1000 = 0 THEN 'Error' WHEN i %% 20 = 0 THEN 'Failed' ELSE 'Succeeded' END, "
            f"{values} FROM n",
            [COUNT, names["team-0"]],
        )
        cursor.execute(
            "INSERT INTO workflows_runlabel (run_id, key, value, created_at) "
            "SELECT id, 'shard', CAST(id % 50 AS TEXT), created_at FROM workflows_run UNION ALL "
            "SELECT id, 'ticket', CAST(id / 10 AS TEXT), created_at FROM workflows_run WHERE id <= 100000"
        )
    analyze()


def measure(filters: RunFilter) -> list[float]:
    """Milliseconds of the first page and of the pages behind it."""
    cursor, times = "", []
    for _ in range(20):
        start = time.perf_counter()
        page = list_runs(server.ADMIN, filters, limit=50, cursor=cursor)
        times.append(1000 * (time.perf_counter() - start))
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    return times


def main() -> None:
    fill()
    everything: list[float] = []
    for name, filters in FILTERS.items():
        times = measure(filters)
        everything += times
        tell(f"run_list.{name}_worst", max(times), "ms")
    tell("run_list.page_p95", statistics.quantiles(everything, n=20)[-1], "ms", "≤ 100")


if __name__ == "__main__":
    main()
