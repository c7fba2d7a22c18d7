"""Reading runs."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from workflows.api import answers
from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.rendering import json_response
from workflows.api.requests import RunQuery, Since
from workflows.services import presentation, retention, runs
from workflows.services.access import Access
from workflows.store.runlist import RunFilter
from workflows.wire import node_detail


class RunListView(ApiView):
    @described("List runs, newest first", answer=answers.RunPage, query=RunQuery)
    def get(self, request: Request) -> HttpResponse:
        query = valid(RunQuery, request.query_params)
        filters = RunFilter(
            namespaces=[query["namespace"]] if "namespace" in query else None,
            phases=query.get("phase", ()),
            name_prefix=query.get("name", ""),
            labels=query.get("label", ()),
            template=query.get("template", ""),
            created_after=query.get("createdAfter"),
            created_before=query.get("createdBefore"),
        )
        page = runs.list_runs(actor(request), filters, limit=query["limit"], cursor=query.get("cursor", ""))
        access = Access(actor(request))
        items = [presentation.show_summary(record, access) for record in page.runs]
        return json_response({"items": items, "next": page.next_cursor})


class RunView(ApiView):
    @described("Get a run as Argo's Workflow object, nodes included", answer=answers.Workflow)
    def get(self, request: Request, uid: str) -> HttpResponse:
        record = runs.get_run(actor(request), uid)
        return json_response(presentation.show_workflow(record, Access(actor(request))))

    @described("Delete a finished run", status=204)
    def delete(self, request: Request, uid: str) -> HttpResponse:
        retention.delete_run(actor(request), uid)
        return HttpResponse(status=204)


class RunByNameView(ApiView):
    @described("Get a run by its name", answer=answers.Workflow)
    def get(self, request: Request, namespace: str, name: str) -> HttpResponse:
        record = runs.get_run_by_name(actor(request), namespace, name)
        return json_response(presentation.show_workflow(record, Access(actor(request))))


class GraphView(ApiView):
    @described("Get the graph of a run, or what changed in it", answer=answers.Graph, query=Since)
    def get(self, request: Request, uid: str) -> HttpResponse:
        since = valid(Since, request.query_params)["since"]
        record = runs.get_run(actor(request), uid)
        return json_response(presentation.show_graph(record, since=since))


class ManifestView(ApiView):
    @described("Get the manifest a run was made from, as it was written", text="application/yaml")
    def get(self, request: Request, uid: str) -> HttpResponse:
        text = runs.get_manifest(actor(request), uid).text
        return HttpResponse(text, content_type="application/yaml; charset=utf-8")


class NodeView(ApiView):
    @described("Get one node", answer=answers.NodeStatus)
    def get(self, request: Request, uid: str, node_id: str) -> HttpResponse:
        found = runs.get_node(actor(request), uid, node_id)
        return json_response(node_detail(found.node, children=list(found.children)))
