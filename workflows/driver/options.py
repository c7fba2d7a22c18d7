"""What can be set about an engine process. Durations are milliseconds."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings

from workflows.engine.messages import Millis
from workflows.store.admission import Limits


@dataclass(frozen=True, slots=True)
class DriverOptions:
    """lease_ms           an engine that is silent for so long loses its runs
    commit_ms             a commit waits at most so long for more transitions
    commit_transitions    and at most until there are so many
    order_deadline_ms     an order of which nothing was heard for so long is looked into
    sweep_ms              how often the database is searched for what no hint told
    idle_ms               a run without active nodes leaves the memory after so long
    metric_series         how many series the manifests of one namespace may tell
    launch_window         launch orders of one namespace that may wait for an answer at once
    limits                how many runs may be active at once
    sole                  no other engine can exist on this database: leases of earlier ones end at once
    """

    lease_ms: Millis = 15_000
    commit_ms: Millis = 20
    commit_transitions: int = 500
    order_deadline_ms: Millis = 30_000
    sweep_ms: Millis = 1_000
    idle_ms: Millis = 60_000
    metric_series: int = 1_000
    launch_window: int = 400
    limits: Limits = field(default_factory=Limits)
    sole: bool = False


def from_settings(*, sole: bool) -> DriverOptions:
    return DriverOptions(
        lease_ms=settings.SLUICE_LEASE_MS,
        commit_ms=settings.SLUICE_COMMIT_MS,
        commit_transitions=settings.SLUICE_COMMIT_TRANSITIONS,
        order_deadline_ms=settings.SLUICE_ORDER_DEADLINE_MS,
        sweep_ms=settings.SLUICE_SWEEP_MS,
        metric_series=settings.SLUICE_METRIC_SERIES,
        launch_window=settings.SLUICE_LAUNCH_WINDOW,
        limits=Limits(total=settings.SLUICE_PARALLELISM, per_namespace=settings.SLUICE_NAMESPACE_PARALLELISM),
        sole=sole,
    )
