"""Artifacts at the addresses Argo's server gives them, for its links and clients; folders as pages.

Source: Argo's artifact server. Not described in OpenAPI; programs of our own use `artifacts`.
"""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import path
from django.utils.html import format_html, format_html_join
from rest_framework.request import Request

from workflows.api.base import ApiView, actor
from workflows.api.downloads import send_content
from workflows.artifacts.preview import INDEX, response_headers
from workflows.services import artifacts
from workflows.services.artifact_content import Listing, list_entries, open_content
from workflows.services.artifacts import Artifact, Side

_PAGE = "text/html; charset=utf-8"


class ByNameView(ApiView):
    """/artifacts/NAMESPACE/RUN/NODE/NAME and /input-artifacts/…"""

    schema = None
    side = Side.OUTPUTS

    def get(self, request: Request, namespace: str, run: str, node_id: str, name: str) -> HttpResponseBase:
        found = artifacts.find_artifact_of(actor(request), namespace, run, node_id, self.side, name)
        return send_content(request, open_content(found), download=False)


class ByUidView(ApiView):
    """/artifacts-by-uid/UID/NODE/NAME and /input-artifacts-by-uid/…"""

    schema = None
    side = Side.OUTPUTS

    def get(self, request: Request, uid: str, node_id: str, name: str) -> HttpResponseBase:
        found = artifacts.find_artifact(actor(request), uid, node_id, self.side, name)
        return send_content(request, open_content(found), download=False)


class FilesView(ApiView):
    """/artifact-files/NAMESPACE/workflows/RUN/NODE/outputs/NAME/PATH: a folder can be walked through.

    Instead of ``workflows/RUN`` also ``archived-workflows/UID``.
    """

    schema = None
    archived = False
    side = Side.OUTPUTS

    def get(
        self, request: Request, namespace: str, run: str, node_id: str, name: str, rest: str | None = None
    ) -> HttpResponseBase:
        if self.archived:
            found = artifacts.find_artifact(actor(request), run, node_id, self.side, name)
        else:
            found = artifacts.find_artifact_of(actor(request), namespace, run, node_id, self.side, name)
        if not artifacts.is_folder(found, rest or ""):
            return send_content(request, open_content(found, path=rest or ""), download=False)
        if not request.path.endswith("/"):
            # So that the links of the page lead below the folder.
            return HttpResponseRedirect(quote(request.path) + "/")
        return _folder(request, found, rest or "")


def _folder(request: Request, artifact: Artifact, place: str) -> HttpResponseBase:
    """Its own index.html, else a page of links. The sandbox allows neither scripts nor foreign content."""
    listing = list_entries(artifact, path=place)
    if any(entry.name == INDEX and not entry.is_directory for entry in listing.entries):
        return send_content(request, open_content(artifact, path=place + INDEX), download=False)
    page = _page(f"{artifact.name}/{place}", listing)
    return HttpResponse(page, headers=response_headers(INDEX, _PAGE))


def _page(title: str, listing: Listing) -> str:
    lines = format_html_join(
        "\n",
        '<li><a href="./{}">{}</a></li>',
        (
            (quote(entry.name, safe="") + ("/" if entry.is_directory else ""), entry.name)
            for entry in listing.entries
        ),
    )
    return format_html(
        '<!doctype html>\n<title>{}</title>\n<h1>{}</h1>\n<ul>\n<li><a href="../">..</a></li>\n{}\n</ul>\n',
        title,
        title,
        lines,
    )


def _files(side: Side) -> list[object]:
    return [
        path(
            f"artifact-files/<str:namespace>/{kind}/<str:run>/<str:node_id>/{side}/<str:name>{tail}",
            FilesView.as_view(archived=archived, side=side),
        )
        for kind, archived in (("workflows", False), ("archived-workflows", True))
        for tail in ("", "/", "/<path:rest>")
    ]


#: at the root
argo_paths = [
    *_files(Side.OUTPUTS),
    *_files(Side.INPUTS),
    path("artifacts/<str:namespace>/<str:run>/<str:node_id>/<str:name>", ByNameView.as_view()),
    path("artifacts-by-uid/<str:uid>/<str:node_id>/<str:name>", ByUidView.as_view()),
    path(
        "input-artifacts/<str:namespace>/<str:run>/<str:node_id>/<str:name>",
        ByNameView.as_view(side=Side.INPUTS),
    ),
    path("input-artifacts-by-uid/<str:uid>/<str:node_id>/<str:name>", ByUidView.as_view(side=Side.INPUTS)),
]
