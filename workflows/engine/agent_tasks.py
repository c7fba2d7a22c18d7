"""Nodes that need no container of the user's: http, plugin, resource and data templates.

Source: Argo's `executeHTTPTemplate`, `executePluginTemplate`, `reconcileTaskSet`, `executeResource` and
`executeData`. Not for what carries them out: see `executors.agent`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from workflows.engine import phases
from workflows.engine.calls import Call, starts
from workflows.engine.messages import JsonObject, Launch, NodeFact, NodeFinished, NodeReported
from workflows.engine.pod import Pod

if TYPE_CHECKING:
    from workflows.engine.node import Node


class AgentTask(Pod):
    """A node of an http or plugin template. It makes no pod, so it stays Pending until an answer comes."""

    __slots__ = ()

    def not_begun(self) -> str:
        return self.stopped()

    def stopped(self) -> str:
        return f"Stopped with strategy '{self.core.run.shutdown}'"

    def take(self, fact: NodeFact) -> None:
        match fact:
            case NodeReported():
                self._reported(fact)
            case NodeFinished():
                self._finished(fact)

    def _reported(self, fact: NodeReported) -> None:
        node = self.call.made
        if fact.phase in (phases.PENDING, phases.RUNNING) and (fact.phase, fact.message) != (
            node.phase,
            node.message,
        ):
            self.core.set_phase(node, fact.phase, fact.message)

    def _finished(self, fact: NodeFinished) -> None:
        """The answer alone decides: what the template declares as outputs is not looked at, as in Argo."""
        node = self.call.made
        node.outputs = _answered(fact)
        node.finished_at = max(fact.at, node.started_at or fact.at)
        self.core.export(node.outputs)
        self.core.set_phase(node, fact.phase, fact.message)

    def _captures_result(self) -> bool:
        return True


class HTTPTask(AgentTask):
    __slots__ = ()

    node_type = phases.HTTP


class PluginTask(AgentTask):
    """What a plugin is told includes the inputs, and which plugins the run wants is part of the order."""

    __slots__ = ()

    node_type = phases.PLUGIN

    def order(self, node: Node) -> Launch:
        order = super().order(node)
        template = {"inputs": {}, "outputs": {}, **order.template}
        if self.call.inputs:
            template["inputs"] = {**template["inputs"], "parameters": self.call.inputs}
        pod = order.pod
        plugins = self.core.program.spec.executor_plugins
        if plugins:
            names = [{"metadata": {"name": (plugin.get("metadata") or {}).get("name")}} for plugin in plugins]
            pod = {**pod, "executorPlugins": names}
        return replace(order, template=template, pod=pod)


class ResourcePod(Pod):
    """A pod that works on an object. Outputs are only read once its conditions hold."""

    __slots__ = ()

    def _declared(self, fact: NodeFinished) -> JsonObject:
        return super()._declared(fact) if fact.phase == phases.SUCCEEDED else {}


class DataPod(Pod):
    __slots__ = ()

    def _captures_result(self) -> bool:
        """The list is the whole point of the template: Argo reports it whether it is mentioned or not."""
        return True


def _answered(fact: NodeFinished) -> JsonObject | None:
    outputs: JsonObject = {}
    if fact.parameters:
        outputs["parameters"] = [{"name": name, "value": value} for name, value in fact.parameters.items()]
    if fact.artifacts:
        outputs["artifacts"] = fact.artifacts
    if fact.result is not None:
        outputs["result"] = fact.result
    if fact.exit_code is not None:
        outputs["exitCode"] = str(fact.exit_code)
    return outputs or None


_KINDS: dict[str, type[Pod]] = {
    "http": HTTPTask,
    "plugin": PluginTask,
    "resource": ResourcePod,
    "data": DataPod,
}


@starts(*_KINDS)
def start_task(call: Call) -> None:
    task = _KINDS[call.template.kind](call)
    call.frame = task
    if call.node is None:
        task.launch()
    else:
        task.restore()
