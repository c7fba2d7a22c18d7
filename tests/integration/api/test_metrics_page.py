"""/metrics, /healthz and /readyz."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client

from tests.integration.api.conftest import MakeRun, SignIn
from workflows.driver.statistics import Statistics
from workflows.models import EngineMember, MetricFamily, MetricSeries, Namespace
from workflows.services import metrics, tokens
from workflows.store.metrics import digest


def scraped(client: Client, **headers: str) -> dict[str, float]:
    """Lines of samples to their values."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.content.decode().splitlines()
    return {name: float(value) for name, _, value in (ln.rpartition(" ") for ln in lines if ln[0] != "#")}


def series(namespace: Namespace, name: str, kind: str, part: str = "", **fields: Any) -> None:
    buckets = "[1.0,5.0]" if kind == "histogram" else ""
    family, _ = MetricFamily.objects.get_or_create(
        name=name, defaults={"type": kind, "help": "a\\b\nc", "buckets": buckets}
    )
    labels = fields.pop("labels", "[]")
    MetricSeries.objects.create(
        family=family, namespace=namespace, part=part, labels=labels, digest=digest(labels),
        updated_at=fields.pop("updated_at", 0), **fields,
    )  # fmt: skip


@pytest.mark.argo("22-custom-metrics")
def test_metrics_of_manifests_have_argos_names(api: Client, namespace: Namespace) -> None:
    series(namespace, "done", "counter", labels='[["a","x\\"y"],["sluice_namespace","forged"]]', value=3)
    series(namespace, "took", "histogram", part="5.0", value=2)
    series(namespace, "took", "histogram", part="+Inf", value=1)
    series(namespace, "took", "histogram", part="sum", value=20.5)

    text = api.get("/metrics").content.decode()

    assert text.startswith(
        "# HELP argo_workflows_done a\\\\b\\nc\n"
        "# TYPE argo_workflows_done counter\n"
        'argo_workflows_done{a="x\\"y",sluice_namespace="demo"} 3\n'
        "# HELP argo_workflows_took a\\\\b\\nc\n"
        "# TYPE argo_workflows_took histogram\n"
        'argo_workflows_took_bucket{sluice_namespace="demo",le="1"} 0\n'
        'argo_workflows_took_bucket{sluice_namespace="demo",le="5"} 2\n'
        'argo_workflows_took_bucket{sluice_namespace="demo",le="+Inf"} 3\n'
        'argo_workflows_took_sum{sluice_namespace="demo"} 20.5\n'
        'argo_workflows_took_count{sluice_namespace="demo"} 3\n'
    )


@pytest.mark.argo("22-custom-metrics")
def test_gauges_in_real_time_go_on(api: Client, namespace: Namespace, fake_clock: Any) -> None:
    series(namespace, "now", "gauge", since=fake_clock.ms - 1500)

    assert scraped(api)['argo_workflows_now{sluice_namespace="demo"}'] == 1.5


@pytest.mark.argo("22-controller-metrics")
def test_the_engine_tells_of_itself(api: Client, make_run: MakeRun, fake_clock: Any) -> None:
    statistics = Statistics()
    statistics.transitions = 7
    statistics.commits.observe(0.02)
    statistics.runs_finished["Failed"] += 2
    for name, alive in (("e-1", 1), ("e-2", -1)):
        EngineMember.objects.create(
            name=name, started_at=0, alive_until=fake_clock.ms + alive, stats=statistics.as_text()
        )
    EngineMember.objects.create(name="e-3", started_at=0, alive_until=fake_clock.ms + 1)
    make_run("a")
    make_run("b", phase="Succeeded")

    found = scraped(api)

    assert found["sluice_engines"] == 2
    assert found['sluice_engine_transitions_total{engine="e-1"}'] == 7
    assert found['sluice_engine_commit_seconds_bucket{engine="e-1",le="0.01"}'] == 0
    assert found['sluice_engine_commit_seconds_bucket{engine="e-1",le="0.025"}'] == 1
    assert found['sluice_engine_runs_finished_total{engine="e-1",phase="Failed"}'] == 2
    assert found['sluice_runs{namespace="demo",phase="Running"}'] == 1
    assert found["sluice_schedule_lag_seconds"] == 0
    assert not [name for name in found if "e-2" in name or "Succeeded" in name]


def test_every_line_is_well_formed(api: Client, namespace: Namespace, make_run: MakeRun) -> None:
    make_run("a")
    series(namespace, "odd", "gauge", labels='[["a","line\\nbreak \\\\ \\""]]', value=float("inf"))
    series(namespace, "small", "gauge", value=1.5e-7)

    lines = api.get("/metrics").content.decode().splitlines()

    sample = re.compile(
        r'[a-zA-Z_]\w*(\{[a-zA-Z_]\w*="(\\.|[^"\\])*"(,[a-zA-Z_]\w*="(\\.|[^"\\])*")*\})? [-+]?[\d.einf+-]+',
        re.I,
    )
    assert [line for line in lines if not line.startswith("#") and not sample.fullmatch(line)] == []


def test_who_may_scrape(
    api: Client, admin: User, sign_in: SignIn, settings: Any, client: Client, fake_clock: Any
) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert sign_in("admin").get("/metrics").status_code == 401
    assert api.get("/metrics").status_code == 200
    assert api.post("/metrics").status_code == 405
    mine = tokens.create_token(admin, name="prometheus").secret
    assert scraped(client, Authorization=f"Bearer {mine}")
    settings.SLUICE_METRICS_TOKEN = "s3cret"
    assert scraped(client, Authorization="Bearer s3cret")
    assert client.get("/metrics", headers={"Authorization": "Bearer s3cre"}).status_code == 401


def test_old_series_are_forgotten(namespace: Namespace) -> None:
    day = 86_400_000
    series(namespace, "old", "counter", updated_at=day)
    series(namespace, "new", "counter", updated_at=3 * day)

    assert metrics.prune(4 * day, days=0) == 0
    assert metrics.prune(4 * day, days=2) == 1
    assert list(MetricFamily.objects.values_list("name", flat=True)) == ["new"]


@pytest.mark.argo("22-health")
def test_health_needs_no_database_and_readiness_does(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/readyz").content == b"ok\n"

    def away(*_: object) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        healthy, ready = client.get("/healthz"), client.get("/readyz")

    assert healthy.content == b"ok\n"
    assert ready.status_code == 503
