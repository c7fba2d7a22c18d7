"""Artifacts to be deleted: which collections are due, of which artifacts, and what became of them.

Not for deleting files, see `services.artifact_gc`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from workflows.engine.messages import CollectArtifacts, JsonObject, Millis
from workflows.engine.phases import RUN_FINISHED
from workflows.models import ArtifactCollection, Run, RunManifest
from workflows.store.rows import dump, node_key, node_keys, parse, parse_library

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

#: idx of the first node less one
BEFORE_ALL = -1
_WITH_ARTIFACTS = '%"artifacts":%'
_MENTION = "artifactGC"


@dataclass(frozen=True, slots=True)
class Due:
    """A collection to carry out. `artifacts` is None for those of the run `run_id`, which still exists."""

    id: int
    namespace: str
    run_id: int | None
    artifacts: Sequence[JsonObject] | None
    tries: int


@dataclass(frozen=True, slots=True)
class PodArtifacts:
    """The output artifacts of one pod node."""

    idx: int
    artifacts: Sequence[JsonObject]


def plan_for_runs(cursor: CursorWrapper, records: Sequence[tuple[int, CollectArtifacts]]) -> None:
    """Note that runs end and artifacts of theirs are to go; in the transaction in which they end."""
    for run_id, record in records:
        cursor.execute(
            "INSERT INTO workflows_artifactcollection (run_id, namespace, artifacts, due_at, tries) "
            "SELECT r.id, s.name, '', %s, 0 FROM workflows_run r "
            "JOIN workflows_namespace s ON s.id = r.namespace_id WHERE r.id = %s "
            "ON CONFLICT (run_id) DO UPDATE SET due_at = excluded.due_at, tries = 0",
            [record.due_at, run_id],
        )


def plan(namespace: str, artifacts: Sequence[JsonObject], *, due_at: Millis) -> None:
    """Note artifacts of a run that is being deleted, in the transaction that deletes it."""
    ArtifactCollection.objects.create(namespace=namespace, artifacts=dump(artifacts), due_at=due_at)


def claim_due(now: Millis, *, until: Millis, limit: int) -> list[int]:
    """Ids of collections that are due; nobody else gets them before `until`."""
    due = ArtifactCollection.objects.filter(due_at__lte=now).order_by("due_at").values_list("id", "due_at")
    return [
        id_
        for id_, due_at in due[:limit]
        if ArtifactCollection.objects.filter(id=id_, due_at=due_at).update(due_at=until)
    ]


def begin(collection_id: int) -> Due | None:
    """Count one try; None when the collection is done."""
    with transaction.atomic():
        row = ArtifactCollection.objects.select_for_update().filter(id=collection_id).first()
        if row is None:
            return None
        row.tries += 1
        row.save(update_fields=["tries"])
    artifacts = parse(row.artifacts) if row.artifacts else None
    return Due(row.id, row.namespace, row.run_id, artifacts, row.tries)


def end(collection_id: int) -> None:
    ArtifactCollection.objects.filter(id=collection_id).delete()


def postpone(collection_id: int, due_at: Millis, left: Sequence[JsonObject] | None) -> None:
    """Try again later, with what is `left` of the artifacts of a run that is gone."""
    changes: dict[str, Any] = {"due_at": due_at}
    if left is not None:
        changes["artifacts"] = dump(left)
    ArtifactCollection.objects.filter(id=collection_id).update(**changes)


def manifest_with_collection(run_id: int) -> tuple[JsonObject, dict[tuple[str, str], JsonObject]] | None:
    """Manifest and library of a run, None when neither mentions the collection of artifacts."""
    found = RunManifest.objects.filter(run_id=run_id).values_list("workflow", "library").first()
    if found is None or not any(_MENTION in text for text in found):
        return None
    workflow, library = found
    return parse(workflow), dict(parse_library(library))


def has_finished(run_id: int) -> bool:
    return Run.objects.filter(id=run_id, phase__in=RUN_FINISHED).exists()


def pods_with_artifacts(run_id: int, *, after: int = BEFORE_ALL, limit: int) -> list[PodArtifacts]:
    """Pod nodes in order of creation, behind the one with idx `after`."""
    first, last = node_keys(run_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT idx, outputs FROM workflows_node WHERE id BETWEEN %s AND %s "
            "AND type = 'Pod' AND outputs LIKE %s ORDER BY id LIMIT %s",
            [first + after + 1, last, _WITH_ARTIFACTS, limit],
        )
        return [
            PodArtifacts(idx, parse(outputs).get("artifacts") or ()) for idx, outputs in cursor.fetchall()
        ]


def note_collected(run_id: int, deleted: Iterable[tuple[int, Collection[str]]], status: JsonObject) -> bool:
    """Mark artifacts of a finished run as deleted and keep `status` with it; False while an engine has it.

    `deleted` are idx of nodes with names of artifacts.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflows_run SET seq = seq + 1 "
            "WHERE id = %s AND lease_owner = '' AND phase IN ('Succeeded', 'Failed', 'Error')",
            [run_id],
        )
        if not cursor.rowcount:
            return False
        cursor.execute("SELECT seq, memo FROM workflows_run WHERE id = %s", [run_id])
        seq, memo = cursor.fetchone()
        for idx, names in deleted:
            _mark(cursor, run_id, idx, names, seq)
        cursor.execute(
            "UPDATE workflows_run SET memo = %s WHERE id = %s",
            [dump({**parse(memo), "artifactGC": status}), run_id],
        )
    return True


def _mark(cursor: CursorWrapper, run_id: int, idx: int, names: Collection[str], seq: int) -> None:
    key = node_key(run_id, idx)
    cursor.execute("SELECT outputs FROM workflows_node WHERE id = %s", [key])
    outputs = parse(cursor.fetchone()[0])
    for artifact in outputs.get("artifacts", ()):
        if artifact.get("name") in names:
            artifact["deleted"] = True
    cursor.execute(
        "UPDATE workflows_node SET outputs = %s, seq = %s WHERE id = %s", [dump(outputs), seq, key]
    )
