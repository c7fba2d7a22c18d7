"""What a WorkflowEventBinding makes of an event: nothing, or a run to be submitted. Not for submitting it.

Source: Argo's events page and the dispatch of its server. Expressions see `namespace`, `discriminator`,
`metadata` (headers that begin with ``x-``, lower-case, values in lists) and `payload`, numbers as float64.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from workflows.engine.errors import EngineError
from workflows.expr import Context, ExprError, compile_expression, evaluate_bool
from workflows.expr.errors import Fault
from workflows.expr.gojson import marshal, unmarshal
from workflows.expr.values import type_name
from workflows.spec import WorkflowEventBinding
from workflows.spec.types import Submit

LABEL: Final = "workflows.argoproj.io/workflow-event-binding"
_LABEL_VALUE: Final = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")

Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Submission:
    """A run to be started. `name` and `generate_name` are "" when the binding does not say."""

    template: str
    cluster: bool
    name: str = ""
    generate_name: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)


def event_scope(
    namespace: str, discriminator: str, metadata: Mapping[str, Sequence[str]], payload: str
) -> Scope:
    """What expressions see. Raises EngineError when `payload`, whose size callers bound, is no JSON."""
    try:
        value = unmarshal(payload, most=len(payload)) if payload.strip() else None
    except Fault as fault:
        raise EngineError(fault.message) from None
    return {
        "namespace": namespace,
        "discriminator": discriminator,
        "metadata": {name: list(values) for name, values in metadata.items()},
        "payload": value,
    }


def matches(binding: WorkflowEventBinding, scope: Scope, context: Context) -> bool:
    """Raises EngineError when the selector cannot be evaluated."""
    try:
        return evaluate_bool(binding.spec.event.selector, scope, context)
    except ExprError as error:
        raise EngineError(f"failed to evaluate workflow template expression: {error.message}") from None


def submission(binding: WorkflowEventBinding, scope: Scope, context: Context) -> Submission | None:
    """What a binding that matches submits, None when it says nothing of it. Raises EngineError."""
    submit = binding.spec.submit
    if submit is None:
        return None
    evaluation = _Evaluation(scope, context)
    reference, metadata = submit.workflow_template_ref, submit.metadata
    labels = {key: evaluation.label(text, key) for key, text in metadata.labels.items()}
    named = bool(metadata.name)
    return Submission(
        template=reference.name,
        cluster=reference.cluster_scope,
        name=evaluation.text(metadata.name, "name") if named else "",
        generate_name=evaluation.text(metadata.generate_name, "generateName")
        if metadata.generate_name and not named
        else "",
        labels={**labels, LABEL: binding.metadata.name},
        annotations={
            key: evaluation.text(text, f'annotation "{key}"') for key, text in metadata.annotations.items()
        },
        parameters=_parameters(submit, evaluation),
    )


def _parameters(submit: Submit, evaluation: _Evaluation) -> dict[str, str]:
    found: dict[str, str] = {}
    for parameter in submit.arguments.parameters if submit.arguments else ():
        at = f'malformed workflow template parameter "{parameter.name}": '
        if parameter.value_from is None:
            raise EngineError(f"{at}valueFrom is nil")
        if not parameter.value_from.event:
            raise EngineError(f"{at}valueFrom.event is empty")
        found[parameter.name] = evaluation.parameter(parameter.value_from.event, parameter.name)
    return found


@dataclass(frozen=True, slots=True)
class _Evaluation:
    scope: Scope
    context: Context

    def text(self, source: str, what: str) -> str:
        value = self._value(source, f"failed to evaluate workflow {what} expression: ")
        if not isinstance(value, str):
            kind = "<nil>" if value is None else type_name(value)
            raise EngineError(f"workflow {what} expression must evaluate to a string, not a {kind}")
        return value

    def label(self, source: str, key: str) -> str:
        value = self.text(source, f'label "{key}"')
        if not _LABEL_VALUE.fullmatch(value):
            raise EngineError(f'workflow label "{key}" is {value!r}, which is no value of a label')
        return value

    def parameter(self, source: str, name: str) -> str:
        """Texts as they are, everything else as JSON."""
        value = self._value(source, f'failed to evaluate workflow template parameter "{name}" expression: ')
        try:
            return value if isinstance(value, str) else marshal(value)
        except Fault as fault:
            raise EngineError(
                f'failed to convert result of workflow template parameter "{name}" expression to JSON: '
                f"{fault.message}"
            ) from None

    def _value(self, source: str, wrong: str) -> Any:
        try:
            return compile_expression(source).evaluate(self.scope, self.context)
        except ExprError as error:
            raise EngineError(f"{wrong}{error.message}") from None
