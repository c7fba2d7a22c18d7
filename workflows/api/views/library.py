"""Stored templates and schedules: one pair of addresses per kind, all alike."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workflows.api import answers
from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.parsers import MANIFEST_PARSERS
from workflows.api.rendering import json_response
from workflows.api.requests import TemplateBody, TemplateQuery
from workflows.api.revision_shapes import ChangeQuery, etag, expected_revision
from workflows.errors import ForbiddenError, ManifestError, Problem
from workflows.models import Template
from workflows.services import account, templates
from workflows.services.access import Right
from workflows.services.manifests import as_text
from workflows.spec import parse_documents
from workflows.wire import rfc3339


class _KindView(ApiView):
    """`kind` is what the address is for."""

    parser_classes = MANIFEST_PARSERS
    kind: Template.Kind

    def store(
        self, request: Request, namespace: str | None, *, name: str | None = None, update: bool
    ) -> Template:
        body = valid(TemplateBody, request.data)
        text = as_text(body["manifest"])
        self._require_address(text, name)
        home = namespace or any_namespace(request)
        edit = templates.Edit(
            message=body["message"] or valid(ChangeQuery, request.query_params)["message"],
            create=not update,
            update=update,
            expected=expected_revision(request),
        )
        [row] = templates.store_text(actor(request), namespace=home, text=text, edit=edit)
        return row

    def _require_address(self, text: str | bytes, name: str | None) -> None:
        """The text must hold one object: of this kind and, when `name` is given, with this name."""
        documents = parse_documents(text)
        if len(documents) != 1:
            raise ManifestError([Problem("one-object", f"one {self.kind} is expected, not {len(documents)}")])
        [document] = documents
        if document.kind != self.kind:
            problem = Problem("other-kind", f"a {self.kind} is expected, not {document.kind or 'this'}")
            raise ManifestError([document.place(problem, ("kind",))])
        own = ((document.raw or {}).get("metadata") or {}).get("name")
        if name is not None and own != name:
            problem = Problem("other-name", f"the address is that of {name!r}, the object is {own!r}")
            raise ManifestError([document.place(problem, ("metadata", "name"))])


class _ListView(_KindView):
    @described("List stored objects of this kind", answer=answers.StoredTemplates, query=TemplateQuery)
    def get(self, request: Request, namespace: str | None = None) -> HttpResponse:
        query = valid(TemplateQuery, request.query_params)
        rows = templates.list_templates(
            actor(request), namespace=namespace, kind=self.kind, name_prefix=query.get("name", "")
        )
        start, limit = query["offset"], query["limit"]
        found = [_summary(row) for row in rows[start : start + limit + 1]]
        return json_response({"items": found[:limit], "next": start + limit if len(found) > limit else None})

    @described(
        "Store a new object",
        body=TemplateBody,
        query=ChangeQuery,
        answer=answers.StoredTemplateDetail,
        status=201,
    )
    def post(self, request: Request, namespace: str | None = None) -> HttpResponse:
        row = self.store(request, namespace, update=False)
        return json_response(template_detail(row), status=201, headers=etag(row.revision))


class _OneView(_KindView):
    @described("Get a stored object", answer=answers.StoredTemplateDetail)
    def get(self, request: Request, name: str, namespace: str | None = None) -> HttpResponse:
        row = templates.get_template(actor(request), kind=self.kind, name=name, namespace=namespace)
        return json_response(template_detail(row), headers=etag(row.revision))

    @described(
        "Replace a stored object; If-Match with its ETag refuses when somebody else was faster",
        body=TemplateBody,
        query=ChangeQuery,
        answer=answers.StoredTemplateDetail,
    )
    def put(self, request: Request, name: str, namespace: str | None = None) -> HttpResponse:
        row = self.store(request, namespace, name=name, update=True)
        return json_response(template_detail(row), headers=etag(row.revision))

    @described("Delete a stored object; its revisions stay, runs of it keep their copy", status=204)
    def delete(self, request: Request, name: str, namespace: str | None = None) -> HttpResponse:
        templates.delete_template(
            actor(request),
            kind=self.kind,
            name=name,
            namespace=namespace,
            expected=expected_revision(request),
        )
        return HttpResponse(status=204)


class WorkflowTemplateListView(_ListView):
    kind = Template.Kind.NAMESPACED


class WorkflowTemplateView(_OneView):
    kind = Template.Kind.NAMESPACED


class ClusterWorkflowTemplateListView(_ListView):
    kind = Template.Kind.CLUSTER


class ClusterWorkflowTemplateView(_OneView):
    kind = Template.Kind.CLUSTER


class CronWorkflowListView(_ListView):
    kind = Template.Kind.CRON


class CronWorkflowView(_OneView):
    kind = Template.Kind.CRON


class WorkflowEventBindingListView(_ListView):
    kind = Template.Kind.BINDING


class WorkflowEventBindingView(_OneView):
    kind = Template.Kind.BINDING


def any_namespace(request: Request) -> str:
    """Objects without a namespace are checked from one all the same; which one makes no difference."""
    editable = [seen.name for seen in account.list_namespaces(actor(request)) if Right.EDIT in seen.rights]
    if not editable:
        raise ForbiddenError("the right to edit in every namespace is missing")
    return editable[0]


def _summary(row: Template) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "namespace": row.namespace.name if row.namespace else None,
        "name": row.name,
        "revision": row.revision,
        "labels": row.labels,
        "createdAt": rfc3339(row.created_at),
        "updatedAt": rfc3339(row.updated_at),
    }


def template_detail(row: Template) -> dict[str, Any]:
    return _summary(row) | {"source": row.source, "manifest": row.manifest}
