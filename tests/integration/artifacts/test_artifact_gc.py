"""Deleting artifacts with the end of a run or with the run, whatever fails or dies on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from tests.conftest import FakeClock
from tests.integration.artifacts.conftest import folder_artifact, outputs
from workflows.artifacts import ArtifactNotFound, StoreUnavailable
from workflows.artifacts.folder import FolderDriver
from workflows.engine.messages import CollectArtifacts
from workflows.engine.node import Run
from workflows.models import ArtifactCollection, Node, RunManifest
from workflows.models import Run as RunRow
from workflows.services import artifact_gc, retention
from workflows.store import collections

MakeRun = Callable[..., Run]
Save = Callable[[str, bytes | dict[str, bytes]], None]
pytestmark = pytest.mark.argo("7-artifact-gc", "2-artifact-gc")

STRATEGIES = ("OnWorkflowCompletion", "OnWorkflowDeletion", "Never")


def artifact(strategy: str) -> dict[str, Any]:
    return folder_artifact(strategy, f"r/{strategy}", artifactGC={"strategy": strategy})


@pytest.fixture
def run(make_run: MakeRun, save: Save) -> Run:
    """A finished run with an artifact of each strategy, and one that leaves it to the run."""
    for strategy in (*STRATEGIES, "inherited"):
        save(f"r/{strategy}", b"content")
    listed = [*map(artifact, STRATEGIES), folder_artifact("inherited", "r/inherited")]
    run = make_run([outputs(*listed), {}])
    configure(run, {"strategy": "OnWorkflowDeletion"})
    return run


def configure(run: Run, collection: dict[str, Any]) -> None:
    spec = {"entrypoint": "main", "templates": [{"name": "main"}], "artifactGC": collection}
    workflow = {"metadata": {"name": run.name}, "spec": spec}
    RunManifest.objects.filter(run__uid=run.uid).update(workflow=json.dumps(workflow))


def ended(run: Run, *, due_at: int = 0) -> int:
    """What the engine has written when the run ends; the id of its collection."""
    row = RunRow.objects.get(uid=run.uid)
    with connection.cursor() as cursor:
        collections.plan_for_runs(cursor, [(row.id, CollectArtifacts(due_at=due_at))])
    return ArtifactCollection.objects.get(run_id=row.id).id


def stored(store: FolderDriver) -> set[str]:
    found = set()
    for strategy in (*STRATEGIES, "inherited"):
        try:
            store.stat(f"r/{strategy}")
            found.add(strategy)
        except ArtifactNotFound:
            pass
    return found


def marked() -> set[str]:
    shown = json.loads(Node.objects.get(idx=0).outputs)["artifacts"]
    return {entry["name"] for entry in shown if entry.get("deleted")}


@pytest.fixture
def hand_out(monkeypatch: pytest.MonkeyPatch, fake_clock: FakeClock) -> Callable[[], int]:
    """Do at once what workers would; returns how many collections there were to do."""

    def act() -> int:
        taken: list[int] = []
        monkeypatch.setattr(artifact_gc.dispatch, "call", lambda task, ids: taken.extend(ids))
        artifact_gc.hand_out(fake_clock.now())
        for one in taken:
            artifact_gc.collect(one)
        return len(taken)

    return act


def test_the_end_of_a_run_deletes_what_is_to_go_then(run: Run, store: FolderDriver) -> None:
    artifact_gc.collect(ended(run))

    assert stored(store) == {"OnWorkflowDeletion", "Never", "inherited"}
    assert marked() == {"OnWorkflowCompletion"}
    row = RunRow.objects.get(uid=run.uid)
    assert Node.objects.get(idx=0).seq == row.seq == 2
    assert json.loads(row.memo)["artifactGC"] == {"strategiesProcessed": {"OnWorkflowCompletion": True}}
    assert not ArtifactCollection.objects.exists()


def test_nothing_is_done_before_it_is_due(
    run: Run, store: FolderDriver, fake_clock: FakeClock, hand_out: Callable[[], int]
) -> None:
    ended(run, due_at=fake_clock.now() + 10_000)

    assert hand_out() == 0
    fake_clock.pass_ms(10_000)
    assert hand_out() == 1
    assert "OnWorkflowCompletion" not in stored(store)
    assert hand_out() == 0


@pytest.mark.parametrize("collected", [True, False], ids=["after its end", "before its collection"])
def test_deleting_a_run_deletes_all_but_what_is_never_deleted(
    run: Run, store: FolderDriver, admin: User, hand_out: Callable[[], int], collected: bool
) -> None:
    collection = ended(run)
    if collected:
        artifact_gc.collect(collection)

    retention.delete_run(admin, run.uid)
    assert not RunRow.objects.exists()
    assert "inherited" in stored(store), "files go after the run, not with it"
    while hand_out():
        pass
    assert stored(store) == {"Never"}
    assert not ArtifactCollection.objects.exists()


def test_whoever_dies_while_deleting_is_replaced(
    run: Run, store: FolderDriver, fake_clock: FakeClock, hand_out: Callable[[], int], monkeypatch: Any
) -> None:
    def die(*_: Any) -> None:
        raise SystemExit

    ended(run)
    with monkeypatch.context() as patched:
        patched.setattr(collections, "note_collected", die)
        with pytest.raises(SystemExit):
            hand_out()
    assert "OnWorkflowCompletion" not in stored(store)
    assert marked() == set()

    assert hand_out() == 0
    fake_clock.pass_ms(5 * 60_000)
    assert hand_out() == 1
    assert marked() == {"OnWorkflowCompletion"}


def test_a_store_that_is_away_is_tried_again_and_then_given_up(
    run: Run, fake_clock: FakeClock, hand_out: Callable[[], int], monkeypatch: Any
) -> None:
    def away(*_: Any) -> None:
        raise StoreUnavailable("the store does not answer")

    monkeypatch.setattr(FolderDriver, "delete", away)
    ended(run)
    tries = 0
    while ArtifactCollection.objects.exists():
        tries += hand_out()
        fake_clock.pass_ms(60_000)

    assert tries == 8
    status = json.loads(RunRow.objects.get(uid=run.uid).memo)["artifactGC"]
    assert status["error"] == "the store does not answer"
    assert marked() == set()


def test_artifacts_of_a_deleted_run_are_given_up_one_by_one(
    run: Run, store: FolderDriver, admin: User, fake_clock: FakeClock, hand_out: Any, monkeypatch: Any
) -> None:
    delete = FolderDriver.delete

    def partly(self: FolderDriver, key: str) -> None:
        if key == "r/inherited":
            raise StoreUnavailable("not now")
        delete(self, key)

    monkeypatch.setattr(FolderDriver, "delete", partly)
    retention.delete_run(admin, run.uid)
    hand_out()

    assert stored(store) == {"Never", "inherited"}
    left = json.loads(ArtifactCollection.objects.get().artifacts)
    assert [entry["name"] for entry in left] == ["inherited"]


def test_a_run_that_goes_on_keeps_its_artifacts(run: Run, store: FolderDriver) -> None:
    collection = ended(run)
    RunRow.objects.filter(uid=run.uid).update(phase="Running")

    artifact_gc.collect(collection)

    assert stored(store) == {*STRATEGIES, "inherited"}
    assert not ArtifactCollection.objects.exists()


def test_a_run_that_an_engine_holds_is_marked_later(run: Run, fake_clock: FakeClock, hand_out: Any) -> None:
    ended(run)
    RunRow.objects.filter(uid=run.uid).update(lease_owner="engine")
    hand_out()
    assert marked() == set()

    RunRow.objects.filter(uid=run.uid).update(lease_owner="")
    fake_clock.pass_ms(30_000)
    hand_out()
    assert marked() == {"OnWorkflowCompletion"}


def test_an_end_after_a_retry_asks_anew(run: Run) -> None:
    first = ended(run)
    artifact_gc.collect(first)

    second = ended(run)
    assert ended(run, due_at=7) == second
    assert ArtifactCollection.objects.get().due_at == 7


def test_runs_that_say_nothing_of_collection_cost_nothing(make_run: MakeRun, admin: User) -> None:
    run = make_run([outputs(folder_artifact("a", "r/a"))])

    retention.delete_run(admin, run.uid)

    assert not ArtifactCollection.objects.exists()
