"""What people see and change about locks: who holds them, who waits, and how many may hold a semaphore.

A lock belongs to the namespace in its name; runs of others that use it are named only to who may see them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import transaction

from workflows.errors import NotFoundError, UserError
from workflows.models import ConfigEntry, LockLimit
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.store import bus, clock, lock_lists, locks
from workflows.store.lock_lists import ClaimRecord, LockSummary

#: locks of one page; holders and waiters shown of each
PAGE, SHOWN = 100, 50
_MAX_LIMIT = 10**9 - 1


@dataclass(frozen=True, slots=True)
class LockView:
    """One lock and the first SHOWN of its holders and waiters."""

    lock: LockSummary
    holders: list[ClaimRecord]
    waiters: list[ClaimRecord]


def list_locks(actor: Actor, namespace: str, *, after: str = "", in_use: bool = False) -> list[LockView]:
    """Up to PAGE locks of the namespace by name, beginning after the name `after`."""
    access = Access(actor)
    get_namespace(access, namespace, Right.VIEW)
    found = lock_lists.list_locks(namespace, after=after, limit=PAGE, in_use=in_use)
    return [_view(access, lock) for lock in found]


def list_limits(actor: Actor, namespace: str) -> list[LockLimit]:
    """Limits of database semaphores by key."""
    home = get_namespace(Access(actor), namespace, Right.VIEW)
    return list(LockLimit.objects.filter(namespace=home).order_by("key"))


def set_limit(actor: Actor, namespace: str, key: str, limit: int) -> LockLimit:
    """How many may hold the database semaphore `key`; 0 keeps everybody waiting. It takes effect at once."""
    home = get_namespace(Access(actor), namespace, Right.EDIT)
    _require_fit(key, limit)
    with transaction.atomic():
        row, _ = LockLimit.objects.update_or_create(
            namespace=home, key=key, defaults={"limit": limit, "updated_at": clock.now()}
        )
        transaction.on_commit(let_in)
    return row


def delete_limit(actor: Actor, namespace: str, key: str) -> None:
    """Who asks from now on is refused; while somebody uses the lock its last limit counts."""
    home = get_namespace(Access(actor), namespace, Right.EDIT)
    deleted, _ = LockLimit.objects.filter(namespace=home, key=key).delete()
    if not deleted:
        raise NotFoundError(f"there is no limit {key!r} in namespace {namespace!r}")


def set_config_map_limit(actor: Actor, namespace: str, config_map: str, key: str, limit: int | None) -> None:
    """Change one entry of a ConfigMap that semaphores read, or delete it when `limit` is None."""
    home = get_namespace(Access(actor), namespace, Right.EDIT)
    _require_fit(key, limit or 0)
    with transaction.atomic():
        row = ConfigEntry.objects.select_for_update().filter(namespace=home, name=config_map).first()
        if row is None or (limit is None and key not in row.data):
            raise NotFoundError(f"there is no ConfigMap {config_map!r} with the key {key!r}")
        data = {name: value for name, value in row.data.items() if name != key}
        row.data = data if limit is None else {**data, key: str(limit)}
        row.updated_at = clock.now()
        row.save(update_fields=["data", "updated_at"])
        transaction.on_commit(let_in)


def let_in() -> None:
    """Grant what a changed limit allows. Call it after the transaction of the change."""
    answers = locks.grant_more(lambda _: None)
    for uid in answers.woken:
        bus.current().wake(uid)


def _view(access: Access, lock: LockSummary) -> LockView:
    return LockView(
        lock=lock,
        holders=[_shown(access, one) for one in lock_lists.holders(lock.id, limit=SHOWN)],
        waiters=[_shown(access, one) for one in lock_lists.waiters(lock.id, limit=SHOWN)],
    )


def _shown(access: Access, claim: ClaimRecord) -> ClaimRecord:
    if access.allows(claim.namespace, Right.VIEW):
        return claim
    return replace(claim, run_uid="", run_name="", namespace="", node_id="", node_name="")


def _require_fit(key: str, limit: int) -> None:
    if not key or "/" in key or len(key) > 253:
        raise UserError("a key has 1 to 253 characters and no slash", code="invalid-name")
    if not 0 <= limit <= _MAX_LIMIT:
        raise UserError(f"a limit is a number from 0 to {_MAX_LIMIT}", code="invalid-value")
