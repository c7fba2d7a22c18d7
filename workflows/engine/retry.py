"""Retries: a Retry node whose children are the attempts, until one succeeds or the strategy gives up.

`verdict` decides what follows a failed attempt and is pure; the frame carries it out.
Source: Argo's `processNodeRetries`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflows.engine import metrics, names, phases
from workflows.engine.calls import Call, starts
from workflows.engine.clock import go_time, human_duration, plain_seconds
from workflows.engine.errors import EngineError, TimedOut
from workflows.engine.frame import Frame, retire
from workflows.engine.messages import JsonObject, Millis
from workflows.engine.texts import render_value
from workflows.expr import ExprError, compile_expression
from workflows.spec import parse_duration

if TYPE_CHECKING:
    from workflows.engine.node import Node

_POLICIES = {
    "Always": phases.FAILED_OR_ERROR,
    "OnFailure": frozenset({phases.FAILED}),
    "OnError": frozenset({phases.ERROR}),
}
_ERRORS_RETRIED = frozenset({"Always", "OnError", "OnTransientError"})
#: messages that Argo takes for passing troubles of the surroundings
_TRANSIENT = re.compile(
    r"net/http: TLS handshake timeout|i/o timeout|connection timed out|connection reset by peer|"
    r"transport connection broken|http2: client connection lost|exceeded quota|etcdserver: request timed out|"
    r"Operation cannot be fulfilled on resourcequotas|too many requests|context deadline exceeded"
)


@dataclass(frozen=True, slots=True)
class Strategy:
    """A retryStrategy with its tags substituted; times in milliseconds, None where not given."""

    limit: int | None
    policy: str
    expression: str
    backoff: bool
    duration: Millis
    factor: int
    max_duration: Millis | None
    cap: Millis | None

    @classmethod
    def parse(cls, raw: JsonObject) -> Strategy:
        """Raises EngineError for values that are no numbers or durations."""
        backoff = raw.get("backoff") or {}
        expression = raw.get("expression") or ""
        if raw.get("backoff") is not None and not backoff.get("duration"):
            raise EngineError("no base duration specified for retryStrategy")
        return cls(
            limit=_number(raw.get("limit"), "limit"),
            policy=raw.get("retryPolicy") or ("Always" if expression else "OnFailure"),
            expression=expression,
            backoff=raw.get("backoff") is not None,
            duration=parse_duration(str(backoff["duration"])) if backoff else 0,
            factor=_number(backoff.get("factor"), "backoff.factor") or 0,
            max_duration=parse_duration(str(backoff["maxDuration"])) if backoff.get("maxDuration") else None,
            cap=parse_duration(str(backoff["cap"])) if backoff.get("cap") else None,
        )

    def wait(self, attempts: int) -> Millis:
        """How long to wait after the `attempts`-th attempt failed."""
        wait = self.duration
        if self.factor > 0:
            # the exponent is bounded, for the number would fill the memory long before it matters
            wait = min(wait * self.factor ** min(attempts - 1, 64), 2**62)
        return wait if self.cap is None else min(wait, self.cap)

    def retries(self, node: Node) -> bool:
        """Whether the policy retries an attempt that ended like this one."""
        if self.policy == "OnTransientError":
            return _TRANSIENT.search(node.message) is not None
        wanted = _POLICIES.get(self.policy)
        if wanted is None:
            raise EngineError(f"{self.policy} is not a valid RetryPolicy")
        return node.phase in wanted


@dataclass(frozen=True, slots=True)
class Verdict:
    """`give_up` is the message of the Retry node, None to go on; `wait_until` when the next attempt may
    start.
    """

    give_up: str | None = None
    wait_until: Millis | None = None
    wait: Millis = 0


def verdict(strategy: Strategy, attempts: list[Node], now: Millis) -> Verdict:
    """What follows when the last of `attempts` has failed. Raises EngineError."""
    first, last = attempts[0], attempts[-1]
    if strategy.backoff:
        ends = None if strategy.max_duration is None else (first.started_at or now) + strategy.max_duration
        if ends is not None and now > ends:
            return Verdict(give_up="Max duration limit exceeded")
        wait = strategy.wait(len(attempts))
        until = (last.finished_at or now) + wait
        if ends is not None and until > ends:
            return Verdict(give_up="Backoff would exceed max duration limit")
        if now < until and strategy.limit is not None and len(attempts) <= strategy.limit:
            return Verdict(wait_until=until, wait=wait)
    if not strategy.retries(last):
        return Verdict(give_up=last.message)
    if strategy.limit is not None and len(attempts) > strategy.limit:
        return Verdict(give_up="No more retries left")
    if strategy.expression and not _wants_more(strategy.expression, attempts, now):
        return Verdict(give_up="retryStrategy.expression evaluated to false")
    return Verdict()


def last_variables(attempts: list[Node], now: Millis, *, missing_exit_code: str) -> dict[str, str]:
    """The variables ``lastRetry.*``."""
    if not attempts:
        return {
            "lastRetry.exitCode": "0",
            "lastRetry.duration": "0",
            "lastRetry.status": "",
            "lastRetry.message": "",
        }
    last = attempts[-1]
    elapsed = (last.finished_at or now) - (last.started_at or now)
    return {
        "lastRetry.exitCode": (last.outputs or {}).get("exitCode", missing_exit_code),
        "lastRetry.duration": plain_seconds(elapsed),
        "lastRetry.status": last.phase,
        "lastRetry.message": last.message,
    }


def attempt_variables(before: list[Node], now: Millis) -> dict[str, str]:
    """The variables of an attempt that only attempts have; `before` are the earlier ones."""
    return {"retries": str(len(before)), **last_variables(before, now, missing_exit_code="0")}


def _wants_more(expression: str, attempts: list[Node], now: Millis) -> bool:
    variables: dict[str, Any] = {"retries": str(len(attempts) - 1)}
    variables.update(last_variables(attempts, now, missing_exit_code="-1"))
    try:
        value = compile_expression(expression).evaluate(variables)
    except ExprError as error:
        raise EngineError(error.message) from None
    if not isinstance(value, bool):
        raise EngineError(f"unable to cast expression result '{value}' to bool")
    return value


def _number(value: Any, field: str) -> int | None:
    if value is None or value == "":
        return None
    try:
        return int(value)
    except (TypeError, ValueError):
        raise EngineError(f"retryStrategy.{field}: invalid value {value!r}") from None


class RetryFrame(Frame):
    """Owns the attempts of one call."""

    call: Call

    def __init__(self, call: Call) -> None:
        super().__init__(call.core)
        self.call = call
        self.node = call.made
        self.attempts: list[Call] = []
        retry = call.template.retry
        raw = render_value(retry.tree, call.scope, call.core.context) if retry is not None else {}
        self.strategy = Strategy.parse(raw)
        self.waiting_until: Millis | None = None

    # --- attempts ----------------------------------------------------------------------------------

    @property
    def attempt_nodes(self) -> list[Node]:
        return [attempt.node for attempt in self.attempts if attempt.node is not None]

    def start_attempt(self) -> None:
        number = len(self.attempts)
        outer = self.call
        name = names.attempt_name(outer.name, number)
        before = self.attempt_nodes
        attempt = Call(
            self,
            outer.target,
            name,
            base=outer.base,
            arguments=outer.arguments,
            boundary=outer.boundary,
            parents=[self.node.id],
            depth=outer.depth,
            on_exit=outer.on_exit,
            flag={**(outer.flag or {}), "retried": True},
            variables=outer.variables,
        )
        attempt.deadline = self._deadline(before)
        self.attempts.append(attempt)
        if before and outer.template.metrics is not None:
            metrics.node_ended(outer, before[-1])
        attempt.start_attempt(outer, attempt_variables(before, self.core.now))

    def restore_attempts(self) -> None:
        """Take over the attempts that were made before a restart."""
        name = names.attempt_name(self.call.name, len(self.attempts))
        while self.core.node_id(name) in self.core.nodes:
            self.start_attempt()
            name = names.attempt_name(self.call.name, len(self.attempts))

    def _deadline(self, before: list[Node]) -> Millis | None:
        if self.strategy.max_duration is None or not before:
            return None
        return (before[0].started_at or self.core.now) + self.strategy.max_duration

    # --- progress ----------------------------------------------------------------------------------

    def moved(self, call: Call) -> None:
        node = call.node
        if node is None or call is not self.attempts[-1]:
            return
        if node.phase in phases.FULFILLED:
            self.core.enqueue(self)
        elif node.daemoned and not self.node.daemoned:
            self.node.extra = {**(self.node.extra or {}), "daemoned": True}
            self.core.add_daemon(self.call)
            self.core.touch(self.node)
            self.call.owner.moved(self.call)

    def retire(self) -> None:
        """The template around a retried daemon ends."""
        if self.closed:
            return
        last = self.attempts[-1]
        if last.node is not None:
            retire(last)
        self._end(phases.SUCCEEDED, None, self.attempt_nodes[-1])

    def errored(self, call: Call, error: EngineError) -> None:
        """An attempt that could not be carried on counts as failed if errors are retried, else it is the
        call's.
        """
        if self.closed:
            return
        if self.strategy.policy in _ERRORS_RETRIED or isinstance(error, TimedOut):
            self.moved(call)
        else:
            self.closed = True
            self.call.fail(error)

    def inside(self) -> Iterable[Node]:
        return self.attempt_nodes

    def timer(self, kind: str) -> None:
        if kind == "retry" and not self.closed:
            self.core.enqueue(self)

    def advance(self) -> None:
        if not self.attempts:
            self.start_attempt()
            return
        last = self.attempts[-1].node
        if last is None or last.phase not in phases.FULFILLED:
            return
        if last.phase not in phases.FAILED_OR_ERROR:
            self._end(phases.SUCCEEDED, None, last)
            return
        stopped = self._stopped()
        if stopped:
            self._end(last.phase, stopped, last)
            return
        try:
            decided = verdict(self.strategy, self.attempt_nodes, self.core.now)
        except EngineError as error:
            self.closed = True
            self.call.fail(error)
            return
        self._follow(decided, last)

    def _follow(self, decided: Verdict, last: Node) -> None:
        if decided.give_up is not None:
            self._end(last.phase, decided.give_up, last)
        elif decided.wait_until is not None:
            if self.waiting_until != decided.wait_until:
                self.waiting_until = decided.wait_until
                self.node.waiting = {"reason": "backoff", "until": decided.wait_until}
                self.core.set_phase(self.node, self.node.phase, f"Backoff for {human_duration(decided.wait)}")
                self.core.at(decided.wait_until, "retry", self.node.id)
        else:
            if self.node.message:
                self.node.waiting = None
                self.core.set_phase(self.node, self.node.phase, "")
            self.start_attempt()

    def _stopped(self) -> str:
        """Why nothing is tried again although the strategy would, "" when nothing stands in the way."""
        if self.core.run.shutdown:
            return f"Stopped with strategy '{self.core.run.shutdown}'"
        deadline = self.core.deadline()
        if deadline is not None and self.core.now > deadline:
            return f"retry exceeded workflow deadline {go_time(deadline)}"
        return ""

    def _end(self, phase: str, message: str | None, last: Node) -> None:
        self.closed = True
        self.node.outputs = last.outputs
        self.node.forget_daemon()
        if message is None and self.node.message:
            message = ""
        self.core.set_phase(self.node, phase, message)


@starts("retry")
def start_retry(call: Call) -> None:
    node = call.node
    if node is None:
        flag = call.flag
        if flag is not None:
            # a hook's Retry node carries the flag of its attempts too
            call.flag = {**flag, "retried": True}
        node = call.add(phases.RETRY, phases.RUNNING)
        call.flag = flag
    frame = RetryFrame(call)
    call.frame = frame
    if node.daemoned:
        frame.core.add_daemon(call)
    frame.restore_attempts()
    frame.core.enqueue(frame)
