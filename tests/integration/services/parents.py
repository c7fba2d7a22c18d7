"""A run, and resource templates carried out for its nodes on what the server keeps."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from workflows.engine.messages import Launch
from workflows.errors import SluiceError
from workflows.executors.agent.resource_work import ResourceWork
from workflows.executors.agent.settings import AgentSettings
from workflows.executors.agent.work import Ending, Failed, Pause
from workflows.models import Run
from workflows.services.object_store import StoredObjects
from workflows.services.submit import submit

HELLO = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: parent}
spec: {entrypoint: main, templates: [{name: main, suspend: {}}]}
"""
CHILD = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: child-, labels: {team: red}}
spec: {entrypoint: main, templates: [{name: main, suspend: {}}]}
"""
SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: "1", b: "2"}
"""


class Parent:
    """A run, and resource templates carried out for its nodes."""

    def __init__(self, creator: User) -> None:
        [self.run] = submit(creator, namespace="team", text=HELLO)
        self.creator = creator
        self.notes: list[str] = []

    def work(
        self, *, node: str = "n", attempt: int = 0, outputs: dict[str, Any] | None = None, **resource: Any
    ) -> ResourceWork:
        parameters = [{"name": name, "valueFrom": source} for name, source in (outputs or {}).items()]
        order = Launch(
            run_uid=self.run.uid, run_name=self.run.name, namespace="team", node_id=node, node_name=node,
            attempt=attempt, pod_name=node,
            template={"name": "t", "resource": resource, "outputs": {"parameters": parameters}},
        )  # fmt: skip
        return ResourceWork(order, self.notes.append, AgentSettings(), StoredObjects(), lambda *_: CHILD)

    def do(self, **about: Any) -> Ending | Pause:
        work = self.work(**about)
        try:
            return work.advance()
        except (Failed, SluiceError) as fault:
            return work.failed(str(fault))


def message_of(ending: Any) -> str:
    assert isinstance(ending, Ending), ending
    assert (ending.phase, ending.exit_code) == ("Failed", 64), ending
    return ending.message.removeprefix("main: Error (exit code 64): ")


def children() -> list[Run]:
    return list(Run.objects.exclude(name="parent").order_by("id"))


def finish(run: Run, phase: str) -> None:
    Run.objects.filter(id=run.id).update(phase=phase, wake_at=None, finished_at=1)
