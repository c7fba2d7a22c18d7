"""Submitting manifests: every document is checked first, then all are stored in one transaction, or none is.

Workflows become runs; templates, schedules and ConfigMaps are stored. The engine is woken after the commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction

from workflows.engine.messages import JsonObject, Millis
from workflows.engine.node import Run
from workflows.errors import ConflictError, NotFoundError
from workflows.models import Namespace, Template
from workflows.services import naming
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.services.library import CLUSTER, NAMESPACED, StoredLibrary
from workflows.services.manifests import as_text, check_text, source_text
from workflows.services.overrides import Overrides
from workflows.services.runs import get_run
from workflows.services.templates import get_template, store_checked
from workflows.spec import Document, join_specs, spec_from_json
from workflows.store import bus, clock
from workflows.store.bus import Change
from workflows.store.create import NewRun, create_run
from workflows.store.read import get_manifest
from workflows.store.rows import LibrarySnapshot
from workflows.wire import rfc3339

API_VERSION = "argoproj.io/v1alpha1"
_PREFIX = "workflows.argoproj.io/"
CREATOR_LABEL = _PREFIX + "creator"
TEMPLATE_LABELS = {
    Template.Kind.NAMESPACED: _PREFIX + "workflow-template",
    Template.Kind.CLUSTER: _PREFIX + "cluster-workflow-template",
    Template.Kind.CRON: _PREFIX + "cron-workflow",
}
RESUBMITTED_LABEL = _PREFIX + "resubmitted-from-workflow"
SCHEDULED_ANNOTATION = _PREFIX + "scheduled-time"
_NAME_TRIES = 5


@dataclass(frozen=True, slots=True)
class SubmittedRun:
    uid: str
    name: str
    namespace: str


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
) -> list[SubmittedRun]:
    """Store every document of `text` (YAML, JSON, or one object) and start its Workflows; returns their runs.

    Raises ManifestError with all problems, ConflictError when a run's name is taken, NotFoundError or
    ForbiddenError when rights are missing. Nothing is stored then.
    """
    access = Access(actor)
    home = get_namespace(access, namespace, Right.SUBMIT)
    overrides = Overrides(name, generate_name, entrypoint, parameters, labels)
    return _submit(access, home, as_text(text), overrides)


def submit_from_template(
    actor: Actor,
    *,
    namespace: str,
    template: str,
    kind: str = Template.Kind.NAMESPACED,
    name: str | None = None,
    generate_name: str | None = None,
    parameters: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    entrypoint: str | None = None,
) -> SubmittedRun:
    """Start a run of a stored template; of a CronWorkflow, the run it would start now."""
    access = Access(actor)
    home = get_namespace(access, namespace, Right.RUN_TEMPLATE)
    stored = get_template(actor, kind=kind, name=template, namespace=namespace)
    overrides = Overrides(name, generate_name, entrypoint, parameters, labels)
    [run] = _submit(access, home, as_text(_workflow_of(stored)), overrides)
    return run


def submit_slot(stored: Template, *, name: str, scheduled_at: Millis) -> SubmittedRun:
    """Start the run of one slot of a CronWorkflow, in the caller's transaction, for whoever stored it last.

    Raises ManifestError when the manifest no longer fits what is stored, ConflictError when there is a run
    of that name already.
    """
    home = stored.namespace
    if home is None:
        raise NotFoundError(f"{stored.kind} {stored.name!r} belongs to no namespace")
    workflow = _workflow_of(stored)
    metadata = workflow["metadata"]
    metadata["annotations"] = {SCHEDULED_ANNOTATION: rfc3339(scheduled_at), **metadata["annotations"]}
    return _submit(
        Access(stored.updated_by or AnonymousUser()), home, as_text(workflow), Overrides(name=name)
    )[0]


def resubmit(actor: Actor, uid: str, *, parameters: Mapping[str, str] | None = None) -> SubmittedRun:
    """A new run of the same manifest, with the templates as they are stored now."""
    record = get_run(actor, uid, Right.RUN_TEMPLATE)
    access = Access(actor)
    home = get_namespace(access, record.run.namespace, Right.RUN_TEMPLATE)
    workflow = get_manifest(record.run_id).workflow
    metadata = workflow["metadata"]
    metadata.pop("uid", None)
    metadata["labels"] = {
        key: value for key, value in (metadata.get("labels") or {}).items() if not key.startswith(_PREFIX)
    } | {RESUBMITTED_LABEL: record.run.name}
    prefix = metadata.get("generateName") or f"{record.run.name}-"
    given = {**record.run.arguments, **(parameters or {})}
    [run] = _submit(access, home, as_text(workflow), Overrides(generate_name=prefix, parameters=given))
    return run


def _submit(access: Access, home: Namespace, text: str | bytes, overrides: Overrides) -> list[SubmittedRun]:
    checked = check_text(home.name, text, change=overrides.change)
    with transaction.atomic():
        store_checked(access, home, checked)
        runs = [_start(access, home, checked.library, document, overrides) for document in checked.workflows]
        transaction.on_commit(lambda: _tell(runs))
    return runs


def _tell(runs: Sequence[SubmittedRun]) -> None:
    """Engines may take the runs up, and lists may show them."""
    hints = bus.current()
    for run in runs:
        hints.wake(run.uid)
    hints.announce([Change(run.namespace, run.uid, 0) for run in runs])


def _start(
    access: Access, home: Namespace, library: StoredLibrary, document: Document, overrides: Overrides
) -> SubmittedRun:
    metadata = (document.raw or {})["metadata"]
    new = _new_run(access, home, library, document, overrides)
    given = metadata.get("name")
    for _ in range(1 if given else _NAME_TRIES):
        new.run.name = given or naming.generated_name(metadata["generateName"])
        if _created(new):
            return SubmittedRun(new.run.uid, new.run.name, home.name)
    raise ConflictError(
        f"there is a run named {new.run.name!r} in namespace {home.name!r} already", code="name-taken"
    )


def _new_run(
    access: Access, home: Namespace, library: StoredLibrary, document: Document, overrides: Overrides
) -> NewRun:
    """All of the run but its name."""
    workflow = document.raw or {}
    metadata = workflow["metadata"]
    snapshot = library.snapshot(spec_from_json(workflow))
    kind, template = _origin(workflow)
    ttl_success, ttl_failure = _ttl(workflow, snapshot)
    creator = access.actor.get_username()
    labels = {str(key): str(value) for key, value in (metadata.get("labels") or {}).items()}
    labels.setdefault(CREATOR_LABEL, _label_value(creator))
    if kind:
        labels.setdefault(TEMPLATE_LABELS[Template.Kind(kind)], template)
    return NewRun(
        run=Run(
            uid=naming.new_uid(),
            name="",
            namespace=home.name,
            created_at=clock.now(),
            labels=labels,
            annotations=dict(metadata.get("annotations") or {}),
            arguments=dict(overrides.parameters or {}),
        ),
        namespace_id=home.id,
        creator_id=access.actor.pk if isinstance(access.actor, User) else None,
        creator_name=creator,
        text=source_text(document),
        workflow=workflow,
        library=snapshot,
        template_kind=kind,
        template_name=template,
        ttl_success=ttl_success,
        ttl_failure=ttl_failure,
    )


def _created(new: NewRun) -> bool:
    """False when the name is taken."""
    try:
        with transaction.atomic():
            create_run(new)
    except IntegrityError:
        return False
    return True


def _origin(workflow: JsonObject) -> tuple[str, str]:
    """Kind and name of the stored template or schedule that the whole run comes from."""
    labels = workflow["metadata"].get("labels") or {}
    cron = labels.get(TEMPLATE_LABELS[Template.Kind.CRON])
    if cron:
        return Template.Kind.CRON.value, cron
    reference = workflow["spec"].get("workflowTemplateRef")
    if not reference:
        return "", ""
    kind = Template.Kind.CLUSTER if reference.get("clusterScope") else Template.Kind.NAMESPACED
    return kind.value, reference.get("name", "")


def _ttl(workflow: JsonObject, library: LibrarySnapshot) -> tuple[int | None, int | None]:
    """Seconds the run is kept after success and after failure. Source: Argo's ttlStrategy."""
    spec = workflow["spec"]
    reference = spec.get("workflowTemplateRef")
    if reference:
        scope = CLUSTER if reference.get("clusterScope") else NAMESPACED
        template = library.get((scope, reference.get("name", "")))
        spec = join_specs(spec, template["spec"] if template else None)
    strategy = spec.get("ttlStrategy") or {}
    completion = strategy.get("secondsAfterCompletion")
    return (
        strategy.get("secondsAfterSuccess", completion),
        strategy.get("secondsAfterFailure", completion),
    )


def _workflow_of(stored: Template) -> JsonObject:
    """The Workflow that runs a stored template as a whole."""
    metadata: JsonObject = {"generateName": f"{stored.name}-"}
    if stored.kind == Template.Kind.CRON:
        cron = stored.manifest["spec"]
        own = cron.get("workflowMetadata") or {}
        labels = {**(own.get("labels") or {}), TEMPLATE_LABELS[Template.Kind.CRON]: stored.name}
        metadata |= {"labels": labels, "annotations": own.get("annotations") or {}}
        spec = cron["workflowSpec"]
    else:
        reference: JsonObject = {"name": stored.name}
        if stored.kind == Template.Kind.CLUSTER:
            reference["clusterScope"] = True
        own = stored.manifest["spec"].get("workflowMetadata") or {}
        metadata |= {name: own[name] for name in ("labels", "annotations") if own.get(name)}
        spec = {"workflowTemplateRef": reference}
    return {"apiVersion": API_VERSION, "kind": "Workflow", "metadata": metadata, "spec": spec}


def _label_value(text: str) -> str:
    """A user's name as a label value, as Argo writes it."""
    replaced = text.replace("@", ".at.")
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in replaced).strip("-_.")[
        :63
    ]
