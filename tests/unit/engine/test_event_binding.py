"""What event bindings make of events: selectors, names, labels, parameters, and Argo's words for mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.engine.errors import EngineError
from workflows.engine.event_binding import LABEL, Submission, event_scope, matches, submission
from workflows.expr import Context
from workflows.spec import WorkflowEventBinding, object_from_json

NOW = Context(now_ms=1_700_000_000_000)
PAYLOAD = (
    '{"message": "hello", "n": 5, "big": 12345678901234567890, "list": [1, 2.5], "none": null, '
    '"o": {"b": 1, "a": "<x>"}}'
)


def binding(**spec: Any) -> WorkflowEventBinding:
    raw = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "WorkflowEventBinding",
        "metadata": {"name": "consumer"},
        "spec": {"event": {"selector": "true"}, **spec},
    }
    value = object_from_json(raw)
    assert isinstance(value, WorkflowEventBinding)
    return value


def scope(payload: str = PAYLOAD) -> Any:
    return event_scope("team", "push", {"x-github-event": ["push"]}, payload)


def submit(**fields: Any) -> dict[str, Any]:
    return {"workflowTemplateRef": {"name": "t"}, **fields}


def parameter(event: str) -> dict[str, Any]:
    return submit(arguments={"parameters": [{"name": "p", "valueFrom": {"event": event}}]})


@pytest.mark.argo("20-binding-selector")
@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("true", True),
        ('payload.message != ""', True),
        ('payload.message == "bye"', False),
        ('metadata["x-github-event"] == ["push"]', True),
        ('metadata["x-github-event"] == "push"', False),
        ('metadata["authorization"] == ["x"]', False),
        ('discriminator == "push" && namespace == "team"', True),
        ("payload.n == 5", True),
        ('"a" in payload.o', True),
        ("payload.missing == nil", True),
        ("any(payload.list, {# > 2})", True),
    ],
)
def test_selectors(selector: str, expected: bool) -> None:
    assert matches(binding(event={"selector": selector}), scope(), NOW) is expected


@pytest.mark.parametrize(
    "selector", ["payload.", "payload.message", "payload.missing.deeper == 1", "", "1 + "]
)
def test_selectors_that_cannot_be_evaluated_are_told(selector: str) -> None:
    with pytest.raises(EngineError, match="failed to evaluate workflow template expression: "):
        matches(binding(event={"selector": selector}), scope(), NOW)


@pytest.mark.argo("20-binding-submit", "6-value-from-event")
@pytest.mark.parametrize(
    ("event", "value"),
    [
        ("payload.message", "hello"),
        ("payload.n", "5"),
        ("payload.n + 0.5", "5.5"),
        ("payload.big", "12345678901234567000"),
        ("payload.list", "[1,2.5]"),
        ("payload.o", '{"a":"\\u003cx\\u003e","b":1}'),
        ("payload.none", "null"),
        ("discriminator + namespace", "pushteam"),
        ("sprig.upper(payload.message)", "HELLO"),
        ("metadata", '{"x-github-event":["push"]}'),
    ],
)
def test_parameters_are_texts_as_they_are_and_all_else_as_json(event: str, value: str) -> None:
    made = submission(binding(submit=parameter(event)), scope(), NOW)
    assert made is not None
    assert made.parameters == {"p": value}


def test_the_run_is_named_and_labelled_by_expressions() -> None:
    metadata = {
        "name": 'payload.message + "-world"',
        "generateName": '"unused-"',
        "labels": {"kind": '"literal"'},
        "annotations": {"text": 'payload.message + " there!"'},
    }
    reference = {"name": "t", "clusterScope": True}
    made = submission(binding(submit=submit(metadata=metadata, workflowTemplateRef=reference)), scope(), NOW)
    assert made == Submission(
        template="t",
        cluster=True,
        name="hello-world",
        labels={"kind": "literal", LABEL: "consumer"},
        annotations={"text": "hello there!"},
    )


def test_a_prefix_of_the_name_may_be_an_expression() -> None:
    made = submission(
        binding(submit=submit(metadata={"generateName": 'payload.message + "-"'})), scope(), NOW
    )
    assert made is not None
    assert (made.name, made.generate_name) == ("", "hello-")


def test_a_binding_may_submit_nothing() -> None:
    assert submission(binding(), scope(), NOW) is None


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        pytest.param(
            submit(arguments={"parameters": [{"name": "p", "value": "x"}]}),
            'malformed workflow template parameter "p": valueFrom is nil',
            id="plain value",
        ),
        pytest.param(
            submit(arguments={"parameters": [{"name": "p", "valueFrom": {"default": "x"}}]}),
            'malformed workflow template parameter "p": valueFrom.event is empty',
            id="no event",
        ),
        pytest.param(
            parameter("payload."),
            'failed to evaluate workflow template parameter "p" expression: ',
            id="syntax",
        ),
        pytest.param(
            submit(metadata={"name": "payload.n"}),
            "workflow name expression must evaluate to a string, not a float64",
            id="name is a number",
        ),
        pytest.param(
            submit(metadata={"labels": {"l": "nil"}}),
            'workflow label "l" expression must evaluate to a string, not a <nil>',
            id="label is nothing",
        ),
        pytest.param(
            submit(metadata={"labels": {"l": '"a b"'}}),
            "workflow label \"l\" is 'a b', which is no value of a label",
            id="label with a blank",
        ),
        pytest.param(
            submit(metadata={"annotations": {"a": "1 +"}}),
            'failed to evaluate workflow annotation "a" expression: ',
            id="annotation",
        ),
    ],
)
def test_mistakes_are_told_in_argos_words(spec: dict[str, Any], said: str) -> None:
    with pytest.raises(EngineError) as caught:
        submission(binding(submit=spec), scope(), NOW)
    assert caught.value.message.startswith(said)


@pytest.mark.parametrize("payload", ["{", "nonsense", '{"a": 1e999}', "[" * 100_000])
def test_payloads_that_are_no_json_are_refused(payload: str) -> None:
    with pytest.raises(EngineError):
        scope(payload)


@pytest.mark.parametrize(
    ("payload", "value"), [("", None), ("[1]", [1.0]), ('"text"', "text"), ("null", None)]
)
def test_any_json_is_a_payload(payload: str, value: Any) -> None:
    assert scope(payload)["payload"] == value


def test_expressions_are_bounded() -> None:
    endless = "all(1..1000, {all(1..1000, {all(1..1000, {true})})})"
    with pytest.raises(EngineError, match="limit"):
        matches(binding(event={"selector": endless}), scope(), NOW)
