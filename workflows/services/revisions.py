"""The history of stored templates: list, get, compare, restore. Revisions are written by `templates`."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from workflows.errors import NotFoundError, UserError
from workflows.models import Revision, Template
from workflows.services.access import Access, Actor, Right
from workflows.services.templates import Edit, store_text
from workflows.store.revisions import revisions_of

#: comparing takes time with the square of the length when texts have little in common
MAX_LINES = 10_000


def list_revisions(
    actor: Actor, *, kind: str, name: str, namespace: str | None = None, before: int | None = None, limit: int
) -> Sequence[Revision]:
    """Newest first, below the number `before`; those of a deleted template, too. Raises NotFoundError."""
    _require_view(actor, kind, name, namespace)
    rows = revisions_of(kind, name, namespace).select_related("namespace").order_by("-number")
    found = list((rows if before is None else rows.filter(number__lt=before))[:limit])
    if not found and before is None:
        raise NotFoundError(_missing(kind, name))
    return found


def get_revision(
    actor: Actor, number: int, *, kind: str, name: str, namespace: str | None = None
) -> Revision:
    """Raises NotFoundError."""
    _require_view(actor, kind, name, namespace)
    row = revisions_of(kind, name, namespace).select_related("namespace").filter(number=number).first()
    if row is None:
        raise NotFoundError(f"there is no revision {number} of {kind} {name!r}")
    return row


def diff(actor: Actor, first: int, second: int, *, kind: str, name: str, namespace: str | None = None) -> str:
    """What changed in the authors' text from `first` to `second`, as unified diff; "" for no change.

    Raises UserError for texts too long to be compared in reasonable time.
    """
    old, new = (
        get_revision(actor, number, kind=kind, name=name, namespace=namespace).source.splitlines()
        for number in (first, second)
    )
    if max(len(old), len(new)) > MAX_LINES:
        raise UserError(f"texts of more than {MAX_LINES} lines are not compared", code="too-large")
    lines = difflib.unified_diff(
        old,
        new,
        f"{name} revision {first}",
        f"{name} revision {second}",
        lineterm="",
    )
    return "".join(f"{line}\n" for line in lines)


def restore(
    actor: Actor,
    number: int,
    *,
    kind: str,
    name: str,
    namespace: str | None = None,
    check_in: str = "",
    message: str = "",
    expected: int | None = None,
) -> Template:
    """Make an earlier state the present one, as a new revision; brings a deleted template back.

    `check_in` is the namespace to check a cluster-wide template from. Raises ManifestError when the state is
    no longer accepted, ConflictError when the template is not at the revision `expected`.
    """
    row = get_revision(actor, number, kind=kind, name=name, namespace=namespace)
    edit = Edit(
        message=message or f"restored from revision {number}", expected=expected, restored_from=number
    )
    [template] = store_text(actor, namespace=namespace or check_in, text=row.source, edit=edit)
    return template


def _require_view(actor: Actor, kind: str, name: str, namespace: str | None) -> None:
    if kind != Template.Kind.CLUSTER:
        Access(actor).require(namespace or "", Right.VIEW, what=_missing(kind, name))


def _missing(kind: str, name: str) -> str:
    return f"there is no {kind} {name!r} and never was"
