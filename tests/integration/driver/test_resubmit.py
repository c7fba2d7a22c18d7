"""A failed run is resubmitted with memory and driven to its end by an engine."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from tests.integration.driver.conftest import MakeWorld, World
from workflows.errors import ConflictError
from workflows.executors.simulated import Outcome, Rule
from workflows.models import Namespace, Run
from workflows.services import resubmit, submit
from workflows.store import load

TEXT = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: first, labels: {team: red}, annotations: {note: kept}}
spec:
  entrypoint: main
  arguments: {parameters: [{name: p, value: "1"}]}
  synchronization: {mutexes: [{name: one-at-a-time}]}
  workflowMetadata: {labels: {made: "by-{{workflow.parameters.p}}"}}
  templates:
    - name: main
      dag:
        tasks:
          - {name: a, template: good}
          - {name: b, template: bad, depends: a}
          - {name: c, template: good, depends: b}
    - name: good
      container: {image: busybox, command: ["true"]}
    - name: bad
      container: {image: busybox, command: ["true"]}
"""
FAILS = Rule(Outcome(phase="Failed", exit_code=1), template="bad")


def start(world: World) -> User:
    actor = User.objects.create_superuser("root")
    Namespace.objects.get_or_create(name="team", defaults={"created_at": 0})
    submit.submit(actor, namespace="team", text=TEXT)
    return actor


def finished(world: World, name: str) -> dict[str, tuple[str, str]]:
    row = Run.objects.get(name=name)
    assert row.phase in ("Succeeded", "Failed"), (row.phase, row.message)
    return {node.display_name: (node.type, node.phase) for node in load.load_nodes(row.id)}


@pytest.mark.argo("8-resubmit")
def test_it_goes_on_where_the_other_failed(make_world: MakeWorld) -> None:
    world = make_world(FAILS)
    actor = start(world)
    engine = world.engine()
    engine.work()
    assert finished(world, "first")["b"] == ("Pod", "Failed")

    again = resubmit.resubmit(actor, Run.objects.get(name="first").uid, parameters={"p": "2"}, memoized=True)
    engine.sent.clear()
    engine.work()
    found = finished(world, again.name)
    assert found == {
        again.name: ("DAG", "Failed"),
        "a": ("Skipped", "Skipped"),
        "b": ("Pod", "Failed"),
        "c": ("Skipped", "Omitted"),
    }
    assert engine.launched() == [f"{again.name}.b"]
    run = world.run(Run.objects.get(name=again.name).id)
    assert (run.labels["team"], run.labels["made"], run.annotations["note"]) == ("red", "by-2", "kept")
    assert run.labels["workflows.argoproj.io/resubmitted-from-workflow"] == "first"
    assert run.started_at is not None


def test_only_failed_runs_are_carried_over(make_world: MakeWorld) -> None:
    world = make_world()
    actor = start(world)
    world.engine().work()
    uid = Run.objects.get(name="first").uid
    with pytest.raises(ConflictError, match="must be Failed/Error"):
        resubmit.resubmit(actor, uid, memoized=True)


def test_the_command_resubmits(make_world: MakeWorld) -> None:
    world = make_world(FAILS)
    start(world)
    engine = world.engine()
    engine.work()
    for flags in ([], ["--memoized"], ["--same-templates", "-p", "p=3"]):
        out = StringIO()
        call_command("resubmit", "first", "-n", "team", *flags, stdout=out)
        assert out.getvalue().startswith("team/first-")
    engine.work()
    assert set(Run.objects.values_list("phase", flat=True)) == {"Failed"}
    assert Run.objects.count() == 4
