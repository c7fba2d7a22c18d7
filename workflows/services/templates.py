"""Stored templates and schedules: list, get, store, delete; ConfigMaps and Secrets of a text are stored, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from workflows.errors import ConflictError, ManifestError, NotFoundError, Problem
from workflows.models import ConfigEntry, Namespace, Template
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.services.manifests import Checked, as_text, check_text, source_text
from workflows.services.secrets import store_secret
from workflows.spec import Document
from workflows.store import bus, clock, schedules

Kind = Template.Kind


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
    create: bool = True,
    update: bool = True,
) -> list[Template]:
    """Store every template, schedule and ConfigMap of a text; Workflows in it are refused.

    Raises ConflictError for one that exists when it may not be updated, NotFoundError for a missing one when
    it may not be created, ManifestError with all problems.
    """
    access = Access(actor)
    home = get_namespace(access, namespace, Right.EDIT)
    checked = check_text(namespace, as_text(text))
    for document in checked.workflows:
        problem = Problem("not-a-template", "a Workflow is not stored but submitted", remedy="submit it")
        raise ManifestError([document.place(problem, ("kind",))])
    with transaction.atomic():
        return store_checked(access, home, checked, create=create, update=update)


def store_checked(
    access: Access, home: Namespace, checked: Checked, *, create: bool = True, update: bool = True
) -> list[Template]:
    """Store what can be stored of checked documents, in the caller's transaction."""
    stored: list[Template] = []
    for document in checked.stored:
        if document.kind == "ConfigMap":
            access.require(home.name, Right.EDIT)
            _store_config(home, document)
        elif document.kind == "Secret":
            store_secret(access, home, document)
        else:
            stored.append(_store_template(access, home, document, create=create, update=update))
    return stored


def delete_template(actor: Actor, *, kind: str, name: str, namespace: str | None = None) -> None:
    """Runs keep their own copy, so nothing that runs is touched."""
    row = get_template(actor, kind=kind, name=name, namespace=namespace)
    _require_edit(Access(actor), kind, namespace or "")
    row.delete()


def _store_template(
    access: Access, home: Namespace, document: Document, *, create: bool, update: bool
) -> Template:
    raw = document.raw or {}
    name = raw["metadata"]["name"]
    _require_edit(access, document.kind, home.name)
    existing = _rows(document.kind, name, home.name).first()
    if existing is not None and not update:
        raise ConflictError(f"{document.kind} {name!r} exists already", code="name-taken")
    if existing is None and not create:
        raise NotFoundError(f"there is no {document.kind} {name!r}")
    now = clock.now()
    row = existing or Template(kind=document.kind, name=name, created_at=now)
    row.namespace = None if document.kind == Kind.CLUSTER else home
    row.manifest = raw
    row.source = source_text(document)
    row.labels = raw["metadata"].get("labels") or {}
    row.updated_at = now
    row.updated_by_id = access.actor.pk
    row.save()
    if row.kind == Kind.CRON:
        schedules.note_stored(row, now=now)
    return row


def _store_config(home: Namespace, document: Document) -> None:
    raw = document.raw or {}
    metadata = raw.get("metadata") or {}
    data = {str(key): str(value) for key, value in (raw.get("data") or {}).items()}
    ConfigEntry.objects.update_or_create(
        namespace=home,
        name=metadata.get("name", ""),
        defaults={"data": data, "labels": metadata.get("labels") or {}, "updated_at": clock.now()},
    )
    transaction.on_commit(lambda: bus.current().wake(""))


def _require_edit(access: Access, kind: str, namespace: str) -> None:
    if kind == Kind.CLUSTER:
        access.require_everywhere(Right.EDIT)
    else:
        access.require(namespace, Right.EDIT)


def _rows(kind: str, name: str, namespace: str | None) -> QuerySet[Template]:
    rows = Template.objects.filter(kind=kind, name=name)
    return rows if kind == Kind.CLUSTER else rows.filter(namespace__name=namespace)
