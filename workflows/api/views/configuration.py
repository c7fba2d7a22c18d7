"""Secrets, whose values go in and never come out, and ConfigMaps."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from workflows.api import configuration_shapes as shapes
from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.rendering import json_response
from workflows.services import config_entries, secrets


class SecretListView(ApiView):
    @described("List the Secrets of a namespace by name and keys", answer=shapes.Secrets)
    def get(self, request: Request, namespace: str) -> HttpResponse:
        found = secrets.list_secrets(actor(request), namespace)
        return json_response({"items": [shapes.show_secret(row) for row in found]})

    @described("Store a new Secret", body=shapes.NewSecretBody, answer=shapes.SecretEntry, status=201)
    def post(self, request: Request, namespace: str) -> HttpResponse:
        body = valid(shapes.NewSecretBody, request.data)
        row = secrets.put_secret(
            actor(request),
            namespace,
            body["name"],
            shapes.values_of(body),
            labels=body["labels"],
            kind=body["type"],
            update=False,
        )
        return json_response(shapes.show_secret(row), status=201)


class SecretView(ApiView):
    @described("Get name and keys of a Secret", answer=shapes.SecretEntry)
    def get(self, request: Request, namespace: str, name: str) -> HttpResponse:
        return json_response(shapes.show_secret(secrets.get_secret(actor(request), namespace, name)))

    @described("Replace all values of a Secret", body=shapes.SecretBody, answer=shapes.SecretEntry)
    def put(self, request: Request, namespace: str, name: str) -> HttpResponse:
        body = valid(shapes.SecretBody, request.data)
        row = secrets.put_secret(
            actor(request),
            namespace,
            name,
            shapes.values_of(body),
            labels=body["labels"],
            kind=body["type"],
            create=False,
        )
        return json_response(shapes.show_secret(row))

    @described("Delete a Secret", status=204)
    def delete(self, request: Request, namespace: str, name: str) -> HttpResponse:
        secrets.delete_secret(actor(request), namespace, name)
        return HttpResponse(status=204)


class ConfigMapListView(ApiView):
    @described("List the ConfigMaps of a namespace", answer=shapes.ConfigMaps)
    def get(self, request: Request, namespace: str) -> HttpResponse:
        found = config_entries.list_config_maps(actor(request), namespace)
        return json_response({"items": [shapes.show_config_map(row) for row in found]})

    @described(
        "Store a new ConfigMap", body=shapes.NewConfigMapBody, answer=shapes.ConfigMapEntry, status=201
    )
    def post(self, request: Request, namespace: str) -> HttpResponse:
        body = valid(shapes.NewConfigMapBody, request.data)
        row = config_entries.put_config_map(
            actor(request), namespace, body["name"], body["data"], labels=body["labels"], update=False
        )
        return json_response(shapes.show_config_map(row), status=201)


class ConfigMapView(ApiView):
    @described("Get a ConfigMap", answer=shapes.ConfigMapEntry)
    def get(self, request: Request, namespace: str, name: str) -> HttpResponse:
        row = config_entries.get_config_map(actor(request), namespace, name)
        return json_response(shapes.show_config_map(row))

    @described("Replace all values of a ConfigMap", body=shapes.ConfigMapBody, answer=shapes.ConfigMapEntry)
    def put(self, request: Request, namespace: str, name: str) -> HttpResponse:
        body = valid(shapes.ConfigMapBody, request.data)
        row = config_entries.put_config_map(
            actor(request), namespace, name, body["data"], labels=body["labels"], create=False
        )
        return json_response(shapes.show_config_map(row))

    @described("Delete a ConfigMap", status=204)
    def delete(self, request: Request, namespace: str, name: str) -> HttpResponse:
        config_entries.delete_config_map(actor(request), namespace, name)
        return HttpResponse(status=204)
