"""Metrics that manifests define: when they are told, with what values, and what is wrong with some."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.engine.world import START, Outcome, World
from workflows.engine.messages import MetricRefused, RecordMetric, StopMetrics
from workflows.engine.status_conditions import noted

Json = dict[str, Any]
pytestmark = pytest.mark.argo("22-custom-metrics", "6-metric-scope", "2-metrics")


def metric(name: str = "m", **fields: Any) -> Json:
    if not {"gauge", "counter", "histogram"} & set(fields):
        fields["counter"] = {"value": "1"}
    return {"name": name, "help": "what it is", **fields}


def pod(*metrics: Json, **fields: Any) -> Json:
    return {
        "name": "main",
        "container": {"image": "busybox"},
        "metrics": {"prometheus": list(metrics)},
        **fields,
    }


def workflow(*templates: Json, **spec: Any) -> Json:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": "metrics-"},
        "spec": {"entrypoint": "main", "templates": list(templates), **spec},
    }


def settled(*templates: Json, outcomes: Any = lambda _: Outcome(), **spec: Any) -> World:
    world = World(workflow(*templates, **spec), outcomes)
    world.settle()
    return world


def told(world: World) -> list[RecordMetric]:
    return [record for record in world.records if isinstance(record, RecordMetric)]


def errors(world: World) -> dict[str, str]:
    return dict(noted(world.state.run))


def test_everything_of_a_metric_is_told_resolved() -> None:
    labels = [{"key": "z", "value": "{{status}}"}, {"key": "a", "value": "{{workflow.namespace}}"}]

    world = settled(pod(metric("count_{{workflow.name}}", help="of {{workflow.name}}", labels=labels)))

    assert told(world) == [
        RecordMetric(
            name="count_run",
            help="of run",
            kind="counter",
            labels=[("a", "team-a"), ("z", "Succeeded")],
            operation="Add",
            value=1.0,
            at=world.now,
        )
    ]
    assert errors(world) == {}


@pytest.mark.parametrize(
    ("fields", "kind", "operation", "value"),
    [
        ({"counter": {"value": "2.5"}}, "counter", "Add", 2.5),
        ({"gauge": {"value": "3"}}, "gauge", "Set", 3.0),
        ({"gauge": {"value": "3", "operation": "Set"}}, "gauge", "Set", 3.0),
        ({"gauge": {"value": "3", "operation": "Add"}}, "gauge", "Add", 3.0),
        ({"gauge": {"value": "3", "operation": "Sub"}}, "gauge", "Sub", 3.0),
        ({"gauge": {"value": "+Inf"}}, "gauge", "Set", float("inf")),
        ({"histogram": {"value": "1e3", "buckets": [5, 1.5]}}, "histogram", "Add", 1000.0),
    ],
)
def test_each_kind(fields: Json, kind: str, operation: str, value: float) -> None:
    [record] = told(settled(pod(metric(**fields))))

    assert (record.kind, record.operation, record.value) == (kind, operation, value)
    assert record.buckets == ([1.5, 5.0] if kind == "histogram" else [])


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("{{duration}}", 2.0),
        ("{{exitCode}}", 7.0),
        ("{{inputs.parameters.n}}", 5.0),
        ("{{outputs.parameters.v}}", 9.0),
        ("{{outputs.result}}", 11.0),
        ("{{resourcesDuration.cpu}}", 4.0),
        ("{{resourcesDuration.memory}}", 2.0),
        ("{{workflow.parameters.p}}", 13.0),
        ("{{=asInt(inputs.parameters.n) * 2}}", 10.0),
        ("{{=duration}}", 2.0),
    ],
)
def test_what_a_metric_of_a_node_sees(value: str, number: float) -> None:
    work = pod(
        metric(gauge={"value": value}),
        name="work",
        inputs={"parameters": [{"name": "n", "value": "5"}]},
        outputs={"parameters": [{"name": "v", "valueFrom": {"path": "/v"}}]},
        container={"image": "busybox", "resources": {"requests": {"cpu": "2"}}},
    )
    main = {"name": "main", "steps": [[{"name": "a", "template": "work", "continueOn": {"failed": True}}],
            [{"name": "b", "template": "see", "arguments": {"parameters": [
                {"name": "x", "value": "{{steps.a.outputs.result}}"}]}}]]}  # fmt: skip
    see = {"name": "see", "inputs": {"parameters": [{"name": "x"}]}, "container": {"image": "busybox"}}
    outcome = Outcome(phase="Failed", exit_code=7, parameters={"v": "9"}, result="11", seconds=2)

    world = settled(
        work,
        main,
        see,
        outcomes=lambda order: outcome if order.node_name.endswith(".a") else Outcome(),
        arguments={"parameters": [{"name": "p", "value": "13"}]},
    )

    assert [record.value for record in told(world)] == [number], errors(world)


def test_when_decides() -> None:
    def world(phase: str) -> World:
        metrics = [metric("good", when="{{status}} == Succeeded"), metric("bad", when="{{status}} == Failed")]
        return settled(pod(*metrics), outcomes=lambda _: Outcome(phase=phase, exit_code=1))

    assert [record.name for record in told(world("Succeeded"))] == ["good"]
    assert [record.name for record in told(world("Failed"))] == ["bad"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"help": ""}, "metric 'm' must contain a help string under 'help: ' field"),
        ({"name": "a-b"}, "could not construct metric 'a-b': metric name is invalid: "
         "names may only contain alphanumeric characters or '_'"),
        ({"labels": [{"key": "a-b", "value": "v"}]}, "could not construct metric 'm': metric label 'a-b' is "
         "invalid: keys may only contain alphanumeric characters or '_'"),
        ({"labels": [{"key": "a", "value": "{{nothing}}"}]},
         "unable to substitute parameters for metric 'm': failed to resolve {{nothing}}"),
        ({"counter": {"value": "{{nothing}}"}},
         "unable to substitute parameters for metric 'm': failed to resolve {{nothing}}"),
        ({"counter": {"value": "many"}},
         "could not construct metric 'm': strconv.ParseFloat: parsing \"many\": invalid syntax"),
        ({"counter": {"value": "nan"}},
         "could not construct metric 'm': strconv.ParseFloat: parsing \"nan\": invalid syntax"),
        ({"counter": {"value": "inf"}}, "could not construct metric 'm': inf cannot be added up"),
        ({"gauge": {"value": "-inf", "operation": "Add"}},
         "could not construct metric 'm': -inf cannot be added up"),
        ({"gauge": {"value": "1e201", "operation": "Sub"}},
         "could not construct metric 'm': 1e201 cannot be added up"),
        ({"gauge": {"value": "1", "realtime": True}},
         "real time metrics can only be used with metric variables"),
        ({"gauge": {"value": "{{status}}", "realtime": True}},
         "'status' is not available as a real time metric"),
        ({"when": "a =="},
         "unable to compute 'when' clause for metric 'run': Invalid 'when' expression 'a ==': "
         "Unexpected end of expression"),
        ({"histogram": {"value": "1", "buckets": [*range(51)]}},
         "could not construct metric 'm': a histogram may have 50 buckets"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_metric_is_a_condition_and_the_run_goes_on(fields: Json, message: str) -> None:
    world = settled(pod(metric(**fields), metric("fine")))

    assert errors(world) == {"MetricsError": message}
    assert [record.name for record in told(world)] == ["fine"]
    assert world.state.run.phase == "Succeeded"


def test_the_same_mistake_of_many_nodes_is_said_once_and_not_more_than_twenty() -> None:
    wrong = pod(metric(counter={"value": "{{inputs.parameters.n}}!"}), name="work",
                inputs={"parameters": [{"name": "n"}]})  # fmt: skip

    def loop(items: list[int]) -> World:
        argument = {"parameters": [{"name": "n", "value": "{{item}}"}]}
        main = {"name": "main", "steps": [[{"name": "a", "template": "work", "arguments": argument,
                                            "withItems": items}]]}  # fmt: skip
        return settled(main, wrong)

    assert errors(loop([1] * 50))["MetricsError"].count("invalid syntax") == 1
    assert errors(loop(list(range(50))))["MetricsError"].count("invalid syntax") == 20


def test_a_retried_template_tells_of_each_attempt_but_the_last_and_of_the_whole() -> None:
    ends = iter([Outcome(phase="Failed", exit_code=1), Outcome(phase="Failed", exit_code=2), Outcome()])
    each = metric(labels=[{"key": "status", "value": "{{status}}"}])
    tries = metric("tries", gauge={"value": "{{retries}}"}, when="{{status}} == Succeeded")

    world = settled(pod(each, tries, retryStrategy={"limit": "5"}), outcomes=lambda _: next(ends))

    assert [(record.name, record.labels, record.value) for record in told(world)] == [
        ("m", [("status", "Failed")], 1.0),
        ("m", [("status", "Failed")], 1.0),
        ("m", [("status", "Succeeded")], 1.0),
        ("tries", [], 2.0),
    ]


def test_composites_tell_of_themselves() -> None:
    steps = pod(metric("steps"), name="main", steps=[[{"name": "a", "template": "dag"}]])
    del steps["container"]
    dag = pod(metric("dag", gauge={"value": "{{retries}}"}), name="dag",
              dag={"tasks": [{"name": n, "template": "leaf"} for n in "abc"]})  # fmt: skip
    del dag["container"]

    world = settled(steps, dag, {"name": "leaf", "container": {"image": "busybox"}})

    assert [(record.name, record.value) for record in told(world)] == [("dag", 2.0), ("steps", 1.0)]


def test_the_run_tells_at_its_end_what_its_entry_node_came_to() -> None:
    metrics = [
        metric("runs", labels=[{"key": "status", "value": "{{workflow.status}}/{{status}}"}]),
        metric("seconds", gauge={"value": "{{workflow.duration}}"}),
    ]
    world = settled(
        {"name": "main", "container": {"image": "busybox"}},
        outcomes=lambda _: Outcome(phase="Failed", exit_code=1, seconds=3),
        metrics={"prometheus": metrics},
    )

    assert [(record.name, record.labels, record.value) for record in told(world)] == [
        ("runs", [("status", "Failed/Failed")], 1.0),
        ("seconds", [], 3.0),
    ]


def test_real_time_metrics_are_told_at_the_start_and_at_the_end() -> None:
    realtime = {"realtime": True, "value": "{{duration}}"}
    whole = {"realtime": True, "value": "{{workflow.duration}}"}
    world = settled(pod(metric("node", gauge=realtime)), metrics={"prometheus": [metric("run", gauge=whole)]})

    assert [(record.name, record.since, record.until) for record in told(world)] == [
        ("run", START, None),
        ("node", START, None),
        ("node", START, START + 1000),
        ("run", START, START + 1000),
    ]
    assert world.records[-1] == StopMetrics(at=START + 1000)
    assert "realtime" not in world.state.run.memo


def test_a_run_without_real_time_metrics_has_nothing_to_stop() -> None:
    assert [type(record) for record in settled(pod(metric())).records] == [RecordMetric]


def test_a_run_that_is_stopped_stops_what_it_tells() -> None:
    from workflows.engine.messages import Terminate

    whole = {"realtime": True, "value": "{{workflow.duration}}"}
    world = World(
        workflow({"name": "main", "container": {"image": "busybox"}},
                 metrics={"prometheus": [metric(gauge=whole)]}),
        lambda _: Outcome(seconds=None),
    )  # fmt: skip
    world.apply()
    world.apply(world.pass_time())
    world.apply([Terminate()])
    world.settle()

    assert world.state.finished
    assert isinstance(world.records[-1], StopMetrics)


def test_restarts_tell_nothing_twice() -> None:
    main = {
        "name": "main",
        "steps": [[{"name": "a", "template": "work"}], [{"name": "b", "template": "work"}]],
    }
    world = World(workflow(main, pod(metric(), name="work")))
    world.apply()
    world.restart()
    for _ in range(20):
        if world.next_time() is None:
            break
        world.apply(world.pass_time())
        world.restart()

    assert len(told(world)) == 2
    assert world.state.finished


def test_what_the_keeper_refuses_is_a_condition() -> None:
    world = World(workflow(pod(metric())))
    world.apply()
    world.apply([MetricRefused(message="no more room"), MetricRefused(message="no more room")])

    assert errors(world) == {"MetricsError": "no more room"}


def test_a_node_answered_from_a_cache_tells_nothing() -> None:
    from workflows.engine.messages import SaveMemo

    world = World(workflow(pod(metric(), memoize={"key": "k", "cache": {"configMap": {"name": "c"}}})))
    world.memos["c", "k"] = SaveMemo(node_id="n", cache="c", key="k", at=START)
    world.settle()

    assert told(world) == []
