"""Pods: container and script templates, the nodes for which something is launched.

Source: Argo's `executeContainer`, `createWorkflowPod`, `assessNodeStatus`. Not for what runs them: see
`executors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows.engine import names, phases
from workflows.engine.artifact_repository import staged
from workflows.engine.calls import Call, Launched
from workflows.engine.clock import SECOND
from workflows.engine.errors import EngineError, TimedOut
from workflows.engine.failed_hosts import away_from_failed_hosts
from workflows.engine.messages import JsonObject, Kill, Launch, Millis, NodeFact, NodeFinished, NodeStarted
from workflows.engine.outputs import pod_outputs
from workflows.engine.resources import note_usage
from workflows.engine.texts import render, render_value
from workflows.engine.volume_claims import with_claims
from workflows.spec import parse_duration

if TYPE_CHECKING:
    from workflows.engine.node import Node

#: a pod may outlive the run's deadline by this much before its own ends it: the engine's verdict comes first
_DEADLINE_SLACK = 5
#: where Argo's executor collects the files of output parameters, as its messages show
_COLLECTED = "/var/run/argo/outputs/parameters"
_LABEL = "workflows.argoproj.io/"


class Pod(Launched):
    """The life of one pod node, from its creation to the fact that it finished."""

    __slots__ = ("call", "core", "deadline")

    node_type = phases.POD

    def __init__(self, call: Call) -> None:
        self.call = call
        self.core = call.core
        #: latest end because of a retry's maxDuration, see `retry`
        self.deadline: Millis | None = call.deadline

    # --- launching ---------------------------------------------------------------------------------

    def launch(self) -> None:
        """Create the node and order it, unless the run is ending."""
        core, call = self.core, self.call
        node = call.add(self.node_type, phases.PENDING)
        if core.stops(call):
            core.set_phase(node, phases.FAILED, self.not_begun())
            return
        if core.deadline_passed() and not call.on_exit:
            core.set_phase(node, phases.FAILED, "Step exceeded its deadline")
            return
        order = self.order(node)
        self.accompany(node)
        core.active[node.id] = call
        self._set_timers(node)
        core.order(order)

    def accompany(self, node: Node) -> None:
        """Create the nodes that come with this one, which is about to be ordered."""

    def restore(self) -> None:
        node = self.call.made
        self.core.active[node.id] = self.call
        self._set_timers(node)

    def order(self, node: Node) -> Launch:
        """The launch order of the node, the same each time it is asked for. Raises EngineError, ExprError."""
        core, call = self.core, self.call
        template = self._render_template()
        program = core.program
        if call.template.moves_artifacts or core.repository.archives_logs:
            template = staged(self, template)
        outputs = (template.get("outputs") or {}).get("parameters") or []
        settings: JsonObject = render_value(program.pod_settings, core.variables, core.context)
        if program.spreads_retries:
            affinity = away_from_failed_hosts(call, template.get("affinity") or settings.get("affinity"))
            template = {**template, "affinity": affinity} if affinity else template
        return Launch(
            run_uid=core.run.uid,
            run_name=core.run.name,
            namespace=core.run.namespace,
            node_id=node.id,
            node_name=node.name,
            attempt=node.attempt,
            pod_name=call.pod_name,
            template=template,
            output_paths={
                entry["name"]: entry["valueFrom"]["path"]
                for entry in outputs
                if (entry.get("valueFrom") or {}).get("path")
            },
            capture_result=self._captures_result(),
            active_deadline_seconds=self._seconds_left(template, node),
            labels={f"{_LABEL}workflow": core.run.name, f"{_LABEL}completed": "false"},
            annotations={f"{_LABEL}node-id": node.id, f"{_LABEL}node-name": node.name},
            pod=with_claims(core.run, settings) if program.spec.volume_claim_templates else settings,
        )

    def _render_template(self) -> JsonObject:
        template, scope = self.call.template, self.call.scope
        if template.paths is not None:
            scope = scope.with_local(render_value(template.paths, scope, self.core.context))
        rendered: JsonObject = render_value(template.body, scope, self.core.context)
        return rendered

    def _captures_result(self) -> bool:
        """Only a result that the enclosing template mentions is worth keeping."""
        boundary = self.call.boundary
        if boundary is None:
            return False
        frame = self.core.calls.get(boundary.id)
        return frame is not None and names.caller_name(self.call.name) in frame.template.result_references

    # --- deadlines ---------------------------------------------------------------------------------

    def _seconds_left(self, template: JsonObject, node: Node) -> int | None:
        """The tightest of activeDeadlineSeconds, timeout, retry's maxDuration and the run's deadline."""
        core = self.core
        limits = []
        own = template.get("activeDeadlineSeconds")
        if own is not None:
            limits.append(_whole_number(own))
        started = node.started_at or core.now
        if self.call.template.timeout is not None:
            limits.append(self._duration(self.call.template.timeout) // SECOND)
        if self.deadline is not None:
            limits.append(max(1, (self.deadline - started) // SECOND))
        run_deadline = core.deadline()
        if run_deadline is not None and not self.call.on_exit:
            limits.append(max(1, (run_deadline - core.now) // SECOND + _DEADLINE_SLACK))
        return min(limits) if limits else None

    def _duration(self, text: Any) -> Millis:
        return parse_duration(render(text, self.call.scope, self.core.context))

    def _set_timers(self, node: Node) -> None:
        started = node.started_at or self.core.now
        if node.phase != phases.PENDING:
            return
        for text in (self.call.template.timeout, self.call.template.pending_timeout):
            if text is not None:
                self.core.at(started + self._duration(text), "pending", node.id)

    def timer(self, kind: str) -> None:
        """A pod that is still Pending when its time is over fails, and with it the call."""
        node = self.call.made
        if kind == "pending" and node.phase == phases.PENDING:
            self.kill()
            self.call.fail(TimedOut(), phases.FAILED)

    # --- facts -------------------------------------------------------------------------------------

    def take(self, fact: NodeFact) -> None:
        match fact:
            case NodeStarted():
                self._started(fact)
            case NodeFinished():
                self._finished(fact)

    def _started(self, fact: NodeStarted) -> None:
        node = self.call.made
        if node.phase == phases.PENDING:
            node.host = fact.host or node.host
            self.core.set_phase(node, phases.RUNNING)

    def _finished(self, fact: NodeFinished) -> None:
        node = self.call.made
        node.host = fact.host or node.host
        phase, message = fact.phase, fact.message
        node.outputs, missing = pod_outputs(self._declared(fact), fact)
        if missing and phase == phases.SUCCEEDED:
            phase = phases.ERROR
            message = f"wait: Error (exit code 64): open {_COLLECTED}{missing}: no such file or directory"
        node.finished_at = max(fact.at, node.started_at or fact.at)
        self.core.export(node.outputs)
        note_usage(self.call, node, fact)
        self.conclude(phase, message)

    def _declared(self, fact: NodeFinished) -> JsonObject:
        """The outputs as they stand in the launch order, as far as this end can deliver them."""
        template = self.call.template
        if not template.outputs and not template.output_artifacts:
            return {}
        outputs: JsonObject = self._render_template().get("outputs") or {}
        return outputs

    def not_begun(self) -> str:
        """The message of a node that a shutdown kept from being launched."""
        return f"workflow shutdown with strategy: {self.core.run.shutdown}"

    def stopped(self) -> str:
        """The message of a node that a shutdown ends."""
        return f"workflow shutdown with strategy:  {self.core.run.shutdown}"

    def end(self, message: str) -> None:
        """Fail the node now, for `message`, and have whatever runs for it ended."""
        if self.call.made.phase == phases.RUNNING:
            self.core.saw_running_pod = True
        self.kill()
        self.conclude(phases.FAILED, message)

    def conclude(self, phase: str, message: str | None) -> None:
        """Fulfil the node."""
        self.core.set_phase(self.call.made, phase, message)

    def cut_off(self) -> None:
        """The node has ended before its process did."""
        self.kill()

    def kill(self) -> None:
        node = self.call.made
        run = self.core.run
        self.core.order(
            Kill(
                run_uid=run.uid,
                node_id=node.id,
                attempt=node.attempt,
                pod_name=self.call.pod_name,
                namespace=run.namespace,
                kind=self.call.template.kind,
            )
        )


def _whole_number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise EngineError(f"activeDeadlineSeconds: invalid value {value!r}") from None


def carry(pod: Pod) -> None:
    """Begin a pod, or take it up when its node exists."""
    call = pod.call
    call.frame = pod
    if call.node is None:
        pod.launch()
    else:
        pod.restore()
