"""The same run once more, as a new run."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.services.library import StoredLibrary
from workflows.services.manifests import as_text
from workflows.services.new_runs import PREFIX, SubmittedRun, prepare, start
from workflows.services.overrides import Overrides
from workflows.services.runs import get_run
from workflows.store.read import get_manifest

RESUBMITTED_LABEL = PREFIX + "resubmitted-from-workflow"


def resubmit(
    actor: Actor, uid: str, *, parameters: Mapping[str, str] | None = None, same_templates: bool = False
) -> SubmittedRun:
    """A new run of the same manifest, with the templates as they are stored now or as the run used them."""
    record = get_run(actor, uid, Right.RUN_TEMPLATE)
    access = Access(actor)
    home = get_namespace(access, record.run.namespace, Right.RUN_TEMPLATE)
    made_from = get_manifest(record.run_id)
    workflow = made_from.workflow
    metadata = workflow["metadata"]
    metadata.pop("uid", None)
    metadata["labels"] = {
        key: value for key, value in (metadata.get("labels") or {}).items() if not key.startswith(PREFIX)
    } | {RESUBMITTED_LABEL: record.run.name}
    prefix = metadata.get("generateName") or f"{record.run.name}-"
    given = {**record.run.arguments, **(parameters or {})}
    library = StoredLibrary(home.name)
    if same_templates:
        library = StoredLibrary(home.name, sent_along=made_from.library, revisions=dict(made_from.revisions))
    overrides = Overrides(generate_name=prefix, parameters=given)
    [run] = start(access, prepare(home, as_text(workflow), overrides, library=library))
    return run
