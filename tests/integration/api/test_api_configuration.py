"""Secrets and ConfigMaps through the API: secret values go in and never come out."""

from __future__ import annotations

import base64

import pytest
from django.test import Client

from tests.integration.api.conftest import SignIn
from workflows.store import configuration

SECRETS = "/api/namespaces/demo/secrets"
MAPS = "/api/namespaces/demo/config-maps"
JSON = "application/json"
HIDDEN = "hunter2-hidden"


def test_a_secret_is_made_listed_replaced_and_deleted_without_being_shown(api: Client) -> None:
    encoded = base64.b64encode(HIDDEN.encode()).decode()
    body = {"name": "store", "data": {"b": encoded}, "stringData": {"a": HIDDEN}, "labels": {"x": "y"}}
    made = api.post(SECRETS, body, content_type=JSON)
    assert made.status_code == 201, made.json()
    assert made.json() | {"createdAt": "", "updatedAt": ""} == {
        "name": "store", "type": "Opaque", "keys": ["a", "b"], "labels": {"x": "y"},
        "createdAt": "", "updatedAt": "",
    }  # fmt: skip
    assert configuration.read_secret("demo", "store") == {"a": HIDDEN.encode(), "b": HIDDEN.encode()}
    assert api.post(SECRETS, body, content_type=JSON).json()["code"] == "name-taken"

    changed = api.put(f"{SECRETS}/store", {"stringData": {"c": HIDDEN}}, content_type=JSON)
    assert changed.json()["keys"] == ["c"]
    answers = [made, changed, api.get(SECRETS), api.get(f"{SECRETS}/store")]
    assert not any(HIDDEN in str(answer.content) or encoded in str(answer.content) for answer in answers)

    assert api.delete(f"{SECRETS}/store").status_code == 204
    assert api.get(f"{SECRETS}/store").status_code == 404
    assert api.put(f"{SECRETS}/store", {}, content_type=JSON).status_code == 404


def test_a_value_that_is_no_base64_is_refused_without_quoting_it(api: Client) -> None:
    answer = api.post(SECRETS, {"name": "s", "data": {"a": f"{HIDDEN}!"}}, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-secret")
    assert HIDDEN not in str(answer.content)


@pytest.mark.parametrize(
    ("role", "secrets", "maps", "change"),
    [
        ("editor", 200, 200, 201),
        ("operator", 403, 200, 403),
        ("viewer", 403, 200, 403),
        (None, 404, 404, 404),
    ],
)
def test_who_may(sign_in: SignIn, role: str | None, secrets: int, maps: int, change: int) -> None:
    client = sign_in(role)
    assert client.get(SECRETS).status_code == secrets
    assert client.get(MAPS).status_code == maps
    for place in (SECRETS, MAPS):
        assert client.post(place, {"name": "x"}, content_type=JSON).status_code == change


def test_a_config_map_is_made_read_replaced_and_deleted(api: Client) -> None:
    made = api.post(MAPS, {"name": "c", "data": {"a": " 1 "}, "labels": {"l": "m"}}, content_type=JSON)
    assert made.status_code == 201, made.json()
    assert api.post(MAPS, {"name": "c"}, content_type=JSON).json()["code"] == "name-taken"
    assert api.put(f"{MAPS}/c", {"data": {"b": "2"}}, content_type=JSON).status_code == 200
    shown = api.get(f"{MAPS}/c").json()
    assert (shown["data"], shown["labels"]) == ({"b": "2"}, {})
    assert [item["name"] for item in api.get(MAPS).json()["items"]] == ["c"]
    assert api.delete(f"{MAPS}/c").status_code == 204
    assert api.get(f"{MAPS}/c").status_code == 404
    assert api.delete(f"{MAPS}/c").status_code == 404
    bad = api.post(MAPS, {"name": "c", "data": {"a b": ""}}, content_type=JSON)
    assert bad.json()["code"] == "invalid-name"
