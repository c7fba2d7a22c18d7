"""Which class carries a pod of the user's containers: see `pod`, `daemon` and `container_set`."""

from __future__ import annotations

from workflows.engine.calls import Call, starts
from workflows.engine.container_set import ContainerSet, DaemonSet
from workflows.engine.daemon import Daemon
from workflows.engine.pod import Pod, carry


@starts("container", "script")
def start_pod(call: Call) -> None:
    carry(Daemon(call) if call.template.spec.daemon else Pod(call))


@starts("container_set")
def start_container_set(call: Call) -> None:
    carry(DaemonSet(call) if call.template.spec.daemon else ContainerSet(call))
