"""Artifacts of runs: which there are and where each is. Not for their bytes, see `artifact_content`.

Whoever may see a run may see what it took in and gave out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from workflows.artifacts import (
    ArtifactInvalid,
    ArtifactNotFound,
    Driver,
    Location,
    Stat,
    below,
    read_archive,
    read_location,
)
from workflows.artifacts.preview import content_type
from workflows.engine.artifact_repository import MEMO as REPOSITORY_MEMO
from workflows.engine.messages import JsonObject
from workflows.engine.node import Run
from workflows.errors import NotFoundError, SluiceError, UserError
from workflows.services.access import Actor
from workflows.services.artifact_stores import Stores
from workflows.services.runs import get_run, get_run_by_name
from workflows.store import read
from workflows.store.artifacts import BEFORE_ALL, NodeArtifacts, nodes_with_artifacts
from workflows.store.read import RunRecord

MAX_PAGE = 200
#: stores that are asked for sizes in a list; other servers are asked only when somebody wants the content
_MEASURED = frozenset({"plugin", "s3", "gcs", "azure", "raw"})
_AT_ONCE = 8
_CURSOR = re.compile(r"([0-9]{1,8})\.([0-9]{1,8})")


class Side(StrEnum):
    INPUTS = "inputs"
    OUTPUTS = "outputs"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One artifact of one node. `location` is None where it has none, as an optional one that was missing."""

    run: Run
    node_id: str
    node_name: str
    side: Side
    fields: JsonObject
    location: Location | None

    @property
    def name(self) -> str:
        return str(self.fields.get("name", ""))

    @property
    def is_deleted(self) -> bool:
        return self.fields.get("deleted") is True


@dataclass(frozen=True, slots=True)
class ListedArtifact:
    """`stat` is None when the store was not asked or did not answer; then `problem` may say why."""

    artifact: Artifact
    stat: Stat | None = None
    problem: str = ""

    @property
    def media_type(self) -> str:
        return content_type(self.artifact.location.key) if self.artifact.location is not None else ""

    @property
    def archive(self) -> str:
        """How the artifact is packed, as its manifest says: tar, zip or none; "" when it says nothing."""
        archive = read_archive(self.artifact.fields.get("archive"))
        return archive.format if archive.explicit else ""


@dataclass(frozen=True, slots=True)
class ArtifactPage:
    """`next_cursor` is that of the first artifact behind the page, None when there are no more."""

    items: Sequence[ListedArtifact] = field(default_factory=tuple)
    next_cursor: str | None = None


def list_artifacts(
    actor: Actor, uid: str, *, node_id: str = "", limit: int = 50, cursor: str = ""
) -> ArtifactPage:
    """Artifacts of a run, or of one node, in order of creation, inputs first, with sizes where cheap."""
    record = get_run(actor, uid)
    size = max(1, min(limit, MAX_PAGE))
    found = list(islice(_from(record, node_id, *_parse_cursor(cursor)), size + 1))
    listed = _measured(record.run, [artifact for _, artifact in found[:size]])
    return ArtifactPage(listed, found[size][0] if len(found) > size else None)


def find_artifact(actor: Actor, uid: str, node_id: str, side: Side, name: str) -> Artifact:
    """Raises NotFoundError when there is none, none the actor may see, or when it was deleted."""
    return find_in(get_run(actor, uid), node_id, side, name)


def find_artifact_of(
    actor: Actor, namespace: str, run_name: str, node_id: str, side: Side, name: str
) -> Artifact:
    """The same by the name of the run."""
    return find_in(get_run_by_name(actor, namespace, run_name), node_id, side, name)


def is_folder(artifact: Artifact, path: str = "") -> bool:
    """Whether the artifact, or the place `path` below it, is a stored folder."""
    driver, location = open_store(artifact)
    key = below(location.key, path) if path else location.key
    return location.kind in _MEASURED and driver.is_directory(key)


def find_in(record: RunRecord, node_id: str, side: Side, name: str) -> Artifact:
    """The same in a run the actor has been found to be allowed to see."""
    for node in _nodes(record, node_id, BEFORE_ALL):
        for artifact in _artifacts_of(record.run, node):
            if artifact.side == side and artifact.name == name:
                if artifact.is_deleted:
                    raise NotFoundError(f"artifact {name!r} has been deleted", code="artifact-deleted")
                return artifact
    raise NotFoundError(f"node {node_id!r} has no artifact {name!r} among its {side}")


