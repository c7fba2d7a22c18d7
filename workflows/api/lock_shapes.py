"""Locks, limits and parallelism as the API reads and shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from workflows.models import LockLimit
from workflows.services.locks import LockView
from workflows.services.parallelism import Parallelism
from workflows.store.lock_lists import ClaimRecord
from workflows.wire import rfc3339

_Text = serializers.CharField
_Number = serializers.IntegerField


class LockQuery(serializers.Serializer[Any]):
    after = _Text(required=False, default="", help_text="`next` of the page before")
    inUse = serializers.BooleanField(required=False, default=False, help_text="leave out idle locks")


class LimitBody(serializers.Serializer[Any]):
    limit = _Number(min_value=0, max_value=10**9 - 1)


class Claim(serializers.Serializer[Any]):
    """Who holds a lock or waits for it; empty names stand for a run that you may not see."""

    runUid = _Text()
    run = _Text()
    namespace = _Text()
    nodeId = _Text(help_text="empty for a run as a whole")
    node = _Text()
    priority = _Number()
    since = serializers.DateTimeField()
    position = _Number(allow_null=True, help_text="in the queue, from 1; null for who waits for another lock")


class LockAnswer(serializers.Serializer[Any]):
    name = _Text(help_text="such as NAMESPACE/Mutex/NAME")
    kind = serializers.ChoiceField(choices=["mutex", "semaphore"])
    limit = _Number(allow_null=True, help_text="null when it cannot be read")
    used = _Number()
    waiting = _Number()
    holders = Claim(many=True)
    waiters = Claim(many=True)


class LockPage(serializers.Serializer[Any]):
    items = LockAnswer(many=True)
    next = _Text(allow_null=True, help_text="`after` of the next page, null on the last")


class Limit(serializers.Serializer[Any]):
    key = _Text()
    limit = _Number()
    updatedAt = serializers.DateTimeField()


class ParallelismBody(serializers.Serializer[Any]):
    limit = _Number(
        min_value=0, max_value=2**31 - 1, allow_null=True, help_text="0 for any number, null for the default"
    )


class ParallelismAnswer(serializers.Serializer[Any]):
    limit = _Number(allow_null=True, help_text="0 for any number, null when the default counts")
    default = _Number()
    active = _Number(help_text="runs that have begun and not ended")
    queued = _Number(help_text="runs that wait for a place")


class Limits(serializers.Serializer[Any]):
    items = Limit(many=True)


def show_lock(view: LockView) -> dict[str, object]:
    lock = view.lock
    return {
        "name": lock.ref.name,
        "kind": "mutex" if lock.ref.mutex else "semaphore",
        "limit": lock.limit,
        "used": lock.used,
        "waiting": lock.waiting,
        "holders": [_claim(one) for one in view.holders],
        "waiters": [_claim(one) for one in view.waiters],
    }


def show_parallelism(found: Parallelism) -> dict[str, object]:
    return {
        "limit": found.limit,
        "default": found.default,
        "active": found.active,
        "queued": found.queued,
    }


def show_limit(row: LockLimit) -> dict[str, object]:
    return {"key": row.key, "limit": row.limit, "updatedAt": rfc3339(row.updated_at)}


def _claim(one: ClaimRecord) -> dict[str, object]:
    return {
        "runUid": one.run_uid,
        "run": one.run_name,
        "namespace": one.namespace,
        "nodeId": one.node_id,
        "node": one.node_name,
        "priority": one.priority,
        "since": rfc3339(one.since),
        "position": one.position,
    }
