"""Events from outside, and the runs that event bindings make of them.

An event, what each binding made of it and the runs are stored in one transaction: after the answer nothing is
lost, and without one nothing has happened. A binding that failed does not keep the others from submitting;
it is tried again for a while, and later by hand with `replay`. A binding submits at most one run per event.

Source: Argo's event endpoint, which answers before it looks at the event and forgets it with the process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from workflows.engine.errors import EngineError
from workflows.engine.event_binding import Scope, event_scope
from workflows.engine.messages import Millis
from workflows.errors import ConflictError, NotFoundError, UserError
from workflows.models import Event, EventOutcome, Namespace, Template
from workflows.services.access import Access, Actor, Right, get_namespace
from workflows.services.bindings import Plan, carry_out, plan
from workflows.store import clock

MAX_PAYLOAD = 2 * 1024 * 1024
MAX_KEY = 255
#: after so many tries in all a failed binding waits for a person
_TRIES = 7
_FIRST_RETRY_MS = 15_000
_RETRIED_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Reception:
    """A stored event and its outcomes by binding. `again` tells that it had been accepted before."""

    event: Event
    outcomes: Sequence[EventOutcome]
    again: bool = False


def accept(
    actor: Actor,
    namespace: str,
    discriminator: str,
    payload: bytes,
    metadata: Mapping[str, Sequence[str]],
    *,
    key: str = "",
) -> Reception:
    """Store an event and start the runs of the bindings that match it.

    With a `key` that was used before with the same payload nothing is done and the first outcome is told.
    Raises UserError for a payload that is no JSON or too large, ConflictError when the key was used for
    another payload, NotFoundError or ForbiddenError without the right to run templates.
    """
    access = Access(actor)
    home = get_namespace(access, namespace, Right.RUN_TEMPLATE)
    text = _text(payload)
    scope = _scope(namespace, discriminator, metadata, text)
    event = Event(
        namespace=home,
        discriminator=discriminator,
        key=key,
        payload=text,
        metadata=orjson.dumps({name: list(values) for name, values in metadata.items()}).decode(),
        actor_id=actor.pk,
        actor_name=actor.get_username(),
        received_at=clock.now(),
    )
    known = _accepted_before(event)
    if known is not None:
        return known
    plans = [plan(home, row, scope, event.received_at) for row in _bindings(home)]
    try:
        with transaction.atomic():
            event.save()
            outcomes = _carry_out(access, event, plans)
    except IntegrityError:
        known = _accepted_before(event)
        if known is None:
            raise
        return known
    return Reception(event, outcomes)


def list_events(actor: Actor, namespace: str, *, before: int | None = None, limit: int) -> list[Event]:
    """Newest first, below the id `before`; outcomes are fetched with them."""
    home = get_namespace(Access(actor), namespace, Right.VIEW)
    rows = Event.objects.filter(namespace=home).prefetch_related("outcomes").order_by("-id")
    return list((rows if before is None else rows.filter(id__lt=before))[:limit])


def get_event(actor: Actor, namespace: str, event_id: int) -> Event:
    """Raises NotFoundError."""
    home = get_namespace(Access(actor), namespace, Right.VIEW)
    row = Event.objects.filter(namespace=home, id=event_id).prefetch_related("outcomes").first()
    if row is None:
        raise NotFoundError(f"there is no event {event_id} in namespace {namespace!r}")
    return row


def replay(actor: Actor, namespace: str, event_id: int) -> Reception:
    """Ask all bindings that have not submitted a run for the event, those stored since then, too.

    Their runs are started for the one who asks.
    """
    access = Access(actor)
    get_namespace(access, namespace, Right.OPERATE)
    get_namespace(access, namespace, Right.RUN_TEMPLATE)
    event = get_event(actor, namespace, event_id)
    with transaction.atomic():
        locked = Event.objects.select_for_update().get(id=event.id)
        return _again(access, locked)


def retry_due(now: Millis) -> int:
    """Try failed bindings again whose time has come; returns for how many events."""
    ids = Event.objects.filter(retry_at__lte=now).order_by("retry_at").values_list("id", flat=True)
    return sum(_retry(event_id, now) for event_id in list(ids[:_RETRIED_AT_ONCE]))


def delete_old(before: Millis, *, limit: int = 1000) -> int:
    """Forget events received before a moment, unless one is still to be tried again; returns how many."""
    old = Event.objects.filter(received_at__lt=before, retry_at__isnull=True).order_by("received_at")
    ids: list[int] = list(old.values_list("id", flat=True)[:limit])
    Event.objects.filter(id__in=ids).delete()
    return len(ids)


def _retry(event_id: int, now: Millis) -> bool:
    rows = Event.objects.filter(id=event_id, retry_at__lte=now)
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        event = rows.select_related("actor").first()
        if event is None:
            return False
        event.tries += 1
        access = Access(event.actor or AnonymousUser())
        if access.allows(event.namespace.name, Right.RUN_TEMPLATE):
            _again(access, event, only_failed=True)
        else:
            event.retry_at = None
            event.save()
        return True


def _again(access: Access, event: Event, *, only_failed: bool = False) -> Reception:
    """In the caller's transaction."""
    outcomes = {outcome.binding: outcome for outcome in event.outcomes.all()}
    done = {name for name, known in outcomes.items() if known.result == EventOutcome.Result.SUBMITTED}
    failed = {name for name, known in outcomes.items() if known.result == EventOutcome.Result.FAILED}
    metadata = orjson.loads(event.metadata)
    scope = _scope(event.namespace.name, event.discriminator, metadata, event.payload)
    bindings = [row for row in _bindings(event.namespace) if row.name not in done]
    if only_failed:
        bindings = [row for row in bindings if row.name in failed]
    _carry_out(access, event, [plan(event.namespace, row, scope, clock.now()) for row in bindings])
    return Reception(event, list(event.outcomes.order_by("binding")))


