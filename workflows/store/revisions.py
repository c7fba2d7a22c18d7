"""Revisions of stored templates, written and found. They are never changed or deleted."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max, QuerySet

from workflows.engine.messages import Millis
from workflows.models import Revision, Template


@dataclass(frozen=True, slots=True)
class Author:
    """`user_id` is None for nobody in particular."""

    user_id: int | None
    name: str


def revisions_of(kind: str, name: str, namespace: str | None) -> QuerySet[Revision]:
    """All of one template, also of one that was deleted. Cluster-wide ones have no `namespace`."""
    rows = Revision.objects.filter(kind=kind, name=name)
    return rows if kind == Template.Kind.CLUSTER else rows.filter(namespace__name=namespace)


def record(
    template: Template, author: Author, *, now: Millis, message: str, restored_from: int | None = None
) -> int:
    """Add the template's present state as its next revision, in the caller's transaction; returns its number.

    Raises IntegrityError when somebody else does so at the same time.
    """
    home = template.namespace
    same = revisions_of(template.kind, template.name, home.name if home else None)
    number = (same.aggregate(last=Max("number"))["last"] or 0) + 1
    Revision.objects.create(
        kind=template.kind,
        namespace_id=template.namespace_id,
        name=template.name,
        number=number,
        manifest=template.manifest,
        source=template.source,
        created_at=now,
        author_id=author.user_id,
        author_name=author.name,
        message=message,
        restored_from=restored_from,
    )
    return number
