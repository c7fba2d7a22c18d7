"""Metrics of manifests with a real database: added up, kept over restarts, refused when there is no room."""

from __future__ import annotations

import pytest

from tests.integration.driver.conftest import takes
from workflows.models import MetricFamily, MetricSeries
from workflows.store.metrics import prune_series, read_metrics

pytestmark = pytest.mark.argo("22-custom-metrics")

RUN = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: %s}
spec:
  entrypoint: main
  templates:
    - name: main
      steps: [[{name: a, template: work, withItems: [1, 2, 3]}]]
    - name: work
      metrics:
        prometheus:
          - %s
      container: {image: busybox, command: ["true"]}
"""
COUNTER = '{name: done, help: finished, labels: [{key: phase, value: "{{status}}"}], counter: {value: "2"}}'
HISTOGRAM = (
    "{name: took, help: seconds, histogram: {value: '{{duration}}', buckets: [1, 5]}, "
    "labels: [{key: a, value: b}]}"
)


def shown():
    """name -> namespace, labels, part -> value"""
    return {
        name: {(one.namespace, *one.labels, one.part): one.value for one in series}
        for name, _, series in read_metrics(now=10**13)
    }


def conditions(world, run_id):
    return world.run(run_id).memo.get("conditions")


def test_counters_add_up_over_nodes_runs_and_restarts(make_world):
    world = make_world()
    world.submit(RUN % ("one", COUNTER))
    first = world.engine()
    first.work()
    first.crash()
    world.submit(RUN % ("two", COUNTER))
    world.submit(RUN % ("three", COUNTER), namespace="others")

    world.engine(sole=True).work()

    assert shown() == {
        "done": {("team", ("phase", "Succeeded"), ""): 12.0, ("others", ("phase", "Succeeded"), ""): 6.0}
    }


@pytest.mark.parametrize(
    ("operation", "expected"), [("Set", 2.0), ("Add", 6.0), ("Sub", -6.0)], ids=["set", "add", "sub"]
)
def test_gauges_are_set_or_changed(make_world, operation, expected):
    world = make_world()
    world.submit(RUN % ("one", f"{{name: g, help: h, gauge: {{value: '2', operation: {operation}}}}}"))

    world.engine().work()

    assert shown() == {"g": {("team", ""): expected}}


def test_histograms_count_by_bucket(make_world):
    world = make_world(takes(3000, template="work"))
    world.submit(RUN % ("one", HISTOGRAM))
    engine = world.engine()
    engine.work()
    world.pass_ms(3000)
    engine.work()
    world.pass_ms(10)
    world.submit(RUN % ("two", HISTOGRAM.replace("[1, 5]", "[2]")))
    engine.work()
    world.pass_ms(9000)

    engine.work()

    label = ("a", "b")
    assert shown() == {"took": {("team", label, "5.0"): 6.0, ("team", label, "sum"): 18.0}}


def test_real_time_gauges_run_until_their_node_ends(make_world):
    metric = "{name: now, help: h, gauge: {value: '{{duration}}', realtime: true}}"
    world = make_world(takes(5000, template="work"))
    world.submit(RUN % ("one", metric))
    engine = world.engine()
    engine.work()
    start = world.clock.now()

    [(_, _, [running])] = read_metrics(start + 2000)
    world.pass_ms(5000)
    engine.work()
    [(_, _, [ended])] = read_metrics(start + 60_000)

    assert (running.value, ended.value) == (2.0, 5.0)
    assert not MetricSeries.objects.filter(until=None).exists()


def test_real_time_gauges_of_a_run_that_cannot_go_on_stop_with_it(make_world):
    from workflows.engine.messages import Terminate

    metric = "{name: now, help: h, gauge: {value: '{{workflow.duration}}', realtime: true}}"
    world = make_world(takes(5000, template="work"))
    run = world.submit(RUN % ("one", metric))
    engine = world.engine()
    engine.work()
    assert MetricSeries.objects.filter(until=None).exists()

    world.signal(run, Terminate())
    engine.work()

    assert world.run(run).phase == "Failed"
    assert not MetricSeries.objects.filter(until=None).exists()


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (COUNTER.replace("finished", "other"),
         "help for metric done is already set to finished, it cannot be changed"),
        (COUNTER.replace("counter", "gauge"), "found existing counter for custom metric done of type gauge"),
    ],
    ids=["help", "kind"],
)  # fmt: skip
def test_a_name_means_one_thing(make_world, second, message):
    world = make_world()
    world.submit(RUN % ("one", COUNTER))
    engine = world.engine()
    engine.work()
    run = world.submit(RUN % ("two", second))

    engine.work()

    assert shown() == {"done": {("team", ("phase", "Succeeded"), ""): 6.0}}
    assert conditions(world, run) == {"MetricsError": [f"could not construct metric 'done': {message}"]}
    assert world.run(run).phase == "Succeeded"


def test_a_namespace_has_room_for_so_many_series(make_world):
    metric = '{name: flood, help: h, counter: {value: "1"}, labels: [{key: pod, value: "{{pod.name}}"}]}'
    world = make_world()
    run = world.submit(RUN % ("one", metric))
    engine = world.engine(metric_series=2)
    engine.work()
    other = world.submit(RUN % ("two", metric), namespace="others")
    engine.work()

    assert MetricSeries.objects.count() == 4
    refusal = "could not construct metric 'flood': namespace {} has reached the limit of 2 series"
    assert conditions(world, run) == {"MetricsError": [refusal.format("team")]}
    assert conditions(world, other) == {"MetricsError": [refusal.format("others")]}


def test_room_that_was_made_elsewhere_is_found(make_world):
    metric = '{name: flood, help: h, counter: {value: "1"}, labels: [{key: run, value: "{{workflow.name}}"}]}'
    world = make_world()
    engine = world.engine(metric_series=1)
    world.submit(RUN % ("one", metric))
    engine.work()
    MetricSeries.objects.all().delete()
    world.pass_ms(10_001)

    run = world.submit(RUN % ("two", metric))
    engine.work()

    assert conditions(world, run) is None
    assert shown() == {"flood": {("team", ("run", "two"), ""): 3.0}}


def test_series_nobody_tells_go_and_families_with_them(make_world):
    world = make_world(takes(10**9, template="work"))
    world.submit(RUN % ("one", "{name: now, help: h, gauge: {value: '{{duration}}', realtime: true}}"))
    world.submit(RUN % ("two", '{name: n, help: h, counter: {value: "1"}, when: "false"}'))
    world.engine().work()
    assert prune_series(world.clock.now() + 1, limit=10) == 0
    MetricSeries.objects.update(until=1)

    assert prune_series(world.clock.now() + 1, limit=10) == 1
    assert not MetricFamily.objects.exists()
