"""Files people send along: stored in the namespace's repository first, taken as input artifacts later.

Whatever happens in between, `sweep` finds what no run uses. Source of the keys: Argo's upload of artifacts.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from workflows.artifacts import ArtifactInvalid, ArtifactTooLarge, Location, read_location
from workflows.artifacts.keys import segments
from workflows.engine.artifact_repository import FOLDER_LOCATION, MEMO
from workflows.engine.messages import JsonObject, Millis
from workflows.errors import ConflictError, ForbiddenError, NotFoundError, SluiceError
from workflows.models import Namespace, Run, Upload, UploadUse
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.services.artifact_repository import repository_memo
from workflows.services.artifact_stores import Stores, delete_artifacts
from workflows.store import clock

#: uploads one person may have waiting in one namespace
MAX_WAITING = 100
_SWEPT_AT_ONCE = 50
_RETRY_MS = 10 * 60_000
_LONGEST_REQUEST_MS = 24 * 3_600_000
_KEY = re.compile(r"(?:^|/)uploads/[^/]+/([0-9a-f-]{36})/")


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """`token` is what a later submit names it by; `artifact` holds its location as a field of an artifact."""

    token: str
    name: str
    size: int
    expires_at: Millis
    artifact: JsonObject


def store_upload(
    actor: Actor, namespace: str, source: Path, name: str, *, right: Right = Right.RUN_TEMPLATE
) -> StoredUpload:
    """Store the file `source` for a later submit by the same person.

    Raises ArtifactTooLarge, ConflictError when too many are waiting, and what the store raises.
    """
    home = get_namespace(Access(actor), namespace, right)
    if not isinstance(actor, User):
        raise ForbiddenError("only people who are signed in may send files")
    size = source.stat().st_size
    if size > settings.SLUICE_UPLOAD_MAX_BYTES:
        raise ArtifactTooLarge(f"the file is larger than {settings.SLUICE_UPLOAD_MAX_BYTES} bytes")
    row = _new_row(actor, home, _file_name(name), size)
    location = read_location(orjson.loads(row.location))
    assert location is not None  # noqa: S101 - written a line before
    try:
        Stores(home.name).open(location).save(source, location.key)
    except SluiceError:
        discard([row.uid])
        raise
    # Otherwise the sweep was faster, after a very long time.
    if not Upload.objects.filter(id=row.id, state=Upload.State.RECEIVING).update(state=Upload.State.STORED):
        raise ConflictError("storing the file took longer than uploads are kept", code="upload-expired")
    return _stored(row)


def artifacts_of(actor: Actor, namespace: str, tokens: Mapping[str, str]) -> dict[str, JsonObject]:
    """Locations by artifact name, for `Overrides.artifacts`. Raises NotFoundError for a token that is not one
    of the actor's in this namespace, or no longer.
    """
    rows = Upload.objects.filter(
        uid__in=set(tokens.values()),
        owner_id=actor.pk,
        namespace__name=namespace,
        state=Upload.State.STORED,
        expires_at__gt=clock.now(),
    )
    found = {row.uid: orjson.loads(row.location) for row in rows}
    for name, token in tokens.items():
        if token not in found:
            raise NotFoundError(
                f"there is no upload of yours for artifact {name!r}, or it has expired",
                code="upload-not-found",
            )
    return {name: found[token] for name, token in tokens.items()}


@contextmanager
def sent_along(
    actor: Actor,
    namespace: str,
    files: Mapping[str, tuple[Path, str]],
    tokens: Mapping[str, str] | None = None,
    *,
    right: Right = Right.SUBMIT,
    keep: bool = True,
) -> Iterator[dict[str, JsonObject]]:
    """Locations by artifact name, of files (path and name) stored now and of earlier uploads.

    To submit within: when that fails, or when nothing is to `keep`, the files are removed again.
    """
    artifacts = artifacts_of(actor, namespace, tokens or {})
    stored: list[str] = []
    try:
        for artifact, (path, name) in files.items():
            upload = store_upload(actor, namespace, path, name, right=right)
            stored.append(upload.token)
            artifacts[artifact] = upload.artifact
        yield artifacts
    except BaseException:
        discard(stored)
        raise
    if not keep:
        discard(stored)


def list_uploads(actor: Actor, namespace: str) -> list[StoredUpload]:
    """What the actor has sent and no run uses yet, oldest first."""
    get_namespace(Access(actor), namespace, Right.VIEW)
    rows = Upload.objects.filter(
        owner_id=actor.pk, namespace__name=namespace, state=Upload.State.STORED, uses__isnull=True
    )
    return [_stored(row) for row in rows.order_by("id")]


def withdraw(actor: Actor, namespace: str, token: str) -> None:
    """Remove an upload of the actor's own. Raises NotFoundError; one that a run uses stays."""
    artifacts_of(actor, namespace, {"": token})
    discard([token])


