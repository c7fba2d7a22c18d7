"""Namespaces and rights through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client


def make(client: Client, name: str) -> Any:
    return client.post("/api/namespaces", {"name": name}, content_type="application/json")


def test_a_namespace_is_made_and_listed(api: Client) -> None:
    made = make(api, "team-a")

    assert made.status_code == 201
    assert "administer" in made.json()["rights"]
    assert [item["name"] for item in api.get("/api/namespaces").json()["items"]] == ["demo", "team-a"]


@pytest.mark.parametrize(("name", "status"), [("demo", 409), ("Team", 400), ("-a", 400), ("", 400)])
def test_unfit_names_are_refused(api: Client, name: str, status: int) -> None:
    assert make(api, name).status_code == status


def test_only_administrators_of_everything_make_namespaces(sign_in: Any) -> None:
    assert make(sign_in("admin"), "team-a").status_code == 403


def test_one_sees_ones_own_namespaces_and_rights(api: Client, sign_in: Any) -> None:
    make(api, "hidden")

    me = sign_in("operator").get("/api/me").json()

    assert me == {
        "username": "user-operator",
        "namespaces": [{"name": "demo", "rights": ["operate", "run-template", "view"]}],
    }
