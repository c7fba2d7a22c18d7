"""Submitting: manifests of one's own, stored templates, slots of schedules.

Every document is checked first, then all are stored in one transaction, or none is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from workflows.engine.messages import JsonObject, Millis
from workflows.errors import NotFoundError, UserError
from workflows.models import Namespace, Template
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.services.library import SCOPES, StoredLibrary
from workflows.services.manifests import as_text
from workflows.services.new_runs import PREFIX, TEMPLATE_LABELS, SubmittedRun, prepare, start
from workflows.services.overrides import Overrides
from workflows.services.templates import Edit, get_template
from workflows.store import clock, schedules
from workflows.store.revisions import revisions_of
from workflows.wire import rfc3339

API_VERSION = "argoproj.io/v1alpha1"
SCHEDULED_ANNOTATION = PREFIX + "scheduled-time"


def submit(
    actor: Actor,
    *,
    namespace: str,
    text: str | bytes | Mapping[str, Any],
    name: str | None = None,
    generate_name: str | None = None,
    parameters: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    entrypoint: str | None = None,
    artifacts: Mapping[str, JsonObject] | None = None,
    annotations: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
    message: str = "",
) -> list[SubmittedRun]:
    """Store every document of `text` (YAML, JSON, or one object) and start its Workflows; returns their runs.

    `message` is that of the new revisions of templates in the text, `artifacts` what `uploads` gives. Raises
    ManifestError with all problems, ConflictError when a run's name is taken, NotFoundError or ForbiddenError
    when rights are missing. Nothing is stored then.
    """
    access = Access(actor)
    home = get_namespace(access, namespace, Right.SUBMIT)
    overrides = Overrides(
        name, generate_name, entrypoint, parameters, labels, artifacts, annotations, settings
    )
    return start(access, prepare(home, as_text(text), overrides), Edit(message=message))


def submit_from_template(
    actor: Actor,
    *,
    namespace: str,
    template: str,
    kind: str = Template.Kind.NAMESPACED,
    revision: int | None = None,
    name: str | None = None,
    generate_name: str | None = None,
    parameters: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    entrypoint: str | None = None,
    artifacts: Mapping[str, JsonObject] | None = None,
    annotations: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> SubmittedRun:
    """Start a run of a stored template; of a CronWorkflow, out of turn, as its ledger then says.

    `revision` takes the template as it was then; the templates it refers to are taken as they are now.
    """
    access = Access(actor)
    home = get_namespace(access, namespace, Right.RUN_TEMPLATE)
    stored = get_template(actor, kind=kind, name=template, namespace=namespace)
    overrides = Overrides(
        name, generate_name, entrypoint, parameters, labels, artifacts, annotations, settings
    )
    workflow = workflow_of(stored, revision)
    with transaction.atomic():
        run = _start_template(access, home, stored, workflow, overrides, revision)
        if kind == Template.Kind.CRON:
            schedules.note_triggered(stored, run.uid, run.name, actor=actor.get_username(), now=clock.now())
    return run


def submit_slot(stored: Template, *, name: str, scheduled_at: Millis) -> SubmittedRun:
    """Start the run of one slot of a CronWorkflow, in the caller's transaction, for whoever stored it last.

    Raises ManifestError when the manifest no longer fits what is stored, ConflictError when there is a run
    of that name already.
    """
    home = stored.namespace
    if home is None:
        raise NotFoundError(f"{stored.kind} {stored.name!r} belongs to no namespace")
    workflow = workflow_of(stored)
    metadata = workflow["metadata"]
    metadata["annotations"] = {SCHEDULED_ANNOTATION: rfc3339(scheduled_at), **metadata["annotations"]}
    access = Access(stored.updated_by or AnonymousUser())
    return _start_template(access, home, stored, workflow, Overrides(name=name), None)


def workflow_of(stored: Template, revision: int | None = None) -> JsonObject:
    """The Workflow that runs a stored template as a whole, as the template is or was at `revision`.

    Raises NotFoundError without that revision.
    """
    if stored.kind == Template.Kind.BINDING:
        raise UserError("an event binding is not run but sent an event", code="not-runnable")
    manifest = stored.manifest if revision is None else _manifest_at(stored, revision)
    metadata: JsonObject = {"generateName": f"{stored.name}-"}
    if stored.kind == Template.Kind.CRON:
        cron = manifest["spec"]
        own = cron.get("workflowMetadata") or {}
        labels = {**(own.get("labels") or {}), TEMPLATE_LABELS[Template.Kind.CRON]: stored.name}
        metadata |= {"labels": labels, "annotations": own.get("annotations") or {}}
        spec = cron["workflowSpec"]
    else:
        reference: JsonObject = {"name": stored.name}
        if stored.kind == Template.Kind.CLUSTER:
            reference["clusterScope"] = True
        own = manifest["spec"].get("workflowMetadata") or {}
        metadata |= {name: own[name] for name in ("labels", "annotations") if own.get(name)}
        spec = {"workflowTemplateRef": reference}
    return {"apiVersion": API_VERSION, "kind": "Workflow", "metadata": metadata, "spec": spec}


def _start_template(
    access: Access,
    home: Namespace,
    stored: Template,
    workflow: JsonObject,
    overrides: Overrides,
    revision: int | None,
) -> SubmittedRun:
    key = (SCOPES[stored.kind], stored.name)
    number = stored.revision if revision is None else revision
    from_cron = stored.kind == Template.Kind.CRON
    library = StoredLibrary(home.name, pinned={key: number} if revision is not None and not from_cron else {})
    prepared = prepare(
        home, as_text(workflow), overrides, library=library, origin={key: number} if from_cron else {}
    )
    [run] = start(access, prepared)
    return run


def _manifest_at(stored: Template, number: int) -> JsonObject:
    namespace = stored.namespace.name if stored.namespace else None
    row = revisions_of(stored.kind, stored.name, namespace).filter(number=number).first()
    if row is None:
        raise NotFoundError(f"there is no revision {number} of {stored.kind} {stored.name!r}")
    manifest: JsonObject = row.manifest
    return manifest
