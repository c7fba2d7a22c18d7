"""Pages of the run list against a plain filter over all runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workflows.models import Run as RunRow
from workflows.store import runlist
from workflows.store.runlist import RunFilter

PHASES = ["", "Running", "Succeeded", "Failed"]
NAMESPACES = ["alpha", "beta", "gamma"]

CASES = {
    "all": RunFilter(),
    "no namespace visible": RunFilter(namespaces=[]),
    "unknown namespace": RunFilter(namespaces=["nowhere"]),
    "one namespace": RunFilter(namespaces=["beta"]),
    "two namespaces": RunFilter(namespaces=["beta", "gamma"]),
    "phase": RunFilter(phases=["Failed"]),
    "phases in namespaces": RunFilter(namespaces=["alpha", "gamma"], phases=["Failed", "Running"]),
    "new ones": RunFilter(phases=[""]),
    "name": RunFilter(name="job-7"),
    "name in a namespace": RunFilter(namespaces=["alpha"], name="job-7"),
    "name prefix": RunFilter(name_prefix="job-1"),
    "prefix with wildcard letters": RunFilter(name_prefix="job_"),
    "label": RunFilter(labels=[("tier", "1")]),
    "labels": RunFilter(labels=[("tier", "1"), ("odd", "yes")]),
    "label nobody has": RunFilter(labels=[("tier", "9")]),
    "template": RunFilter(template="build"),
    "times": RunFilter(created_after=1020, created_before=1040),
    "everything": RunFilter(
        namespaces=["alpha", "beta"], phases=["Running", "Succeeded"], name_prefix="job-",
        labels=[("odd", "yes")], template="build", created_after=1001,
    ),
}  # fmt: skip


@pytest.fixture
def runs(make_run):
    """60 runs, several created in the same millisecond."""
    for number in range(60):
        labels = {"tier": str(number % 3)} | ({"odd": "yes"} if number % 2 else {})
        make_run(
            namespace=NAMESPACES[number % 3],
            name=f"job-{number}",
            created_at=1000 + number // 4 * 4,
            phase=PHASES[number % 4],
            labels=labels,
            template="build" if number % 5 else "",
        )


def expected(filters: RunFilter) -> list[str]:
    rows = RunRow.objects.order_by("-created_at", "-id").select_related("namespace")
    return [row.name for row in rows if _fits(row, filters)]


def _fits(row: RunRow, filters: RunFilter) -> bool:
    labels = {(label.key, label.value) for label in row.label_rows.all()}
    return all(
        [
            filters.namespaces is None or row.namespace.name in filters.namespaces,
            not filters.phases or row.phase in filters.phases,
            not filters.name or row.name == filters.name,
            row.name.startswith(filters.name_prefix),
            set(filters.labels) <= labels,
            not filters.template or row.template_name == filters.template,
            filters.created_after is None or row.created_at >= filters.created_after,
            filters.created_before is None or row.created_at < filters.created_before,
        ]
    )


@pytest.mark.parametrize("size", [1, 7, 100])
@pytest.mark.parametrize("filters", CASES.values(), ids=CASES.keys())
@pytest.mark.argo("16-list-merge")
def test_the_pages_together_are_the_filtered_list(runs, filters, size):
    found: list[str] = []
    after = None
    while page := runlist.list_runs(filters, limit=size, after=after):
        assert len(page) <= size
        found += [record.run.name for record in page]
        after = (page[-1].run.created_at, page[-1].run_id)

    assert found == expected(filters)


@pytest.mark.parametrize("limit", ["_RARE", "_MAX_WALKS"])
def test_every_way_to_the_page_gives_the_same_page(runs, monkeypatch, limit):
    monkeypatch.setattr(runlist, limit, 0)

    for filters in CASES.values():
        names = [record.run.name for record in runlist.list_runs(filters, limit=100)]
        assert names == expected(filters)


def test_new_runs_do_not_shift_the_next_page(runs, make_run):
    first = runlist.list_runs(RunFilter(), limit=10)
    make_run(namespace="alpha", name="late", created_at=999_999)

    last = first[-1]
    second = runlist.list_runs(RunFilter(), limit=10, after=(last.run.created_at, last.run_id))

    assert [r.run.name for r in first + second] == expected(replace(RunFilter(), created_before=9999))[:20]
