"""ConfigMaps of a namespace: named text values that runs read. Not for secret values, see `secrets`."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from workflows.errors import ConflictError, NotFoundError
from workflows.models import ConfigEntry, Namespace
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.services.locks import let_in
from workflows.services.secrets import require_fit
from workflows.services.workflow_defaults import CONFIG_MAP, KEY, parse_defaults
from workflows.spec import Document
from workflows.store import bus, clock


def list_config_maps(actor: Actor, namespace: str) -> list[ConfigEntry]:
    """By name."""
    home = get_namespace(Access(actor), namespace, Right.VIEW)
    return list(ConfigEntry.objects.filter(namespace=home).order_by("name"))


def get_config_map(actor: Actor, namespace: str, name: str) -> ConfigEntry:
    """Raises NotFoundError."""
    home = get_namespace(Access(actor), namespace, Right.VIEW)
    row = ConfigEntry.objects.filter(namespace=home, name=name).first()
    if row is None:
        raise NotFoundError(f"there is no ConfigMap {name!r} in namespace {namespace!r}")
    return row


def put_config_map(
    actor: Actor,
    namespace: str,
    name: str,
    data: Mapping[str, str],
    *,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    create: bool = True,
    update: bool = True,
) -> ConfigEntry:
    """Store all values; runs that wait for one of them are told.

    Raises ConflictError for one that exists when it may not be updated, NotFoundError for a missing one when
    it may not be created, UserError for names and sizes that Kubernetes would refuse.
    """
    home = get_namespace(Access(actor), namespace, Right.EDIT)
    with transaction.atomic():
        existing = ConfigEntry.objects.select_for_update().filter(namespace=home, name=name).first()
        if existing is not None and not update:
            raise ConflictError(f"ConfigMap {name!r} exists already", code="name-taken")
        if existing is None and not create:
            raise NotFoundError(f"there is no ConfigMap {name!r} in namespace {namespace!r}")
        return _write(home, name, data, labels or {}, annotations or {})


def delete_config_map(actor: Actor, namespace: str, name: str) -> None:
    """Runs that need it fail or wait from now on, as on a cluster."""
    home = get_namespace(Access(actor), namespace, Right.EDIT)
    with transaction.atomic():
        deleted, _ = ConfigEntry.objects.filter(namespace=home, name=name).delete()
        if not deleted:
            raise NotFoundError(f"there is no ConfigMap {name!r} in namespace {namespace!r}")
        transaction.on_commit(_tell)


def store_config_map(access: Access, home: Namespace, document: Document) -> None:
    """Store a checked ``kind: ConfigMap`` document, in the caller's transaction."""
    raw = document.raw or {}
    metadata = raw.get("metadata") or {}
    access.require(home.name, Right.EDIT)
    data = {str(key): str(value) for key, value in (raw.get("data") or {}).items()}
    about = (metadata.get("labels") or {}, metadata.get("annotations") or {})
    _write(home, metadata.get("name", ""), data, *about)


def _write(
    home: Namespace,
    name: str,
    data: Mapping[str, str],
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
) -> ConfigEntry:
    if name == CONFIG_MAP and data.get(KEY):
        parse_defaults(data[KEY], f"ConfigMap {name}")
    require_fit("ConfigMap", name, {key: value.encode() for key, value in data.items()})
    about = {
        "data": dict(data),
        "labels": dict(labels),
        "annotations": dict(annotations),
        "updated_at": clock.now(),
    }
    row, _ = ConfigEntry.objects.update_or_create(namespace=home, name=name, defaults=about)
    transaction.on_commit(_tell)
    return row


def _tell() -> None:
    """Engines read ConfigMaps anew when they look for changes; limits of semaphores count at once."""
    let_in()
    bus.current().wake("")
