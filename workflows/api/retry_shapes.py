"""Previews of manual retries in the API: answers, and their reasons in words."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from workflows.api.requests import Values
from workflows.engine.manual_retry import Reason
from workflows.services.retries import Again, Preview

_Text = serializers.CharField

#: How many nodes an answer lists; the counts are of all.
MOST = 2000


class NodeRetryBody(serializers.Serializer[Any]):
    parameters = Values(required=False)


class AgainEntry(serializers.Serializer[Any]):
    id = _Text()
    displayName = _Text()
    type = _Text()
    phase = _Text(help_text="as it is now")
    anew = serializers.BooleanField(help_text="it is made anew; otherwise it goes on")
    reason = serializers.ChoiceField(choices=[reason.value for reason in Reason])
    blamed = _Text(help_text="id of the node that the reason speaks of, if any")
    message = _Text()


class RetryPreview(serializers.Serializer[Any]):
    anew = serializers.IntegerField(help_text="nodes that are made anew")
    again = serializers.IntegerField(help_text="nodes that go on: what is around those")
    kept = serializers.IntegerField(help_text="nodes that stay as they are")
    nodes = AgainEntry(many=True, help_text=f"in order of creation, at most {MOST}")


def show_preview(preview: Preview) -> dict[str, Any]:
    anew = sum(one.anew for one in preview.again)
    return {
        "anew": anew,
        "again": len(preview.again) - anew,
        "kept": preview.kept,
        "nodes": [_show(one) for one in preview.again[:MOST]],
    }


def _show(one: Again) -> dict[str, Any]:
    return {
        "id": one.node.id,
        "displayName": one.node.display_name,
        "type": one.node.type,
        "phase": one.node.phase,
        "anew": one.anew,
        "reason": one.cause.reason.value,
        "blamed": one.cause.blamed,
        "message": one.why,
    }
