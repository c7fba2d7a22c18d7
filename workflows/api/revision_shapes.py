"""Revisions in the API: queries and bodies it takes, answers it gives, rows turned into them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from workflows.models import Revision
from workflows.wire import rfc3339

_MESSAGE = 500


class RevisionQuery(serializers.Serializer[Any]):
    before = serializers.IntegerField(required=False, min_value=1, help_text="`next` of the page before")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=500, default=100)


class DiffQuery(serializers.Serializer[Any]):
    old = serializers.IntegerField(min_value=1)
    new = serializers.IntegerField(min_value=1)


class ChangeQuery(serializers.Serializer[Any]):
    """For bodies that hold nothing but a manifest."""

    message = serializers.CharField(
        required=False, default="", max_length=_MESSAGE, allow_blank=True, help_text="why it is changed"
    )


class RestoreBody(serializers.Serializer[Any]):
    message = serializers.CharField(required=False, default="", max_length=_MESSAGE, allow_blank=True)


class RevisionEntry(serializers.Serializer[Any]):
    revision = serializers.IntegerField(help_text="counts from 1")
    createdAt = serializers.DateTimeField()
    author = serializers.CharField()
    message = serializers.CharField()
    restoredFrom = serializers.IntegerField(allow_null=True, help_text="the revision it is a copy of")


class RevisionDetail(RevisionEntry):
    source = serializers.CharField(help_text="as its author wrote it")  # type: ignore[assignment]
    manifest = serializers.DictField()


class RevisionPage(serializers.Serializer[Any]):
    items = RevisionEntry(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="`before` of the next page, null on the last")


def show_revision(row: Revision) -> dict[str, Any]:
    return {
        "revision": row.number,
        "createdAt": rfc3339(row.created_at),
        "author": row.author_name,
        "message": row.message,
        "restoredFrom": row.restored_from,
    }


def expected_revision(request: Request) -> int | None:
    """The revision in ``If-Match: "N"``, None for no header or ``*``. Raises ValidationError."""
    text = request.headers.get("If-Match", "").strip()
    if text in ("", "*"):
        return None
    digits = text.removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise serializers.ValidationError({"If-Match": ["not the ETag of a stored object"]})
    return int(digits)


def etag(revision: int) -> dict[str, str]:
    return {"ETag": f'"{revision}"'}