def _carry_out(access: Access, event: Event, plans: Sequence[Plan]) -> list[EventOutcome]:
    outcomes: list[EventOutcome] = []
    for planned in plans:
        outcome, _ = EventOutcome.objects.update_or_create(
            event=event, binding=planned.binding, defaults=carry_out(access, planned)
        )
        outcomes.append(outcome)
    curable = any(planned.curable for planned in plans)
    event.retry_at = _next_try(event) if curable and event.tries < _TRIES else None
    event.save(update_fields=["retry_at", "tries"])
    return outcomes


def _next_try(event: Event) -> Millis:
    """Each pause is twice the one before: a quarter of an hour in all."""
    return clock.now() + (_FIRST_RETRY_MS << (event.tries - 1))


def _accepted_before(event: Event) -> Reception | None:
    if not event.key:
        return None
    same = Event.objects.filter(
        namespace=event.namespace, discriminator=event.discriminator, key=event.key
    ).first()
    if same is None:
        return None
    if _digest(same.payload) != _digest(event.payload):
        raise ConflictError(
            f"the key {event.key!r} was used for an event with another payload", code="idempotency-key-reused"
        )
    return Reception(same, list(same.outcomes.order_by("binding")), again=True)


def _bindings(home: Namespace) -> QuerySet[Template]:
    return Template.objects.filter(kind=Template.Kind.BINDING, namespace=home).order_by("name")


def _text(payload: bytes) -> str:
    if len(payload) > MAX_PAYLOAD:
        raise UserError(f"the payload is larger than {MAX_PAYLOAD} bytes", code="too-large")
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise UserError("the payload is no UTF-8 text", code="invalid-payload") from fault
    if "\x00" in text:
        raise UserError("the payload holds a NUL character", code="invalid-payload")
    return text


def _scope(namespace: str, discriminator: str, metadata: Mapping[str, Sequence[str]], payload: str) -> Scope:
    try:
        return event_scope(namespace, discriminator, metadata, payload)
    except EngineError as fault:
        raise UserError(f"the payload is no JSON: {fault.message}", code="invalid-payload") from fault


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
