"""What runs took in and gave out: lists, files, places inside folders and archives, previews."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.urls import path
from rest_framework.request import Request

from workflows.api.artifact_shapes import (
    ArtifactPageAnswer,
    ArtifactQuery,
    ContentQuery,
    ListingAnswer,
    PlaceQuery,
    PreviewAnswer,
    show_artifact,
    show_listing,
    show_preview,
)
from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.downloads import send_bundle, send_content
from workflows.api.rendering import json_response
from workflows.errors import NotFoundError
from workflows.services import artifacts
from workflows.services.artifact_content import list_entries, open_bundle, open_content
from workflows.services.artifact_preview import preview
from workflows.services.artifacts import Artifact, Side


class ArtifactListView(ApiView):
    @described("List artifacts of a run by node", answer=ArtifactPageAnswer, query=ArtifactQuery)
    def get(self, request: Request, uid: str) -> HttpResponse:
        query = valid(ArtifactQuery, request.query_params)
        page = artifacts.list_artifacts(
            actor(request), uid, node_id=query["node"], limit=query["limit"], cursor=query["cursor"]
        )
        return json_response(
            {"items": [show_artifact(item) for item in page.items], "next": page.next_cursor}
        )


class ArtifactView(ApiView):
    @described("Get the bytes of an artifact", query=ContentQuery, text="application/octet-stream")
    def get(self, request: Request, uid: str, node_id: str, side: str, name: str) -> HttpResponseBase:
        query = valid(ContentQuery, request.query_params)
        artifact = _find(request, uid, node_id, side, name)
        if query["archive"]:
            return send_bundle(request, *open_bundle(artifact, query["archive"], path=query["path"]))
        content = open_content(artifact, path=query["path"], entry=query["entry"])
        return send_content(request, content, download=not query["inline"])


class ArtifactEntriesView(ApiView):
    @described("List what is inside a folder or an archive", answer=ListingAnswer, query=PlaceQuery)
    def get(self, request: Request, uid: str, node_id: str, side: str, name: str) -> HttpResponse:
        query = valid(PlaceQuery, request.query_params)
        return json_response(show_listing(list_entries(_find(request, uid, node_id, side, name), **query)))


class ArtifactPreviewView(ApiView):
    @described("Look at the beginning of an artifact", answer=PreviewAnswer, query=PlaceQuery)
    def get(self, request: Request, uid: str, node_id: str, side: str, name: str) -> HttpResponse:
        query = valid(PlaceQuery, request.query_params)
        return json_response(show_preview(preview(_find(request, uid, node_id, side, name), **query)))


#: below /api/runs/UID/
run_paths = [
    path("artifacts", ArtifactListView.as_view()),
    path("nodes/<str:node_id>/artifacts/<str:side>/<str:name>", ArtifactView.as_view()),
    path("nodes/<str:node_id>/artifacts/<str:side>/<str:name>/entries", ArtifactEntriesView.as_view()),
    path("nodes/<str:node_id>/artifacts/<str:side>/<str:name>/preview", ArtifactPreviewView.as_view()),
]


def _find(request: Request, uid: str, node_id: str, side: str, name: str) -> Artifact:
    if side not in set(Side):
        raise NotFoundError("artifacts are among the inputs or the outputs of a node")
    return artifacts.find_artifact(actor(request), uid, node_id, Side(side), name)
