"""The objects of resource templates, in the namespace of the run and with the rights of the run's creator.

What an attempt created carries its mark, so that doing it again after a crash finds it instead of making
another. Runs that a run created, its child runs, carry its uid as a label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.db import InterfaceError, OperationalError, connection

from workflows.engine.messages import JsonObject, Stop
from workflows.engine.phases import RUN_FINISHED
from workflows.errors import ConflictError, EnvironmentFault, ForbiddenError, NotFoundError, UserError
from workflows.executors.agent import Change, Hear, Requester
from workflows.models import ConfigEntry, Run, Secret, Template
from workflows.services.access import Actor
from workflows.services.claims import delete_claims_labelled
from workflows.services.object_kinds import OBJECT_KINDS, Matches
from workflows.store import bus, clock, signals

#: labels of what a run created: the run, the attempt, and the run it is to be deleted with
PARENT_LABEL: Final = "sluice/parent-run"
MARK_LABEL: Final = "sluice/created-by"
OWNER_LABEL: Final = "sluice/owned-by"
#: annotation of a child run: the node of the parent that created it
NODE_ANNOTATION: Final = "sluice/parent-node"

#: runs inside runs; more is taken for a run that creates itself for ever
_MAX_NESTING: Final = 20
_PREFIX_LENGTH: Final = 58
_SUFFIX_LENGTH: Final = 5


class StoredObjects:
    """See `executors.agent.ObjectStore`. To be used from any thread without a transaction."""

    def create(self, by: Requester, manifest: JsonObject, *, owned: bool) -> JsonObject:
        kind = OBJECT_KINDS[manifest["kind"]]
        with _database():
            actor = _creator(by)
            if manifest["kind"] == "Workflow":
                _require_shallow(by.run_uid)
            marked = _marked(by, manifest, owned=owned)
            try:
                return kind.create(actor, by.namespace, marked)
            except ConflictError:
                found = kind.get(actor, by.namespace, marked["metadata"]["name"], whole=False)
                if (found["metadata"].get("labels") or {}).get(MARK_LABEL) == by.mark:
                    return found
                raise

    def get(self, by: Requester, kind: str, name: str, *, whole: bool) -> JsonObject:
        with _database():
            return OBJECT_KINDS[kind].get(_creator(by), by.namespace, name, whole=whole)

    def change(self, by: Requester, kind: str, name: str, change: Change) -> JsonObject:
        with _database():
            return OBJECT_KINDS[kind].change(_creator(by), by.namespace, name, change)

    def delete(self, by: Requester, kind: str, name: str) -> bool:
        with _database():
            return OBJECT_KINDS[kind].delete(_creator(by), by.namespace, name)

    def names(self, by: Requester, kind: str, matches: Matches) -> list[str]:
        with _database():
            labelled = OBJECT_KINDS[kind].labelled(_creator(by), by.namespace)
            return [name for name, labels in labelled if matches(labels)]

    def stop_created(self, by: Requester) -> None:
        with _database():
            _ask_to_stop(_labelled_runs(MARK_LABEL, by.mark))

    def run_deleted(self, run_uid: str, namespace: str) -> None:
        with _database():
            owned = _labelled_runs(OWNER_LABEL, run_uid)
            if owned:
                # Housekeeping deletes them as soon as they have finished.
                ids = [run_id for run_id, _ in owned]
                Run.objects.filter(id__in=ids).update(ttl_success=0, ttl_failure=0)
                _ask_to_stop(owned)
            for model in (ConfigEntry, Secret, Template):
                model.objects.filter(
                    namespace__name=namespace, **{f"labels__{OWNER_LABEL}": run_uid}
                ).delete()
        delete_claims_labelled(namespace, OWNER_LABEL, run_uid)

    def watch(self, hear: Hear) -> Callable[[], None]:
        return bus.current().on_changes(lambda changes: hear([change.uid for change in changes]))


def _creator(by: Requester) -> Actor:
    run = Run.objects.select_related("creator").filter(uid=by.run_uid).first()
    if run is None:
        raise NotFoundError(f"there is no run {by.run_uid}")
    if run.creator is None:
        raise ForbiddenError(f"{run.creator_name!r}, who created the run, has no account any more")
    return run.creator


def _marked(by: Requester, manifest: JsonObject, *, owned: bool) -> JsonObject:
    """The manifest with its whole name and the labels of what this attempt created."""
    metadata: JsonObject = {**(manifest.get("metadata") or {})}
    prefix = str(metadata.pop("generateName", None) or "")
    if not metadata.get("name"):
        metadata["name"] = prefix[:_PREFIX_LENGTH] + by.mark[:_SUFFIX_LENGTH]
    labels = {PARENT_LABEL: by.run_uid, MARK_LABEL: by.mark} | ({OWNER_LABEL: by.run_uid} if owned else {})
    metadata["labels"] = {**(metadata.get("labels") or {}), **labels}
    metadata["annotations"] = {**(metadata.get("annotations") or {}), NODE_ANNOTATION: by.node_id}
    return {**manifest, "metadata": metadata}


def _require_shallow(run_uid: str) -> None:
    """Raises UserError for a run that is too deep inside others to create one more."""
    uid = run_uid
    for _ in range(_MAX_NESTING):
        labels = _label_of(uid, PARENT_LABEL)
        if labels is None:
            return
        uid = labels
    raise UserError(f"runs are nested more than {_MAX_NESTING} deep", code="too-deep")


def _label_of(uid: str, key: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.value FROM workflows_runlabel l JOIN workflows_run r ON r.id = l.run_id "
            "WHERE r.uid = %s AND l.key = %s",
            [uid, key],
        )
        row = cursor.fetchone()
    return None if row is None else str(row[0])


def _labelled_runs(key: str, value: str) -> list[tuple[int, str]]:
    """Row ids and uids."""
    rows = Run.objects.filter(label_rows__key=key, label_rows__value=value)
    return list(rows.values_list("id", "uid"))


def _ask_to_stop(found: list[tuple[int, str]]) -> None:
    open_ones = (
        Run.objects.filter(id__in=[run_id for run_id, _ in found])
        .exclude(phase__in=RUN_FINISHED)
        .values_list("id", "uid")
    )
    for run_id, uid in open_ones:
        signals.post(run_id, [Stop()], now=clock.now())
        bus.current().wake(uid)


@contextmanager
def _database() -> Iterator[None]:
    """A thread that has used no connection before is not left with one; faults of the database may pass."""
    fresh = connection.connection is None
    try:
        yield
    except (OperationalError, InterfaceError) as fault:
        raise EnvironmentFault(f"the database does not answer: {fault}") from fault
    finally:
        if fresh and not connection.in_atomic_block:
            connection.close()