def note_uses(workflow: JsonObject, namespace_id: int, run_uid: str) -> None:
    """In the transaction that makes a run: the uploads its arguments name stay as long as the run does."""
    wanted = set(_uploads_in(workflow))
    if not wanted:
        return
    # Locked, so that the sweep does not doom them meanwhile.
    rows = Upload.objects.select_for_update().filter(
        uid__in=wanted, namespace_id=namespace_id, state=Upload.State.STORED
    )
    UploadUse.objects.bulk_create([UploadUse(upload=row, run_uid=run_uid) for row in rows])


def discard(tokens: Sequence[str]) -> None:
    """Remove uploads that came to nothing; those that cannot be removed now are left to the sweep."""
    rows = list(Upload.objects.filter(uid__in=tokens).select_related("namespace"))
    _remove([row for row in rows if _doom(row)], clock.now())


def sweep(now: Millis) -> int:
    """Remove uploads whose time is over and that no existing run uses; returns how many."""
    rows = Upload.objects.filter(expires_at__lte=now).select_related("namespace").order_by("expires_at")
    doomed = [row for row in rows[:_SWEPT_AT_ONCE] if _doom(row)]
    return _remove(doomed, now)


def sweep_incoming(now: Millis) -> int:
    """Remove files whose request was killed while it was received; returns how many."""
    folder = Path(settings.SLUICE_INCOMING_DIR)
    removed = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime * 1000 < now - _LONGEST_REQUEST_MS:
                path.unlink()
                removed += 1
    return removed


def _new_row(actor: User, home: Namespace, name: str, size: int) -> Upload:
    now = clock.now()
    waiting = Upload.objects.filter(owner=actor, namespace=home, expires_at__gt=now, uses__isnull=True)
    if waiting.count() >= MAX_WAITING:
        raise ConflictError(
            f"{MAX_WAITING} of your uploads are waiting to be used; use them first", code="too-many-uploads"
        )
    uid = str(uuid.uuid4())
    location = _repository(home.name).with_key(f"uploads/{home.name}/{uid}/{name}")
    return Upload.objects.create(
        uid=uid,
        namespace=home,
        owner=actor,
        name=name,
        size=size,
        location=orjson.dumps(location.to_json()).decode(),
        created_at=now,
        expires_at=now + settings.SLUICE_UPLOAD_EXPIRY_MS,
    )


def _repository(namespace: str) -> Location:
    """The store of the namespace's own repository. Raises ArtifactInvalid when it cannot be told."""
    chosen = repository_memo(namespace, None).get(MEMO) or {}
    if chosen.get("error"):
        raise ArtifactInvalid(chosen["error"])
    location = read_location(chosen.get("location") or FOLDER_LOCATION)
    if location is None:
        raise ArtifactInvalid("the artifact repository names no store")
    return location


def _stored(row: Upload) -> StoredUpload:
    return StoredUpload(row.uid, row.name, row.size, row.expires_at, orjson.loads(row.location))


def _file_name(name: str) -> str:
    """The last part of what the client calls the file; any name, if that cannot be part of a key."""
    last = name.replace("\\", "/").rpartition("/")[2]
    try:
        return "/".join(segments(last))
    except ArtifactInvalid:
        return "file"


def _uploads_in(workflow: JsonObject) -> Iterable[str]:
    artifacts = ((workflow.get("spec") or {}).get("arguments") or {}).get("artifacts") or ()
    for artifact in artifacts:
        for store in artifact.values():
            where = store if isinstance(store, dict) else {}
            key: Any = where.get("key") or where.get("blob") or where.get("url")
            if isinstance(key, str) and (found := _KEY.search(key)):
                yield found[1]


def _doom(upload: Upload) -> bool:
    """From here on nobody may use it; False while a run does. An upload in use is looked at again later."""
    with transaction.atomic():
        row = Upload.objects.select_for_update().filter(id=upload.id).first()
        if row is None:
            return False
        users = row.uses.values_list("run_uid", flat=True)
        if Run.objects.filter(uid__in=list(users)).exists():
            row.expires_at = clock.now() + settings.SLUICE_UPLOAD_EXPIRY_MS
        else:
            row.state = Upload.State.DOOMED
        row.save(update_fields=["expires_at", "state"])
    return row.state == Upload.State.DOOMED


def _remove(doomed: Sequence[Upload], now: Millis) -> int:
    """The file, then the row, so that a crash in between forgets nothing."""
    removed = 0
    for upload in doomed:
        if delete_artifacts(upload.namespace.name, [orjson.loads(upload.location)]):
            Upload.objects.filter(id=upload.id).update(expires_at=now + _RETRY_MS)
        else:
            Upload.objects.filter(id=upload.id).delete()
            removed += 1
    return removed
