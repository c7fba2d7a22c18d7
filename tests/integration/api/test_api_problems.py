"""Every error is a problem with a stable code."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from workflows.services import account

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("method", "path", "kwargs", "status", "code"),
    [
        pytest.param("get", "/api/none", {}, 404, "not-found", id="unknown address"),
        pytest.param("get", "/api/v1/workflows/demo", {}, 404, "not-found", id="kept for later"),
        pytest.param("get", f"/api/runs/{UNKNOWN}", {}, 404, "not-found", id="unknown run"),
        pytest.param("get", "/api/runs/nonsense", {}, 404, "not-found", id="no uid"),
        pytest.param("put", "/api/runs", {}, 405, "method-not-allowed", id="method"),
        pytest.param("get", "/api/runs?limit=none", {}, 400, "invalid-request", id="query"),
        pytest.param("get", "/api/runs?cursor=zz", {}, 400, "invalid-cursor", id="cursor"),
        pytest.param(
            "post",
            "/api/tokens",
            {"data": "{", "content_type": "application/json"},
            400,
            "parse-error",
            id="no json",
        ),
        pytest.param(
            "post",
            "/api/tokens",
            {"data": "[]", "content_type": "application/json"},
            400,
            "parse-error",
            id="no object",
        ),
        pytest.param(
            "post",
            "/api/tokens",
            {"data": "a", "content_type": "text/csv"},
            415,
            "unsupported-media-type",
            id="media type",
        ),
        pytest.param(
            "post",
            "/api/namespaces/demo/lint",
            {"data": b"\xff\xfe", "content_type": "application/yaml"},
            400,
            "parse-error",
            id="no utf-8",
        ),
        pytest.param(
            "post",
            "/api/tokens",
            {"data": "{}", "content_type": "application/json"},
            400,
            "invalid-request",
            id="missing field",
        ),
    ],
)
def test_errors_are_problems(
    api: Client, method: str, path: str, kwargs: dict[str, Any], status: int, code: str
) -> None:
    response = getattr(api, method)(path, **kwargs)

    body = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"urn:sluice:problem:{code}"
    assert body["detail"]
    assert body["instance"] == path.partition("?")[0]


@pytest.mark.parametrize(
    "path", ["/api/runs", "/api/me", "/api/none", "/api/schema/", f"/api/runs/{UNKNOWN}"]
)
def test_without_signing_in_nothing_is_told(db: None, path: str) -> None:
    response = Client().get(path)

    assert (response.status_code, response.json()["code"]) == (401, "not-signed-in")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_fields_at_fault_are_named(api: Client) -> None:
    response = api.get("/api/runs", {"phase": "Sleeping", "limit": 0, "createdAfter": "yesterday"})

    fields = response.json()["fields"]
    assert fields["phase"] == [
        "unknown phase 'Sleeping', there are Pending, Running, Error, Failed, Succeeded"
    ]
    assert set(fields) == {"phase", "limit", "createdAfter"}


def test_a_defect_is_told_without_its_details(
    api: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_actor: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(account, "list_namespaces", fail)
    response = api.get("/api/me")

    assert (response.status_code, response.json()["code"]) == (500, "internal-error")
    assert b"secret" not in response.content
    assert "secret detail" in caplog.text


def test_a_session_needs_the_csrf_token_to_change_anything(api: Client) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = api.cookies

    response = careful.post("/api/tokens", {"name": "x"}, content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
