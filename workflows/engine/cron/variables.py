"""What ``when`` and ``stopStrategy`` of a CronWorkflow see, and their evaluation.

Source: Argo's cron operator. Unlike Argo's, `annotations` are the annotations, not the labels again, and the
``.json`` forms are texts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.engine.messages import Millis
from workflows.expr import Context, evaluate_bool, evaluate_when, parse_text
from workflows.expr.gotime import Time

_NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class CronVariables:
    """`last_scheduled` is the slot of the last run that was started, None before the first."""

    name: str
    namespace: str
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    succeeded: int = 0
    failed: int = 0
    last_scheduled: Millis | None = None

    def scope(self) -> dict[str, Any]:
        last = self.last_scheduled
        return {
            "cronworkflow.name": self.name,
            "cronworkflow.namespace": self.namespace,
            "cronworkflow.labels": dict(self.labels),
            "cronworkflow.labels.json": _json(self.labels),
            "cronworkflow.annotations": dict(self.annotations),
            "cronworkflow.annotations.json": _json(self.annotations),
            "cronworkflow.succeeded": self.succeeded,
            "cronworkflow.failed": self.failed,
            "cronworkflow.lastScheduledTime": None if last is None else Time(last * _NS_PER_MS),
        }


def is_wanted(when: str, variables: CronVariables, now: Millis) -> bool:
    """Whether ``when`` lets a slot run; an empty text does. Raises ExprError."""
    if not when:
        return True
    scope = variables.scope()
    # A simple tag takes texts only.
    texts = {key: _shown(value) for key, value in scope.items() if isinstance(value, str | int)}
    if variables.last_scheduled is not None:
        texts["cronworkflow.lastScheduledTime"] = scope["cronworkflow.lastScheduledTime"]
    plain = "{{=" not in when
    return evaluate_when(parse_text(when).render(texts if plain else scope, context=Context(now_ms=now)))


def is_stopping(expression: str, variables: CronVariables, now: Millis) -> bool:
    """Whether ``stopStrategy.expression`` is true; an empty one never is. Raises ExprError."""
    return bool(expression) and evaluate_bool(expression, variables.scope(), Context(now_ms=now))


def _json(values: Mapping[str, str]) -> str:
    return json.dumps(dict(values), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _shown(value: str | int) -> str:
    return str(value)
