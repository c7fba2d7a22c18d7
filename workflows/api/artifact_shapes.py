"""Artifacts as the API takes and shows them: queries, answers, and how values of services become those."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from rest_framework import serializers

from workflows.artifacts.preview import Entry
from workflows.engine.messages import JsonObject
from workflows.services.artifact_content import Listing
from workflows.services.artifact_preview import Preview
from workflows.services.artifacts import ListedArtifact
from workflows.services.uploads import StoredUpload
from workflows.wire import rfc3339

_MAX_PATH = 4096
_PREVIEWS = ("text", "json", "table", "image", "folder", "archive", "other")


class ArtifactQuery(serializers.Serializer[Any]):
    node = serializers.CharField(required=False, default="", help_text="only artifacts of this node")
    cursor = serializers.CharField(required=False, default="", help_text="`next` of the page before")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)


class PlaceQuery(serializers.Serializer[Any]):
    path = serializers.CharField(
        required=False,
        default="",
        max_length=_MAX_PATH,
        trim_whitespace=False,
        help_text="a place below a stored folder",
    )
    entry = serializers.CharField(
        required=False,
        default="",
        max_length=_MAX_PATH,
        trim_whitespace=False,
        help_text="a place inside a stored tar or zip",
    )


class ContentQuery(PlaceQuery):
    archive = serializers.ChoiceField(
        choices=["zip", "tar.gz"], required=False, default="", help_text="a folder as one archive"
    )
    inline = serializers.BooleanField(
        required=False, default=False, help_text="for showing in a sandbox instead of saving"
    )


class ArtifactLinks(serializers.Serializer[Any]):
    content = serializers.CharField()
    entries = serializers.CharField()
    preview = serializers.CharField()


class ListedArtifactAnswer(serializers.Serializer[Any]):
    node = serializers.CharField(help_text="id of the node")
    nodeName = serializers.CharField()
    side = serializers.ChoiceField(choices=["inputs", "outputs"])
    name = serializers.CharField()
    path = serializers.CharField(help_text="where the container sees it")
    kind = serializers.CharField(help_text="of the store: s3, http, plugin …; empty when it is nowhere")
    key = serializers.CharField()
    archive = serializers.CharField(help_text="tar, zip or none; empty when the manifest says nothing")
    contentType = serializers.CharField(help_text="by its name")
    size = serializers.IntegerField(allow_null=True, help_text="in bytes, null when the store was not asked")
    isDirectory = serializers.BooleanField(allow_null=True)
    optional = serializers.BooleanField()
    deleted = serializers.BooleanField()
    problem = serializers.CharField(help_text="why the store told nothing")
    links = ArtifactLinks()


class ArtifactPageAnswer(serializers.Serializer[Any]):
    items = ListedArtifactAnswer(many=True)
    next = serializers.CharField(allow_null=True)


class EntryAnswer(serializers.Serializer[Any]):
    name = serializers.CharField()
    isDirectory = serializers.BooleanField()
    size = serializers.IntegerField(help_text="in bytes, for a folder of all below it")


class ListingAnswer(serializers.Serializer[Any]):
    entries = EntryAnswer(many=True)
    isArchive = serializers.BooleanField()
    isWhole = serializers.BooleanField(help_text="false when there is more than was looked at")


class PreviewAnswer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=_PREVIEWS)
    contentType = serializers.CharField()
    size = serializers.IntegerField(allow_null=True)
    isWhole = serializers.BooleanField(help_text="false when there is more than is shown")
    entry = serializers.CharField(help_text="the file of an archive that is shown, else empty")
    text = serializers.CharField(help_text="of text and json")
    rows = serializers.ListField(child=serializers.ListField(), help_text="of a table")
    entries = EntryAnswer(many=True, help_text="of a folder or an archive")


class UploadForm(serializers.Serializer[Any]):
    file = serializers.FileField()


class UploadAnswer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="for `artifacts` of a submit; works for you only")
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="in bytes")
    expiresAt = serializers.DateTimeField(help_text="until then it must be used")
    artifact = serializers.DictField(help_text="where it is, as a field of an artifact")


class UploadsAnswer(serializers.Serializer[Any]):
    items = UploadAnswer(many=True)


def show_upload(upload: StoredUpload) -> JsonObject:
    return {
        "token": upload.token,
        "name": upload.name,
        "size": upload.size,
        "expiresAt": rfc3339(upload.expires_at),
        "artifact": upload.artifact,
    }


def show_artifact(listed: ListedArtifact) -> JsonObject:
    artifact, stat = listed.artifact, listed.stat
    location = artifact.location
    base = (
        f"/api/runs/{artifact.run.uid}/nodes/{quote(artifact.node_id, safe='')}"
        f"/artifacts/{artifact.side}/{quote(artifact.name, safe='')}"
    )
    return {
        "node": artifact.node_id,
        "nodeName": artifact.node_name,
        "side": artifact.side,
        "name": artifact.name,
        "path": artifact.fields.get("path", ""),
        "kind": location.kind if location else "",
        "key": location.key if location else "",
        "archive": listed.archive,
        "contentType": listed.media_type,
        "size": stat.size if stat else None,
        "isDirectory": stat.is_directory if stat else None,
        "optional": artifact.fields.get("optional") is True,
        "deleted": artifact.is_deleted,
        "problem": listed.problem,
        "links": {"content": base, "entries": f"{base}/entries", "preview": f"{base}/preview"},
    }


def show_listing(listing: Listing) -> JsonObject:
    return {
        "entries": [_entry(entry) for entry in listing.entries],
        "isArchive": listing.is_archive,
        "isWhole": listing.is_whole,
    }


def show_preview(preview: Preview) -> JsonObject:
    return {
        "kind": preview.kind,
        "contentType": preview.media_type,
        "size": preview.size,
        "isWhole": preview.is_whole,
        "entry": preview.entry,
        "text": preview.text,
        "rows": preview.rows,
        "entries": [_entry(entry) for entry in preview.entries],
    }


def _entry(entry: Entry) -> JsonObject:
    return {"name": entry.name, "isDirectory": entry.is_directory, "size": entry.size}
