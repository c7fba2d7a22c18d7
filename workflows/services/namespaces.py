"""Making namespaces. Rights inside them are given by roles, see `access`."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction

from workflows.errors import ConflictError, UserError
from workflows.models import Namespace
from workflows.services.access import Access, Actor, Right
from workflows.store import clock

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


def create_namespace(actor: Actor, name: str) -> None:
    """Make an empty namespace. Raises ForbiddenError, ConflictError, and UserError for an unfit name."""
    Access(actor).require_everywhere(Right.ADMINISTER)
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{name!r} is no name for a namespace: at most 63 lower-case letters, digits and hyphens, "
            "beginning and ending with a letter or digit",
            code="invalid-name",
        )
    try:
        with transaction.atomic():
            Namespace.objects.create(name=name, created_at=clock.now())
    except IntegrityError:
        raise ConflictError(f"there is a namespace {name!r} already", code="name-taken") from None
