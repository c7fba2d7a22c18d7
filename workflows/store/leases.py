"""Who may write a run: leases with fencing tokens.

An engine is a member with a time until which it counts as alive; its leases live as long as it does, so that
renewing all of them is one write. Every new lease raises the run's `fence`; `commit` writes nothing under an
old one, so a member that was wrongly buried does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction

from workflows.engine.messages import Millis
from workflows.models import EngineMember
from workflows.store import dialect

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write one run."""

    run_id: int
    uid: str
    fence: int


def join(member: str, *, host: str, now: Millis, alive_ms: int) -> None:
    """Make `member` known, so that its leases count."""
    EngineMember.objects.update_or_create(
        name=member, defaults={"host": host, "started_at": now, "alive_until": now + alive_ms}
    )


def renew(member: str, *, now: Millis, alive_ms: int, stats: str = "{}") -> bool:
    """False when the member was buried: all its leases are gone and it must join again."""
    return bool(EngineMember.objects.filter(name=member).update(alive_until=now + alive_ms, stats=stats))


def anybody_alive(now: Millis) -> bool:
    """Whether some engine counts as alive."""
    return EngineMember.objects.filter(alive_until__gte=now).exists()


def leave(member: str) -> None:
    """Give up all leases, so that others take over the runs at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        _free_runs(cursor, [member])
        EngineMember.objects.filter(name=member).delete()


def bury_dead(*, now: Millis) -> list[str]:
    """End the leases of members that have not renewed in time; returns their names."""
    if not EngineMember.objects.filter(alive_until__lt=now).exists():
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflows_enginemember WHERE alive_until < %s RETURNING name", [now])
        dead = [name for (name,) in cursor.fetchall()]
        _free_runs(cursor, dead)
    return dead


def bury_all() -> None:
    """End all leases, for a caller who knows that no other engine can be alive."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflows_enginemember RETURNING name")
        _free_runs(cursor, [name for (name,) in cursor.fetchall()])


def claim(member: str, *, now: Millis, limit: int) -> list[Lease]:
    """Lease up to `limit` admitted runs that nobody holds and that have something to do, new ones first, then
    the longest waiting.
    """
    wanted = (
        "SELECT id FROM workflows_run "
        "WHERE lease_owner = '' AND admitted AND wake_at IS NOT NULL AND wake_at <= %s "
        "ORDER BY wake_at LIMIT %s"
    )
    with connection.cursor() as cursor:
        # Looking costs no write lock, and most of the time there is nothing to claim.
        cursor.execute(wanted, [now, 1])
        if cursor.fetchone() is None:
            return []
    skip = dialect.current().SKIP_LOCKED
    with transaction.atomic(), connection.cursor() as cursor:
        # Materialized, as PostgreSQL may else run the subquery again and again and so pass the limit.
        cursor.execute(
            f"WITH wanted AS MATERIALIZED ({wanted} {skip}) "
            "UPDATE workflows_run SET lease_owner = %s, fence = fence + 1 "
            "WHERE id IN (SELECT id FROM wanted) RETURNING id, uid, fence",
            [now, limit, member],
        )
        return [Lease(*row) for row in cursor.fetchall()]


def _free_runs(cursor: CursorWrapper, members: list[str]) -> None:
    cursor.executemany(
        "UPDATE workflows_run SET lease_owner = '', wake_at = 0 "
        "WHERE NOT (lease_owner = '') AND lease_owner = %s",
        [(member,) for member in members],
    )
