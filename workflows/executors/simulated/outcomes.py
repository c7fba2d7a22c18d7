"""What a simulated attempt comes to: by rule, or as it was in a recorded run. Pure."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflows.engine.messages import Launch
from workflows.engine.phases import FAILED, POD, SUCCEEDED


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ends. `exit_code` None: 0 when it succeeds, 1 when it fails, none when it errs.

    `fill` stands in for every output parameter and result that is asked for and not given here; with None
    they stay missing, as if the command had written nothing.
    """

    phase: str = SUCCEEDED
    message: str | None = None
    exit_code: int | None = None
    result: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    duration_ms: int = 0
    fill: str | None = "simulated"

    @property
    def shown_exit_code(self) -> int | None:
        return self.exit_code if self.exit_code is not None else {SUCCEEDED: 0, FAILED: 1}.get(self.phase)

    @property
    def shown_message(self) -> str:
        if self.message is not None:
            return self.message
        return f"main: Error (exit code {self.shown_exit_code})" if self.phase == FAILED else ""


#: decides for each order
Outcomes = Callable[[Launch], Outcome]

_SUCCESS = Outcome()


def succeed(_: Launch) -> Outcome:
    return _SUCCESS


@dataclass(frozen=True, slots=True)
class Rule:
    """Shell patterns over the names of template and node; `attempts` limits the rule to some incarnations."""

    outcome: Outcome
    template: str = "*"
    node: str = "*"
    attempts: frozenset[int] | None = None

    def fits(self, order: Launch) -> bool:
        if self.attempts is not None and order.attempt not in self.attempts:
            return False
        return fnmatch.fnmatchcase(
            str(order.template.get("name", "")), self.template
        ) and fnmatch.fnmatchcase(order.node_name, self.node)


def by_rules(rules: Sequence[Rule], otherwise: Outcomes = succeed) -> Outcomes:
    """The first rule that fits decides."""

    def decide(order: Launch) -> Outcome:
        return next((rule.outcome for rule in rules if rule.fits(order)), None) or otherwise(order)

    return decide


def as_recorded(nodes: Iterable[Mapping[str, Any]], run_name: str, otherwise: Outcomes = succeed) -> Outcomes:
    """Every pod ends as the node of that name did in a recorded run.

    `nodes` are in the shape of Argo's `status.nodes` values; `run_name` is what their names start with.
    """
    recorded = {
        str(node["name"]).removeprefix(run_name): _outcome_of(node)
        for node in nodes
        if node.get("type") == POD
    }

    def decide(order: Launch) -> Outcome:
        return recorded.get(order.node_name.removeprefix(order.run_name)) or otherwise(order)

    return decide


def _outcome_of(node: Mapping[str, Any]) -> Outcome:
    outputs = node.get("outputs") or {}
    parameters = {
        str(parameter["name"]): str(parameter["value"])
        for parameter in outputs.get("parameters") or ()
        if parameter.get("value") is not None
    }
    exit_code = str(outputs.get("exitCode"))
    return Outcome(
        phase=str(node.get("phase") or SUCCEEDED),
        message=str(node.get("message") or ""),
        exit_code=int(exit_code) if exit_code.isdecimal() else None,
        result=outputs.get("result"),
        parameters=parameters,
        fill=None,
    )
