"""Resource templates on the objects that the server keeps, with the rights of the run's creator."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.services.parents import CHILD, SETTINGS, Parent, children, finish, message_of
from workflows.engine.messages import Stop, Terminate
from workflows.executors.agent.work import Ending, Failed, Pause
from workflows.models import ConfigEntry
from workflows.services import retention, runs
from workflows.services.object_store import StoredObjects
from workflows.store import signals


@pytest.fixture
def parent(make_user: Any) -> Parent:
    return Parent(make_user("admin"))


@pytest.mark.argo("14-workflow-of-workflows", "3-resource")
def test_creating_a_workflow_starts_a_run_that_knows_its_parent(parent: Parent) -> None:
    ending = parent.do(action="create", manifest=CHILD, outputs={"name": {"jsonPath": "{.metadata.name}"}})

    [child] = children()
    assert isinstance(ending, Ending)
    assert (ending.phase, ending.exit_code, ending.parameters) == ("Succeeded", 0, {"name": child.name})
    assert child.name.startswith("child-")
    record = runs.get_run(parent.creator, child.uid)
    assert record.run.labels["sluice/parent-run"] == parent.run.uid
    assert record.run.labels["team"] == "red"
    assert record.run.annotations["sluice/parent-node"] == "n"
    assert record.creator == parent.creator.username


def test_doing_it_again_after_a_crash_starts_nothing_new(parent: Parent) -> None:
    for _ in range(3):
        parent.do(action="create", manifest=CHILD)
    parent.do(action="create", manifest=CHILD, attempt=1)

    assert len(children()) == 2


def test_a_name_that_is_taken_is_told_in_kubectls_words(parent: Parent) -> None:
    named = CHILD.replace("generateName: child-", "name: parent")

    message = message_of(parent.do(action="create", manifest=named))

    assert message == (
        'no more retries Error from server (AlreadyExists): error when creating "/tmp/manifest.yaml": '
        'workflows.argoproj.io "parent" already exists'
    )


def test_waiting_goes_on_until_a_condition_holds(parent: Parent) -> None:
    work = parent.work(
        action="create",
        manifest=CHILD,
        successCondition="status.phase == Succeeded",
        failureCondition="status.phase in (Failed, Error)",
    )
    first = work.advance()
    [child] = children()
    finish(child, "Succeeded")

    assert isinstance(first, Pause)
    assert first.topic == child.uid
    assert work.advance() == Ending("Succeeded", exit_code=0)


def test_a_failure_condition_fails_the_node(parent: Parent) -> None:
    work = parent.work(action="create", manifest=CHILD, failureCondition="status.phase in (Failed, Error)",
                       successCondition="status.phase == Succeeded")  # fmt: skip
    work.advance()
    finish(children()[0], "Error")

    with pytest.raises(Failed, match=r"failure condition 'status.phase in \(Error,Failed\)' evaluated true"):
        work.advance()


def test_a_resource_that_goes_while_it_is_waited_for_fails_the_node(parent: Parent) -> None:
    work = parent.work(action="create", manifest=CHILD, successCondition="status.phase == Succeeded")
    work.advance()
    finish(children()[0], "Succeeded")
    retention.delete_run(parent.creator, children()[0].uid)

    with pytest.raises(Failed, match="has been deleted while its status was still being checked"):
        work.advance()


def test_killing_the_attempt_stops_the_run_it_created(parent: Parent) -> None:
    work = parent.work(action="create", manifest=CHILD, successCondition="status.phase == Succeeded")
    work.advance()
    parent.do(action="create", manifest=CHILD, node="other")
    child, other = children()

    work.killed()

    received = signals.read([child.id, other.id])
    assert [(one.run_id, type(one.message)) for one in received] == [(child.id, Stop)]


def test_deleting_the_parent_deletes_what_it_owns(parent: Parent) -> None:
    parent.do(action="create", manifest=CHILD, setOwnerReference=True)
    parent.do(action="create", manifest=SETTINGS, setOwnerReference=True)
    parent.do(action="create", manifest=SETTINGS.replace("settings", "kept"), node="m")
    [child] = children()

    StoredObjects().run_deleted(parent.run.uid, "team")

    assert [row.name for row in ConfigEntry.objects.all()] == ["kept"]
    assert [type(one.message) for one in signals.read([child.id])] == [Stop]
    finish(child, "Failed")
    retention.delete_expired(10**15)
    assert children() == []


def test_runs_do_not_create_themselves_for_ever(parent: Parent) -> None:
    uid = parent.run.uid
    for depth in range(30):
        inner = Parent.__new__(Parent)
        inner.run = type(parent.run)(uid, "x", "team")
        inner.notes = []
        ending = inner.do(action="create", manifest=CHILD, node=f"n{depth}")
        if ending != Ending("Succeeded", exit_code=0):
            break
        uid = children()[-1].uid

    assert "nested more than 20 deep" in message_of(ending)
    assert len(children()) == 20


@pytest.mark.parametrize(
    ("patch", "wish"),
    [("spec: {shutdown: Stop}", Stop), ("spec: {shutdown: Terminate}", Terminate)],
)
def test_patching_a_workflow_steers_its_run(parent: Parent, patch: str, wish: type[Any]) -> None:
    parent.do(action="create", manifest=CHILD)
    [child] = children()

    ending = parent.do(action="patch", mergeStrategy="merge", flags=["workflow", child.name], manifest=patch)

    assert ending == Ending("Succeeded", exit_code=0)
    assert [type(one.message) for one in signals.read([child.id])] == [wish]


def test_the_rest_of_a_running_workflow_cannot_be_changed(parent: Parent) -> None:
    parent.do(action="create", manifest=CHILD)
    [child] = children()

    message = message_of(
        parent.do(
            action="patch", flags=[f"wf/{child.name}"], manifest="spec: {priority: 5}", mergeStrategy="merge"
        )
    )

    assert "only spec.suspend and spec.shutdown" in message


def test_deleting_a_workflow_ends_it_first(parent: Parent) -> None:
    parent.do(action="create", manifest=CHILD)
    [child] = children()
    work = parent.work(action="delete", flags=["workflow", "--selector", "team=red"])

    first = work.advance()
    asked = [type(one.message) for one in signals.read([child.id])]
    finish(child, "Failed")

    assert isinstance(first, Pause)
    assert asked == [Terminate]
    assert work.advance() == Ending("Succeeded", exit_code=0)
    assert children() == []