def find_node_id(actor: Actor, uid: str, name: str) -> str:
    """The id of the first node with artifacts that has this id or display name; raises NotFoundError."""
    for node in _nodes(get_run(actor, uid), "", BEFORE_ALL):
        if name in (node.node_id, node.display_name):
            return node.node_id
    raise NotFoundError(f"run {uid} has no node {name!r} with artifacts")


def open_store(artifact: Artifact) -> tuple[Driver, Location]:
    """Raises NotFoundError for an artifact that is nowhere, ArtifactUnsupported where no driver is."""
    if artifact.location is None:
        raise ArtifactNotFound(f"artifact {artifact.name!r} was not there and is optional")
    return Stores(artifact.run.namespace).open(artifact.location), artifact.location


def _from(record: RunRecord, node_id: str, idx: int, number: int) -> Iterator[tuple[str, Artifact]]:
    """Artifacts and their cursors, from the given one of the node with that idx on."""
    for node in _nodes(record, node_id, idx - 1):
        first = number if node.idx == idx else 0
        for place, artifact in enumerate(_artifacts_of(record.run, node)):
            if place >= first:
                yield f"{node.idx}.{place}", artifact


def _nodes(record: RunRecord, node_id: str, after: int) -> Iterator[NodeArtifacts]:
    if node_id:
        node = read.find_node(record.run_id, node_id)
        if node is None:
            raise NotFoundError(f"run {record.run.uid} has no node {node_id}")
        inputs, outputs = ((fields or {}).get("artifacts") or () for fields in (node.inputs, node.outputs))
        yield NodeArtifacts(node.idx, node.id, node.display_name, inputs, outputs)
        return
    while found := nodes_with_artifacts(record.run_id, after=after, limit=MAX_PAGE):
        yield from found
        after = found[-1].idx


def _artifacts_of(run: Run, node: NodeArtifacts) -> Iterator[Artifact]:
    for side, artifacts in ((Side.INPUTS, node.inputs), (Side.OUTPUTS, node.outputs)):
        for fields in artifacts:
            yield Artifact(run, node.node_id, node.display_name, side, fields, _location(run, fields))


def _location(run: Run, fields: JsonObject) -> Location | None:
    """Of an artifact that names only a key, the store is the run's repository."""
    try:
        location = read_location(fields)
        if location is None or location.is_complete() or not location.key:
            return location
        return location.relocated(read_location(run.memo.get(REPOSITORY_MEMO, {}).get("location") or {}))
    except ArtifactInvalid:
        return None


def _measured(run: Run, artifacts: Sequence[Artifact]) -> list[ListedArtifact]:
    stores = Stores(run.namespace)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sluice-artifacts") as pool:
        # Stores are opened here, as that may read secrets from the database; threads only ask them.
        waiting = [
            (artifact, pool.submit(driver.stat, key) if driver else None, problem)
            for artifact in artifacts
            for driver, key, problem in [_opened(stores, artifact)]
        ]
    listed = []
    for artifact, asked, problem in waiting:
        try:
            listed.append(ListedArtifact(artifact, asked.result() if asked else None, problem))
        except SluiceError as error:
            listed.append(ListedArtifact(artifact, None, error.message))
    return listed


def _opened(stores: Stores, artifact: Artifact) -> tuple[Driver | None, str, str]:
    """The store, the key in it, and why there is no store."""
    location = artifact.location
    if location is None or artifact.is_deleted or location.kind not in _MEASURED:
        return None, "", ""
    try:
        return stores.open(location), location.key, ""
    except SluiceError as error:
        return None, "", error.message


def _parse_cursor(cursor: str) -> tuple[int, int]:
    """The idx of a node and the number of one of its artifacts."""
    found = _CURSOR.fullmatch(cursor or "0.0")
    if found is None:
        raise UserError("the cursor is not one this server gave out", code="invalid-cursor")
    return int(found[1]), int(found[2])
