"""How many runs of a namespace may be active at once; what follows is decided in `store.admission`."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from workflows.errors import UserError
from workflows.models import Namespace, Run
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.store import bus

_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Parallelism:
    """`limit` is the namespace's own, None when `default` counts; 0 is any number. `active` runs have begun
    and not ended, `queued` ones wait for a place.
    """

    limit: int | None
    default: int
    active: int
    queued: int


def get_parallelism(actor: Actor, namespace: str) -> Parallelism:
    return _found(get_namespace(Access(actor), namespace, Right.VIEW))


def set_parallelism(actor: Actor, namespace: str, limit: int | None) -> Parallelism:
    """Runs that have begun go on, whatever the limit. Raises UserError for what is no limit."""
    home = get_namespace(Access(actor), namespace, Right.ADMINISTER)
    if limit is not None and not 0 <= limit <= _MAX:
        raise UserError(f"a limit is a number from 0 to {_MAX}", code="invalid-value")
    with transaction.atomic():
        Namespace.objects.filter(pk=home.pk).update(parallelism=limit)
        transaction.on_commit(lambda: bus.current().wake(""))
    home.parallelism = limit
    return _found(home)


def _found(home: Namespace) -> Parallelism:
    runs = Run.objects.filter(namespace=home)
    return Parallelism(
        limit=home.parallelism,
        default=settings.SLUICE_NAMESPACE_PARALLELISM,
        active=runs.filter(admitted=True, finished_at__isnull=True).count(),
        queued=runs.filter(admitted=False).count(),
    )
