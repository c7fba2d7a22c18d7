"""Events in the API: what senders may say, answers, rows turned into them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from workflows.errors import UserError
from workflows.models import Event, EventOutcome
from workflows.services.events import MAX_KEY, Reception
from workflows.services.webhooks import SECRET_HEADERS
from workflows.wire import rfc3339

_Text = serializers.CharField

#: Where senders name an event, so that one that is sent twice is one event; the first that is there counts.
_KEYS = ("Idempotency-Key", "Ce-Id", "X-GitHub-Delivery", "X-Gitlab-Event-UUID", "X-Request-UUID")
#: A header that begins like those bindings see and holds what must stay between sender and server.
_HIDDEN = frozenset({"x-csrftoken"}) | SECRET_HEADERS


class EventQuery(serializers.Serializer[Any]):
    before = serializers.IntegerField(required=False, min_value=1, help_text="`next` of the page before")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)


class Outcome(serializers.Serializer[Any]):
    """What one event binding made of the event."""

    binding = _Text()
    revision = serializers.IntegerField(help_text="of the binding")
    result = serializers.ChoiceField(choices=EventOutcome.Result.choices)
    message = _Text(help_text="why it failed")
    runUid = _Text()
    runName = _Text()


class EventEntry(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    discriminator = _Text()
    key = _Text(help_text="what the sender calls the event")
    receivedAt = serializers.DateTimeField()
    actor = _Text()
    retryAt = serializers.DateTimeField(allow_null=True, help_text="when failed bindings are tried again")
    outcomes = Outcome(many=True)


class EventDetail(EventEntry):
    payload = _Text(help_text="as it came")
    metadata = serializers.DictField(child=serializers.ListField(child=_Text()))


class EventPage(serializers.Serializer[Any]):
    items = EventEntry(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="`before` of the next page, null on the last")


class Accepted(EventEntry):
    runs = serializers.ListField(child=serializers.DictField(), help_text="name and uid of each run")
    again = serializers.BooleanField(help_text="it had been accepted before, nothing was done now")
    reason = _Text(help_text="why there is no run")


def event_key(request: Request) -> str:
    """Raises UserError for one that is too long."""
    key = next((request.headers[name] for name in _KEYS if request.headers.get(name)), "")
    if len(key) > MAX_KEY:
        raise UserError(f"the key of an event has at most {MAX_KEY} characters")
    return key


def event_metadata(request: Request) -> dict[str, list[str]]:
    """The headers that bindings see, as Argo gives them: those that begin with ``x-``, values in lists."""
    headers = ((name.lower(), value) for name, value in request.headers.items())
    return {name: [value] for name, value in headers if name.startswith("x-") and name not in _HIDDEN}


def show_event(event: Event, outcomes: list[EventOutcome] | None = None) -> dict[str, Any]:
    found = list(event.outcomes.all()) if outcomes is None else outcomes
    return {
        "id": event.id,
        "discriminator": event.discriminator,
        "key": event.key,
        "receivedAt": rfc3339(event.received_at),
        "actor": event.actor_name,
        "retryAt": rfc3339(event.retry_at),
        "outcomes": [_show_outcome(outcome) for outcome in sorted(found, key=lambda one: one.binding)],
    }


def show_reception(reception: Reception) -> dict[str, Any]:
    outcomes = list(reception.outcomes)
    runs = [{"name": one.run_name, "uid": one.run_uid} for one in outcomes if one.run_uid]
    return show_event(reception.event, outcomes) | {
        "runs": runs,
        "again": reception.again,
        "reason": "" if runs else _reason(outcomes),
    }


def _reason(outcomes: list[EventOutcome]) -> str:
    if not outcomes:
        return "the namespace has no event binding"
    failed = [one.binding for one in outcomes if one.result == EventOutcome.Result.FAILED]
    if failed:
        return f"bindings failed: {', '.join(sorted(failed))}"
    matched = any(one.result == EventOutcome.Result.NOTHING for one in outcomes)
    return "a binding matches that submits nothing" if matched else "no event binding matches"


def _show_outcome(outcome: EventOutcome) -> dict[str, Any]:
    return {
        "binding": outcome.binding,
        "revision": outcome.revision,
        "result": outcome.result,
        "message": outcome.message,
        "runUid": outcome.run_uid,
        "runName": outcome.run_name,
    }
