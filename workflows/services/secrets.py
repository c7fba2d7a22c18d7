"""Secrets of a namespace: stored sealed, listed by names and keys, never shown.

Whoever may submit to a namespace may use its Secrets in a run; changing them needs the right to edit.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from workflows.engine.messages import JsonObject
from workflows.errors import ConflictError, NotFoundError, Problem, UserError
from workflows.models import Namespace, Secret
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.spec import Document
from workflows.store import cipher, clock
from workflows.store.configuration import reseal_all, sealed

#: Kubernetes' limit for all values of one Secret together
MAX_BYTES = 1024 * 1024
OPAQUE = "Opaque"
_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")


def list_secrets(actor: Actor, namespace: str) -> list[Secret]:
    """By name; `data` holds sealed values, of which only the keys are for showing."""
    home = get_namespace(Access(actor), namespace, Right.SUBMIT)
    return list(Secret.objects.filter(namespace=home).order_by("name"))


def get_secret(actor: Actor, namespace: str, name: str) -> Secret:
    """Raises NotFoundError."""
    home = get_namespace(Access(actor), namespace, Right.SUBMIT)
    row = Secret.objects.filter(namespace=home, name=name).first()
    if row is None:
        raise NotFoundError(f"there is no Secret {name!r} in namespace {namespace!r}")
    return row


def put_secret(
    actor: Actor,
    namespace: str,
    name: str,
    values: Mapping[str, bytes],
    *,
    labels: Mapping[str, str] | None = None,
    kind: str = OPAQUE,
    create: bool = True,
    update: bool = True,
) -> Secret:
    """Store all values of a Secret; keys it had and that are not given are gone.

    Raises ConflictError for one that exists when it may not be updated, NotFoundError for a missing one when
    it may not be created, UserError for names and sizes that Kubernetes would refuse.
    """
    access = Access(actor)
    home = get_namespace(access, namespace, Right.EDIT)
    require_fit("Secret", name, values)
    with transaction.atomic():
        existing = Secret.objects.select_for_update().filter(namespace=home, name=name).first()
        if existing is not None and not update:
            raise ConflictError(f"Secret {name!r} exists already", code="name-taken")
        if existing is None and not create:
            raise NotFoundError(f"there is no Secret {name!r} in namespace {namespace!r}")
        return _write(access, home, name, values, dict(labels or {}), kind or OPAQUE)


def delete_secret(actor: Actor, namespace: str, name: str) -> None:
    """Runs that use it fail from now on, as on a cluster."""
    home = get_namespace(Access(actor), namespace, Right.EDIT)
    deleted, _ = Secret.objects.filter(namespace=home, name=name).delete()
    if not deleted:
        raise NotFoundError(f"there is no Secret {name!r} in namespace {namespace!r}")


def store_secret(access: Access, home: Namespace, document: Document) -> None:
    """Store a checked ``kind: Secret`` document, in the caller's transaction."""
    raw = document.raw or {}
    metadata = raw.get("metadata") or {}
    access.require(home.name, Right.EDIT)
    labels = {str(key): str(value) for key, value in (metadata.get("labels") or {}).items()}
    _write(access, home, metadata["name"], secret_values(raw), labels, str(raw.get("type") or OPAQUE))


def secret_problems(document: Document) -> list[Problem]:
    """What is wrong with a ``kind: Secret`` document. No text quotes a value."""
    raw = document.raw or {}
    metadata = raw.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(name, str):
        return [document.place(Problem("missing-field", "a Secret needs a name"), ("metadata",))]
    for part in ("data", "stringData"):
        values = raw.get(part) or {}
        if not isinstance(values, dict):
            return [document.place(Problem("wrong-type", f"`{part}` maps keys to texts"), (part,))]
        for key, value in values.items():
            if not isinstance(value, str):
                problem = Problem("wrong-type", f"the value of {key!r} is no text", remedy="put it in quotes")
                return [document.place(problem, (part, key))]
    try:
        require_fit("Secret", name, secret_values(raw))
    except UserError as fault:
        return [document.place(Problem("invalid-secret", fault.message), ("data",))]
    return []


def secret_values(raw: JsonObject) -> dict[str, bytes]:
    """The values of a Secret's JSON: `data` in base64, `stringData` as it is, the latter wins.

    Raises UserError naming the key that is no base64.
    """
    values: dict[str, bytes] = {}
    for key, text in (raw.get("data") or {}).items():
        try:
            values[key] = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            raise UserError(
                f"the value of {key!r} under `data` is no base64: use `stringData` for plain text",
                code="invalid-secret",
            ) from None
    return values | {key: text.encode() for key, text in (raw.get("stringData") or {}).items()}


def rotate(actor: Actor, *, forget_old: bool = False) -> int:
    """Seal all Secrets anew with a new key, or with the first of SLUICE_SECRET_KEYS when those are set.

    With `forget_old` the keys before it are dropped from the key file: backups of the database that are
    older cannot be opened then. Returns how many Secrets there are.
    """
    Access(actor).require_everywhere(Right.ADMINISTER)
    if cipher.has_file():
        cipher.add_key()
    count = reseal_all(clock.now())
    if forget_old:
        cipher.forget_old_keys()
    return count


def _write(
    access: Access,
    home: Namespace,
    name: str,
    values: Mapping[str, bytes],
    labels: Mapping[str, str],
    kind: str,
) -> Secret:
    now = clock.now()
    about: dict[str, Any] = {
        "data": sealed(values),
        "labels": dict(labels),
        "type": kind,
        "updated_at": now,
        "updated_by_id": access.actor.pk,
    }
    row, _ = Secret.objects.update_or_create(
        namespace=home, name=name, defaults=about, create_defaults={**about, "created_at": now}
    )
    return row


def require_fit(kind: str, name: str, values: Mapping[str, bytes]) -> None:
    """What Kubernetes asks of names, keys and size of a Secret or ConfigMap. Raises UserError."""
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{name!r} is no name for a {kind}: lower-case letters, digits, hyphens and dots",
            code="invalid-name",
        )
    for key in values:
        if not _KEY.fullmatch(key):
            raise UserError(
                f"{key!r} is no key of a {kind}: letters, digits, hyphens, dots, underscores",
                code="invalid-name",
            )
    if sum(map(len, values.values())) > MAX_BYTES:
        raise UserError(f"a {kind} holds at most {MAX_BYTES} bytes", code="too-large")
