"""Volume claims of a namespace, on a server whose executor keeps them itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from rest_framework import serializers
from rest_framework.request import Request

from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.rendering import json_response
from workflows.api.requests import Values
from workflows.services import claims


class ClaimBody(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=253)
    labels = Values(required=False, default=dict)
    spec = serializers.DictField(
        required=False, default=dict, help_text="Kubernetes' PersistentVolumeClaimSpec; kept, not enforced"
    )


class ClaimEntry(serializers.Serializer[Any]):
    name = serializers.CharField()
    labels = serializers.DictField(child=serializers.CharField())
    spec = serializers.DictField()
    createdAt = serializers.DateTimeField()


class ClaimEntries(serializers.Serializer[Any]):
    items = ClaimEntry(many=True)


class ClaimListView(ApiView):
    @described("List the volume claims of a namespace", answer=ClaimEntries)
    def get(self, request: Request, namespace: str) -> HttpResponse:
        found = claims.list_claims(actor(request), namespace)
        return json_response({"items": [_show(manifest) for manifest in found]})

    @described("Make a volume claim", body=ClaimBody, answer=ClaimEntry, status=201)
    def post(self, request: Request, namespace: str) -> HttpResponse:
        body = valid(ClaimBody, request.data)
        manifest = {"metadata": {"labels": body["labels"]}, "spec": body["spec"]}
        made = claims.create_claim(actor(request), namespace, body["name"], manifest)
        return json_response(_show(made), status=201)


class ClaimView(ApiView):
    @described("Get a volume claim", answer=ClaimEntry)
    def get(self, request: Request, namespace: str, name: str) -> HttpResponse:
        return json_response(_show(claims.get_claim(actor(request), namespace, name)))

    @described("Delete a volume claim with all files in it", status=204)
    def delete(self, request: Request, namespace: str, name: str) -> HttpResponse:
        claims.delete_claim(actor(request), namespace, name)
        return HttpResponse(status=204)


def _show(manifest: dict[str, Any]) -> dict[str, Any]:
    metadata = manifest["metadata"]
    return {
        "name": metadata["name"],
        "labels": metadata["labels"],
        "spec": manifest["spec"],
        "createdAt": metadata["creationTimestamp"],
    }


claim_paths: list[URLPattern] = [
    path("persistent-volume-claims", ClaimListView.as_view()),
    path("persistent-volume-claims/<str:name>", ClaimView.as_view()),
]
