"""What this server is, at an address of our own and where Argo's clients ask."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflows.api import answers
from workflows.api.base import ApiView, actor
from workflows.api.describe import described
from workflows.api.rendering import json_response
from workflows.services import installation, links


class InfoView(ApiView):
    @described("What this server is, and what its settings tell pages to show", answer=answers.Info)
    def get(self, request: Request) -> HttpResponse:
        return json_response(installation.about())


class ArgoInfoView(ApiView):
    @described("The same for Argo's clients", answer=answers.ArgoInfo)
    def get(self, request: Request) -> HttpResponse:
        return json_response(installation.argo_info())


class ArgoVersionView(ApiView):
    @described("The version, for Argo's clients", answer=answers.ArgoVersion)
    def get(self, request: Request) -> HttpResponse:
        return json_response(installation.argo_version())


class ArgoUserInfoView(ApiView):
    @described("Who you are, for Argo's clients", answer=answers.ArgoUserInfo)
    def get(self, request: Request) -> HttpResponse:
        return json_response(installation.argo_user_info(actor(request)))


class RunLinksView(ApiView):
    @described("List the links of the settings for a run, filled in", answer=answers.Links)
    def get(self, request: Request, uid: str) -> HttpResponse:
        return json_response({"links": links.links_for_run(actor(request), uid)})


class NodeLinksView(ApiView):
    @described("List the links of the settings for a node's pod and its logs", answer=answers.Links)
    def get(self, request: Request, uid: str, node_id: str) -> HttpResponse:
        return json_response({"links": links.links_for_node(actor(request), uid, node_id)})


#: below a run
run_link_paths = [
    path("links", RunLinksView.as_view()),
    path("nodes/<str:node_id>/links", NodeLinksView.as_view()),
]
info_paths = [
    path("info", InfoView.as_view()),
    path("v1/info", ArgoInfoView.as_view()),
    path("v1/version", ArgoVersionView.as_view()),
    path("v1/userinfo", ArgoUserInfoView.as_view()),
]
