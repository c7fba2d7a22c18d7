"""Volume claims of a namespace, where the executor of this server keeps them itself.

Not for those of a run, which come and go with it. A claim is not in the database: where it is kept decides
whether it exists.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from django.db import transaction

from workflows.engine.messages import JsonObject
from workflows.errors import NotFoundError, Problem, UserError
from workflows.executors import registry
from workflows.executors.base import ClaimStore
from workflows.models import Namespace
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.services.secrets import require_fit
from workflows.spec import Document
from workflows.store import clock
from workflows.wire import rfc3339

KIND: Final = "PersistentVolumeClaim"


def are_kept() -> bool:
    """Whether this server has a place for claims."""
    return registry.claims() is not None


def list_claims(actor: Actor, namespace: str) -> list[JsonObject]:
    """Their manifests, by name."""
    get_namespace(Access(actor), namespace, Right.VIEW)
    return list(_store().list(namespace))


def get_claim(actor: Actor, namespace: str, name: str) -> JsonObject:
    """Raises NotFoundError."""
    get_namespace(Access(actor), namespace, Right.VIEW)
    return _store().get(namespace, name)


def create_claim(actor: Actor, namespace: str, name: str, manifest: Mapping[str, Any]) -> JsonObject:
    """Raises ConflictError when the name is taken, UserError for a name that Kubernetes would refuse."""
    get_namespace(Access(actor), namespace, Right.EDIT)
    require_fit(KIND, name, {})
    return _store().create(namespace, _complete(namespace, name, manifest))


def relabel_claim(actor: Actor, namespace: str, name: str, manifest: Mapping[str, Any]) -> JsonObject:
    """Give it the labels and annotations of `manifest`. Raises NotFoundError, UserError for another spec."""
    get_namespace(Access(actor), namespace, Right.EDIT)
    found = _store().get(namespace, name)
    if (manifest.get("spec") or {}) != found["spec"]:
        raise UserError("the spec of a claim that was made cannot be changed", code="not-changeable")
    about = {**found["metadata"], **_about(manifest)}
    return _store().create(namespace, {**found, "metadata": about}, replace=True)


def delete_claims_labelled(namespace: str, label: str, value: str) -> None:
    """Nobody's rights are asked for: what made them is gone."""
    store = registry.claims()
    for manifest in store.list(namespace) if store is not None else ():
        if manifest["metadata"]["labels"].get(label) == value:
            with suppress(NotFoundError):
                _store().delete(namespace, manifest["metadata"]["name"])


def delete_claim(actor: Actor, namespace: str, name: str) -> None:
    """With all its files, also when a run uses it. Raises NotFoundError."""
    get_namespace(Access(actor), namespace, Right.EDIT)
    _store().delete(namespace, name)


def store_claim(access: Access, home: Namespace, document: Document) -> None:
    """Keep the claim of a checked document once the caller's transaction is committed.

    One that is there already keeps its files.
    """
    access.require(home.name, Right.EDIT)
    raw = document.raw or {}
    manifest = _complete(home.name, raw["metadata"]["name"], raw)
    store, namespace = _store(), home.name
    transaction.on_commit(lambda: store.create(namespace, manifest, replace=True))


def claim_problems(document: Document) -> list[Problem]:
    """What is wrong with a ``kind: PersistentVolumeClaim`` document."""
    raw = document.raw or {}
    metadata = raw.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(name, str):
        return [document.place(Problem("missing-field", f"a {KIND} needs a name"), ("metadata",))]
    try:
        require_fit(KIND, name, {})
    except UserError as fault:
        return [document.place(Problem("invalid-name", fault.message), ("metadata", "name"))]
    for field, value in (("spec", raw.get("spec")), ("labels", metadata.get("labels") if metadata else None)):
        if value is not None and not isinstance(value, dict):
            path = (field,) if field == "spec" else ("metadata", field)
            return [document.place(Problem("wrong-type", f"`{field}` maps names to values"), path)]
    return []


def _complete(namespace: str, name: str, manifest: Mapping[str, Any]) -> JsonObject:
    metadata: JsonObject = {
        "name": name,
        "namespace": namespace,
        "uid": str(uuid.uuid4()),
        "creationTimestamp": rfc3339(clock.now()),
        **_about(manifest),
    }
    spec = manifest.get("spec") or {}
    bound = {"phase": "Bound", "accessModes": spec.get("accessModes") or []}
    return {"apiVersion": "v1", "kind": KIND, "metadata": metadata, "spec": spec, "status": bound}


def _about(manifest: Mapping[str, Any]) -> JsonObject:
    given = manifest.get("metadata") or {}
    return {
        part: {str(key): str(value) for key, value in (given.get(part) or {}).items()}
        for part in ("labels", "annotations")
    }


def _store() -> ClaimStore:
    store = registry.claims()
    if store is None:
        raise UserError("this server keeps no volume claims: make them in the cluster", code="no-claims")
    return store
