"""The OpenAPI description."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from workflows.api.schema import openapi_yaml

COPY = Path(__file__).resolve().parents[3] / "docs" / "openapi.yaml"
RENEW = "renew it: python manage.py spectacular --file docs/openapi.yaml"


def test_the_copy_in_docs_is_what_the_views_say() -> None:
    assert COPY.read_bytes().rstrip() == openapi_yaml().rstrip(), RENEW


def test_the_server_tells_it(api: Client) -> None:
    response = api.get("/api/schema/")

    assert yaml.safe_load(response.content)["openapi"].startswith("3.")


def test_every_address_is_described() -> None:
    described = set(yaml.safe_load(openapi_yaml())["paths"])

    addresses = {address for address in _addresses(get_resolver()) if address.startswith("/api/")}

    assert addresses - described == {"/api/schema/", "/api/<path:rest>"}


def test_operations_have_names_of_their_own() -> None:
    operations = [
        operation["operationId"]
        for methods in yaml.safe_load(openapi_yaml())["paths"].values()
        for operation in methods.values()
    ]

    assert len(operations) == len(set(operations))


def _addresses(resolver: URLResolver, prefix: str = "/") -> list[str]:
    found: list[str] = []
    for entry in resolver.url_patterns:
        address = prefix + _plain(entry.pattern)
        if isinstance(entry, URLResolver):
            found += _addresses(entry, address)
        elif isinstance(entry, URLPattern):
            found.append(address)
    return found


def _plain(pattern: Any) -> str:
    text = str(pattern)
    for converter in ("uid", "str", "int"):
        while f"<{converter}:" in text:
            before, _, rest = text.partition(f"<{converter}:")
            name, _, after = rest.partition(">")
            text = f"{before}{{{name}}}{after}"
    return text
