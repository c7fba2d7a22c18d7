"""Stored templates and schedules: list, get, store, delete. Other objects of a text are stored with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from workflows.errors import ConflictError, ManifestError, NotFoundError, Problem
from workflows.models import Namespace, Template
from workflows.services import claims
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.services.config_entries import store_config_map
from workflows.services.manifests import Checked, as_text, check_text, source_text
from workflows.services.secrets import store_secret
from workflows.spec import Document
from workflows.store import clock, revisions, schedules
from workflows.store.revisions import Author

Kind = Template.Kind

#: code of the error when somebody else was faster
CHANGED = "revision-conflict"


@dataclass(frozen=True, slots=True)
class Edit:
    """How objects are stored: what becomes of those that exist or do not, and what their revisions say.

    `expected` is the revision that the change was made from, None not to ask.
    """

    message: str = ""
    create: bool = True
    update: bool = True
    expected: int | None = None
    restored_from: int | None = None


def list_templates(
    actor: Actor, *, namespace: str | None = None, kind: str | None = None, name_prefix: str = ""
) -> QuerySet[Template]:
    """Those the actor may see, by kind and name; ClusterWorkflowTemplates are seen by everybody signed in."""
    visible = Access(actor).visible_namespaces()
    rows = Template.objects.select_related("namespace").order_by("kind", "name", "id")
    if visible is not None:
        rows = rows.filter(Q(namespace__name__in=visible) | Q(kind=Kind.CLUSTER))
    if namespace is not None:
        rows = rows.filter(Q(namespace__name=namespace) | Q(kind=Kind.CLUSTER))
    if kind is not None:
        rows = rows.filter(kind=kind)
    return rows.filter(name__startswith=name_prefix) if name_prefix else rows


def get_template(actor: Actor, *, kind: str, name: str, namespace: str | None = None) -> Template:
    """`namespace` is left out for ClusterWorkflowTemplates. Raises NotFoundError."""
    what = f"there is no {kind} {name!r}" + (f" in namespace {namespace!r}" if namespace else "")
    if kind != Kind.CLUSTER:
        Access(actor).require(namespace or "", Right.VIEW, what=what)
    row = _rows(kind, name, namespace).first()
    if row is None:
        raise NotFoundError(what)
    return row


def store_text(
    actor: Actor,
    *,
    namespace: str,
    text: str | bytes | Mapping[str, Any],
    edit: Edit | None = None,
) -> list[Template]:
    """Store every object of a text but Workflows, which are refused.

    Raises ConflictError for one that exists when it may not be updated or has changed meanwhile,
    NotFoundError for a missing one when it may not be created, ManifestError with all problems.
    """
    access = Access(actor)
    home = get_namespace(access, namespace, Right.EDIT)
    checked = check_text(namespace, as_text(text))
    for document in checked.workflows:
        problem = Problem("not-a-template", "a Workflow is not stored but submitted", remedy="submit it")
        raise ManifestError([document.place(problem, ("kind",))])
    with transaction.atomic():
        return store_checked(access, home, checked, edit or Edit())


def store_checked(access: Access, home: Namespace, checked: Checked, edit: Edit) -> list[Template]:
    """Store what can be stored of checked documents, in the caller's transaction."""
    stored: list[Template] = []
    for document in checked.stored:
        if document.kind == "ConfigMap":
            store_config_map(access, home, document)
        elif document.kind == "Secret":
            store_secret(access, home, document)
        elif document.kind == claims.KIND:
            claims.store_claim(access, home, document)
        else:
            stored.append(_store_template(access, home, document, edit))
    return stored


def delete_template(
    actor: Actor, *, kind: str, name: str, namespace: str | None = None, expected: int | None = None
) -> None:
    """Its revisions stay, and runs keep their own copy, so nothing that runs is touched.

    Raises ConflictError when it is no longer at the revision `expected`.
    """
    get_template(actor, kind=kind, name=name, namespace=namespace)
    _require_edit(Access(actor), kind, namespace or "")
    with transaction.atomic():
        row = _rows(kind, name, namespace).select_for_update().first()
        _require_revision(row, kind, name, expected)
        if row is not None:
            row.delete()


def _store_template(access: Access, home: Namespace, document: Document, edit: Edit) -> Template:
    raw = document.raw or {}
    kind, name = document.kind, raw["metadata"]["name"]
    _require_edit(access, kind, home.name)
    existing = _rows(kind, name, home.name).select_for_update().first()
    if existing is not None and not edit.update:
        raise ConflictError(f"{kind} {name!r} exists already", code="name-taken")
    if existing is None and not edit.create:
        raise NotFoundError(f"there is no {kind} {name!r}")
    _require_revision(existing, kind, name, edit.expected)
    now = clock.now()
    row = existing or Template(kind=kind, name=name, created_at=now)
    row.namespace = None if kind == Kind.CLUSTER else home
    source = source_text(document)
    changed = (row.manifest, row.source) != (raw, source)
    row.manifest, row.source = raw, source
    row.labels = raw["metadata"].get("labels") or {}
    row.updated_at = now
    row.updated_by_id = access.actor.pk
    try:
        if changed or existing is None:
            author = Author(access.actor.pk, access.actor.get_username())
            row.revision = revisions.record(
                row, author, now=now, message=edit.message, restored_from=edit.restored_from
            )
        row.save()
    except IntegrityError:
        raise ConflictError(f"{kind} {name!r} was stored at the same time", code=CHANGED) from None
    if row.kind == Kind.CRON:
        schedules.note_stored(row, now=now)
    return row


def _require_revision(row: Template | None, kind: str, name: str, expected: int | None) -> None:
    if expected is None or (row is not None and row.revision == expected):
        return
    now = f"is at revision {row.revision}" if row is not None else "does not exist"
    raise ConflictError(f"{kind} {name!r} {now}, not at revision {expected}", code=CHANGED)


def _require_edit(access: Access, kind: str, namespace: str) -> None:
    if kind == Kind.CLUSTER:
        access.require_everywhere(Right.EDIT)
    else:
        access.require(namespace, Right.EDIT)


def _rows(kind: str, name: str, namespace: str | None) -> QuerySet[Template]:
    rows = Template.objects.filter(kind=kind, name=name)
    return rows if kind == Kind.CLUSTER else rows.filter(namespace__name=namespace)
