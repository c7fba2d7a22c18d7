"""The same run once more, as a new run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workflows.engine.carry_over import carried_over
from workflows.engine.node import Node
from workflows.engine.phases import FAILED_OR_ERROR
from workflows.errors import ConflictError
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.services.library import StoredLibrary
from workflows.services.manifests import as_text
from workflows.services.new_runs import PREFIX, SubmittedRun, prepare, start
from workflows.services.overrides import Overrides
from workflows.services.runs import get_run
from workflows.store import clock
from workflows.store.load import load_nodes
from workflows.store.read import RunRecord, get_manifest

RESUBMITTED_LABEL = PREFIX + "resubmitted-from-workflow"


def resubmit(
    actor: Actor,
    uid: str,
    *,
    parameters: Mapping[str, str] | None = None,
    same_templates: bool = False,
    memoized: bool = False,
) -> SubmittedRun:
    """A new run of the same manifest, with the templates as they are stored now or as the run used them.

    With `memoized` it begins with what succeeded in a failed run, and with its templates; raises
    ConflictError when the run has not failed.
    """
    record = get_run(actor, uid, Right.RUN_TEMPLATE)
    access = Access(actor)
    home = get_namespace(access, record.run.namespace, Right.RUN_TEMPLATE)
    made_from = get_manifest(record.run_id)
    workflow = made_from.workflow
    metadata = workflow["metadata"]
    metadata.pop("uid", None)
    labels = {**(metadata.get("labels") or {}), **record.run.labels}
    metadata["labels"] = {key: value for key, value in labels.items() if not key.startswith(PREFIX)}
    metadata["labels"][RESUBMITTED_LABEL] = record.run.name
    metadata["annotations"] = {**(metadata.get("annotations") or {}), **record.run.annotations}
    prefix = metadata.get("generateName") or f"{record.run.name}-"
    given = {**record.run.arguments, **(parameters or {})}
    library = StoredLibrary(home.name)
    if same_templates or memoized:
        library = StoredLibrary(home.name, sent_along=made_from.library, revisions=dict(made_from.revisions))
    overrides = Overrides(generate_name=prefix, parameters=given)
    carried = _carried_over(record, parameters or {}) if memoized else None
    prepared = prepare(home, as_text(workflow), overrides, library=library, first_nodes=carried)
    [run] = start(access, prepared)
    return run


def _carried_over(record: RunRecord, parameters: Mapping[str, str]) -> Callable[[str], list[Node]]:
    run = record.run
    if run.phase not in FAILED_OR_ERROR:
        raise ConflictError("workflow must be Failed/Error to resubmit in memoized mode", code="not-failed")
    nodes = load_nodes(record.run_id)
    return lambda name: carried_over(run, nodes, name=name, parameters=parameters, now=clock.now())
