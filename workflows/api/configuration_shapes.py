"""Secrets and ConfigMaps in the API: bodies it takes, answers it gives, rows turned into them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from workflows.api.requests import Values
from workflows.models import ConfigEntry, Secret
from workflows.services.secrets import MAX_BYTES, OPAQUE, secret_values
from workflows.wire import rfc3339


class _Texts(serializers.DictField):
    child = serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=2 * MAX_BYTES)


class SecretBody(serializers.Serializer[Any]):
    """All values of a Secret, as Kubernetes writes them."""

    data = _Texts(required=False, default=dict, help_text="values in base64")  # type: ignore[assignment]
    stringData = _Texts(required=False, default=dict, help_text="values as plain text; these win")
    type = serializers.CharField(required=False, default=OPAQUE, max_length=253)
    labels = Values(required=False, default=dict)


class NewSecretBody(SecretBody):
    name = serializers.CharField(max_length=253)


class SecretEntry(serializers.Serializer[Any]):
    """Values are never shown."""

    name = serializers.CharField()
    type = serializers.CharField()
    keys = serializers.ListField(child=serializers.CharField())
    labels = serializers.DictField(child=serializers.CharField())
    createdAt = serializers.DateTimeField()
    updatedAt = serializers.DateTimeField()


class Secrets(serializers.Serializer[Any]):
    items = SecretEntry(many=True)


class ConfigMapBody(serializers.Serializer[Any]):
    data = _Texts(required=False, default=dict)  # type: ignore[assignment]
    labels = Values(required=False, default=dict)


class NewConfigMapBody(ConfigMapBody):
    name = serializers.CharField(max_length=253)


class ConfigMapEntry(serializers.Serializer[Any]):
    name = serializers.CharField()
    data = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]
    labels = serializers.DictField(child=serializers.CharField())
    updatedAt = serializers.DateTimeField()


class ConfigMaps(serializers.Serializer[Any]):
    items = ConfigMapEntry(many=True)


def values_of(body: dict[str, Any]) -> dict[str, bytes]:
    """Raises UserError naming the key that is no base64."""
    return secret_values({"data": body["data"], "stringData": body["stringData"]})


def show_secret(row: Secret) -> dict[str, Any]:
    return {
        "name": row.name,
        "type": row.type,
        "keys": sorted(row.data),
        "labels": row.labels,
        "createdAt": rfc3339(row.created_at),
        "updatedAt": rfc3339(row.updated_at),
    }


def show_config_map(row: ConfigEntry) -> dict[str, Any]:
    return {
        "name": row.name,
        "data": row.data,
        "labels": row.labels,
        "updatedAt": rfc3339(row.updated_at),
    }
