"""The history of stored templates and schedules, at the same addresses for every kind."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from rest_framework.request import Request

from workflows.api import answers
from workflows.api import revision_shapes as shapes
from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.rendering import json_response
from workflows.api.views.library import any_namespace, template_detail
from workflows.models import Template
from workflows.services import revisions


class _RevisionView(ApiView):
    """`kind` is given with the address."""

    kind: str = Template.Kind.NAMESPACED

    def about(self, name: str, namespace: str | None) -> dict[str, Any]:
        return {"kind": self.kind, "name": name, "namespace": namespace}


class RevisionListView(_RevisionView):
    @described(
        "List the revisions of a stored object, newest first",
        answer=shapes.RevisionPage,
        query=shapes.RevisionQuery,
    )
    def get(self, request: Request, name: str, namespace: str | None = None) -> HttpResponse:
        query = valid(shapes.RevisionQuery, request.query_params)
        limit = query["limit"]
        found = revisions.list_revisions(
            actor(request), **self.about(name, namespace), before=query.get("before"), limit=limit + 1
        )
        items = [shapes.show_revision(row) for row in found[:limit]]
        return json_response({"items": items, "next": items[-1]["revision"] if len(found) > limit else None})


class RevisionView(_RevisionView):
    @described("Get a revision of a stored object", answer=shapes.RevisionDetail)
    def get(self, request: Request, name: str, number: int, namespace: str | None = None) -> HttpResponse:
        row = revisions.get_revision(actor(request), number, **self.about(name, namespace))
        return json_response(shapes.show_revision(row) | {"source": row.source, "manifest": row.manifest})


class RevisionDiffView(_RevisionView):
    @described(
        "Compare two revisions as unified diff of what their authors wrote",
        text="text/x-diff",
        query=shapes.DiffQuery,
    )
    def get(self, request: Request, name: str, namespace: str | None = None) -> HttpResponse:
        query = valid(shapes.DiffQuery, request.query_params)
        text = revisions.diff(actor(request), query["old"], query["new"], **self.about(name, namespace))
        return HttpResponse(text, content_type="text/x-diff; charset=utf-8")


class RestoreRevisionView(_RevisionView):
    @described(
        "Make a revision the present one, as a new revision",
        body=shapes.RestoreBody,
        answer=answers.StoredTemplateDetail,
    )
    def post(self, request: Request, name: str, number: int, namespace: str | None = None) -> HttpResponse:
        body = valid(shapes.RestoreBody, request.data)
        row = revisions.restore(
            actor(request),
            number,
            **self.about(name, namespace),
            check_in="" if namespace else any_namespace(request),
            message=body["message"],
            expected=shapes.expected_revision(request),
        )
        return json_response(template_detail(row), headers=shapes.etag(row.revision))


def revision_paths(prefix: str, kind: str) -> list[URLPattern]:
    """The addresses below ``prefix/NAME/revisions``."""
    base = f"{prefix}/<str:name>/revisions"
    return [
        path(base, RevisionListView.as_view(kind=kind)),
        path(f"{base}/diff", RevisionDiffView.as_view(kind=kind)),
        path(f"{base}/<int:number>", RevisionView.as_view(kind=kind)),
        path(f"{base}/<int:number>/restore", RestoreRevisionView.as_view(kind=kind)),
    ]
