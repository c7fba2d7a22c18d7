"""From checked documents to rows: what can be stored is, and runs are made, all in one transaction.

Not for deciding who may submit what: callers have checked the right to start runs in the namespace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from workflows.engine.messages import JsonObject
from workflows.engine.node import Node, Run
from workflows.engine.program import DEFAULTS
from workflows.errors import ConflictError, Problem
from workflows.models import Namespace, Template
from workflows.services import naming
from workflows.services.access import Access
from workflows.services.artifact_repository import repository_memo
from workflows.services.estimates import estimate_memo
from workflows.services.library import CLUSTER, NAMESPACED, StoredLibrary
from workflows.services.manifests import Checked, check_text, source_text
from workflows.services.overrides import Overrides
from workflows.services.templates import Edit, store_checked
from workflows.services.uploads import note_uses
from workflows.spec import Document, join_specs, spec_from_json
from workflows.store import bus, clock
from workflows.store.bus import Change
from workflows.store.create import NewRun, create_run
from workflows.store.rows import LibrarySnapshot, RevisionNumbers

PREFIX = "workflows.argoproj.io/"
CREATOR_LABEL = PREFIX + "creator"
TEMPLATE_LABELS = {
    Template.Kind.NAMESPACED: PREFIX + "workflow-template",
    Template.Kind.CLUSTER: PREFIX + "cluster-workflow-template",
    Template.Kind.CRON: PREFIX + "cron-workflow",
}
_NAME_TRIES = 5


@dataclass(frozen=True, slots=True)
class SubmittedRun:
    """`warnings` are about the whole text that the run came with, the same for each run of it."""

    uid: str
    name: str
    namespace: str
    warnings: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Documents checked for a namespace.

    `origin` is the revision of the schedule they come from, if any; `first_nodes` makes those that a run
    begins with from its name, for a run that goes on where another failed.
    """

    home: Namespace
    checked: Checked
    overrides: Overrides
    origin: RevisionNumbers = field(default_factory=dict)
    first_nodes: Callable[[str], list[Node]] | None = None


def prepare(
    home: Namespace,
    text: str | bytes,
    overrides: Overrides,
    *,
    library: StoredLibrary | None = None,
    origin: RevisionNumbers | None = None,
    first_nodes: Callable[[str], list[Node]] | None = None,
) -> Prepared:
    """Check a text as it would be submitted; nothing is written. Raises ManifestError with all problems."""
    checked = check_text(home.name, text, change=overrides.change, library=library)
    return Prepared(home, checked, overrides, origin or {}, first_nodes)


def start(access: Access, prepared: Prepared, edit: Edit | None = None) -> list[SubmittedRun]:
    """Store all documents and make runs of the Workflows among them. Engines are woken after the commit.

    Raises ConflictError when a run's name is taken, ForbiddenError when something may not be stored.
    """
    library = prepared.checked.library
    with transaction.atomic():
        for row in store_checked(access, prepared.home, prepared.checked, edit or Edit()):
            library.note_stored(row)
        runs = [_start(access, prepared, document) for document in prepared.checked.workflows]
        transaction.on_commit(lambda: _tell(runs))
    return runs


def _tell(runs: Sequence[SubmittedRun]) -> None:
    """Engines may take the runs up, and lists may show them."""
    hints = bus.current()
    for run in runs:
        hints.wake(run.uid)
    hints.announce([Change(run.namespace, run.uid, 0) for run in runs])


def _start(access: Access, prepared: Prepared, document: Document) -> SubmittedRun:
    metadata = (document.raw or {})["metadata"]
    home = prepared.home
    new = _new_run(access, prepared, document)
    given = metadata.get("name")
    for _ in range(1 if given else _NAME_TRIES):
        new.run.name = given or naming.generated_name(metadata["generateName"])
        nodes = prepared.first_nodes(new.run.name) if prepared.first_nodes else ()
        if _created(new, nodes):
            return SubmittedRun(new.run.uid, new.run.name, home.name, prepared.checked.warnings)
    raise ConflictError(
        f"there is a run named {new.run.name!r} in namespace {home.name!r} already", code="name-taken"
    )


def _new_run(access: Access, prepared: Prepared, document: Document) -> NewRun:
    """All of the run but its name."""
    home, library = prepared.home, prepared.checked.library
    workflow = document.raw or {}
    metadata = workflow["metadata"]
    snapshot = library.snapshot(spec_from_json(workflow))
    kind, template = _origin(workflow)
    spec = merged_spec(workflow, snapshot)
    ttl_success, ttl_failure = _ttl(spec)
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
            arguments=dict(prepared.overrides.parameters or {}),
            memo={
                **repository_memo(home.name, spec.get("artifactRepositoryRef")),
                **estimate_memo(home.id, kind, template),
            },
        ),
        namespace_id=home.id,
        creator_id=access.actor.pk if isinstance(access.actor, User) else None,
        creator_name=creator,
        text=source_text(document),
        workflow=workflow,
        library=snapshot,
        revisions={key: number for key, number in library.revisions.items() if key in snapshot}
        | prepared.origin,
        template_kind=kind,
        template_name=template,
        ttl_success=ttl_success,
        ttl_failure=ttl_failure,
    )


def _created(new: NewRun, nodes: Sequence[Node]) -> bool:
    """False when the name is taken."""
    try:
        with transaction.atomic():
            create_run(new, nodes)
            note_uses(new.workflow, new.namespace_id, new.run.uid)
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


def merged_spec(workflow: JsonObject, library: LibrarySnapshot) -> JsonObject:
    """The spec of the run, joined with the one of the template it runs as a whole."""
    spec: JsonObject = workflow["spec"]
    reference = spec.get("workflowTemplateRef")
    if not reference:
        return spec
    scope = CLUSTER if reference.get("clusterScope") else NAMESPACED
    template = library.get((scope, reference.get("name", "")))
    defaults = library.get(DEFAULTS, {}).get("spec")
    return join_specs(spec, template["spec"] if template else None, defaults)


def _ttl(spec: JsonObject) -> tuple[int | None, int | None]:
    """Seconds the run is kept after success and after failure. Source: Argo's ttlStrategy."""
    strategy = spec.get("ttlStrategy") or {}
    completion = strategy.get("secondsAfterCompletion")
    return (
        strategy.get("secondsAfterSuccess", completion),
        strategy.get("secondsAfterFailure", completion),
    )


def _label_value(text: str) -> str:
    """A user's name as a label value, as Argo writes it."""
    replaced = text.replace("@", ".at.")
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in replaced).strip("-_.")[
        :63
    ]
