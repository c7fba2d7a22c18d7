"""What an actor has: the namespaces they may see, and their rights in each."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.models import Namespace
from workflows.services.access import Access, Actor


@dataclass(frozen=True, slots=True)
class SeenNamespace:
    name: str
    rights: list[str]


def list_namespaces(actor: Actor) -> list[SeenNamespace]:
    """By name."""
    access = Access(actor)
    rows = Namespace.objects.order_by("name")
    visible = access.visible_namespaces()
    if visible is not None:
        rows = rows.filter(name__in=visible)
    return [
        SeenNamespace(name, sorted(map(str, access.rights(name))))
        for name in rows.values_list("name", flat=True)
    ]
