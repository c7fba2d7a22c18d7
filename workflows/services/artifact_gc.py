"""Deleting artifacts when their run ends or is deleted, as the manifest's `artifactGC` says.

A collection is a row from the moment it is decided until its artifacts are gone, so that nothing is lost
whenever a process dies. Unlike Argo's finalizer it never keeps a run from being deleted.
Source: Argo's artifact garbage collection page; `findArtifactsToGC`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workflows.engine import compile_program
from workflows.engine.clock import SECOND
from workflows.engine.errors import EngineError
from workflows.engine.messages import JsonObject, Millis
from workflows.executors import dispatch
from workflows.models import Run
from workflows.services.artifact_stores import Undeleted, delete_artifacts
from workflows.store import bus, clock, collections
from workflows.store.bus import Change
from workflows.store.collections import Due, PodArtifacts

logger = logging.getLogger(__name__)

ON_COMPLETION = "OnWorkflowCompletion"
ON_DELETION = "OnWorkflowDeletion"
TASK = "sluice.collect_artifacts"
#: nobody else tries a collection for this long; whoever died with it is then replaced
_CLAIM: Millis = 5 * 60 * SECOND
_TRIES = 8
_FIRST_WAIT: Millis = 30 * SECOND
_LONGEST_WAIT: Millis = 60 * 60 * SECOND
#: nodes looked at, and artifacts kept in one row, at a time
_PAGE = 500
_BATCH = 20


def hand_out(now: Millis) -> None:
    """Have workers carry out what is due. Called again and again by housekeeping."""
    due = collections.claim_due(now, until=now + _CLAIM, limit=_BATCH)
    if due:
        dispatch.call(TASK, due)


def plan_deletion(run_id: int, namespace: str) -> None:
    """Note what is to go with the run, in the transaction that deletes it."""
    level = _run_level(run_id)
    if level is None:
        return
    wanted = {ON_COMPLETION, ON_DELETION}
    found: list[JsonObject] = []
    for pod in _pods(run_id):
        found += [dict(artifact) for artifact in pod.artifacts if _is_due(artifact, level, wanted)]
        while len(found) >= _PAGE:
            collections.plan(namespace, found[:_PAGE], due_at=0)
            del found[:_PAGE]
    if found:
        collections.plan(namespace, found, due_at=0)


def collect(collection_id: int) -> None:
    """Carry out one collection as far as it goes; what can succeed later is tried again."""
    due = collections.begin(collection_id)
    if due is None:
        return
    if due.run_id is not None:
        _collect_run(due, due.run_id)
    else:
        failures = delete_artifacts(due.namespace, due.artifacts or ())
        _conclude(due, failures, left=[dict(failure.artifact) for failure in failures if failure.passing])


def _collect_run(due: Due, run_id: int) -> None:
    level = _run_level(run_id)
    if level is None or not collections.has_finished(run_id):
        # gone, or retried: then its next end decides anew
        collections.end(due.id)
        return
    failures: list[Undeleted] = []
    for pod in _pods(run_id):
        wanted = [a for a in pod.artifacts if _is_due(a, level, {ON_COMPLETION})]
        if not wanted:
            continue
        undeleted = delete_artifacts(due.namespace, wanted)
        failures += undeleted
        gone = {a["name"] for a in wanted} - {failure.artifact["name"] for failure in undeleted}
        if not collections.note_collected(run_id, [(pod.idx, gone)], _status(failures)):
            collections.postpone(due.id, clock.now() + _FIRST_WAIT, None)
            return
    _announce(run_id)
    _conclude(due, failures, left=None)


def _conclude(due: Due, failures: Sequence[Undeleted], *, left: list[JsonObject] | None) -> None:
    if any(failure.passing for failure in failures) and due.tries < _TRIES:
        wait = min(_FIRST_WAIT * 2**due.tries, _LONGEST_WAIT)
        collections.postpone(due.id, clock.now() + wait, left)
        return
    for failure in failures:
        logger.warning(
            "artifact %s in namespace %s was not deleted: %s",
            failure.artifact.get("name"),
            due.namespace,
            failure.message,
        )
    collections.end(due.id)


def _status(failures: Sequence[Undeleted]) -> JsonObject:
    """What a run shows of its collection, see `wire.workflow`."""
    status: JsonObject = {"strategiesProcessed": {ON_COMPLETION: True}}
    if failures:
        status["error"] = failures[-1].message
    return status


def _run_level(run_id: int) -> str | None:
    """The strategy of artifacts without one of their own, "" for none; None when there is nothing to do."""
    found = collections.manifest_with_collection(run_id)
    if found is None:
        return None
    try:
        own = compile_program(*found).spec.artifact_gc
    except EngineError:
        return ""
    return own.strategy if own is not None else ""


def _is_due(artifact: Mapping[str, Any], run_level: str, strategies: set[str]) -> bool:
    own = (artifact.get("artifactGC") or {}).get("strategy")
    return not artifact.get("deleted") and (own or run_level) in strategies


def _pods(run_id: int) -> Iterator[PodArtifacts]:
    after = collections.BEFORE_ALL
    while page := collections.pods_with_artifacts(run_id, after=after, limit=_PAGE):
        yield from page
        after = page[-1].idx


def _announce(run_id: int) -> None:
    found = Run.objects.filter(id=run_id).values_list("namespace__name", "uid", "seq").first()
    if found is not None:
        bus.current().announce([Change(*found)])
