"""API tokens."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from workflows.models import ApiToken
from workflows.services import tokens
from workflows.store import clock

NOON = 1_767_268_800_000


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A clock to set: ``now.at``."""

    class Clock:
        at = NOON

    monkeypatch.setattr(clock, "now", lambda: Clock.at)
    return Clock


def make(client: Client, **body: Any) -> Any:
    return client.post("/api/tokens", body, content_type="application/json")


def with_token(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.argo("21-auth-modes", "18-session")
def test_a_token_acts_as_its_owner_without_csrf(api: Client) -> None:
    secret = make(api, name="ci").json()["token"]

    program = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})

    assert program.get("/api/me").json()["username"] == "ada"
    assert make(program, name="another").status_code == 201


def test_only_a_digest_is_kept_and_the_secret_shown_once(api: Client) -> None:
    secret = make(api, name="ci").json()["token"]

    shown = api.get("/api/tokens").json()["tokens"]

    assert [set(entry) & {"token", "digest"} for entry in shown] == [set()]
    assert secret not in str(ApiToken.objects.values().get())
    assert shown[0]["prefix"] == secret[:10]


@pytest.mark.parametrize("secret", ["slu_unknown", "", "slu_", "Basic x", "slu_\u00e9"])
def test_an_unknown_token_is_refused(db: None, secret: str) -> None:
    response = with_token(secret.encode().decode("latin-1")).get("/api/me")

    assert (response.status_code, response.json()["code"]) == (401, "bad-credentials")


def test_a_revoked_token_is_refused(api: Client) -> None:
    made = make(api, name="ci").json()

    assert api.delete(f"/api/tokens/{made['id']}").status_code == 204
    assert with_token(made["token"]).get("/api/me").status_code == 401


def test_a_token_expires(api: Client, now: Any) -> None:
    secret = make(api, name="ci", expiresAt="2026-01-01T13:00:00Z").json()["token"]

    now.at = NOON + 3_599_999
    assert with_token(secret).get("/api/me").status_code == 200
    now.at = NOON + 3_600_000
    assert with_token(secret).get("/api/me").status_code == 401


def test_a_closed_account_ends_its_tokens(api: Client, admin: User) -> None:
    secret = make(api, name="ci").json()["token"]
    admin.is_active = False
    admin.save()

    assert with_token(secret).get("/api/me").status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "ci"}, 409, "name-taken"),
        ({"name": "old", "expiresAt": "2026-01-01T11:00:00Z"}, 400, "invalid-request"),
        ({"name": ""}, 400, "invalid-request"),
    ],
)
def test_tokens_that_cannot_be_made(api: Client, body: dict[str, str], status: int, code: str) -> None:
    make(api, name="ci")

    response = make(api, **body)

    assert (response.status_code, response.json()["code"]) == (status, code)


def test_others_tokens_cannot_be_revoked(api: Client, sign_in: Any) -> None:
    token_id = make(api, name="ci").json()["id"]

    assert sign_in("admin").delete(f"/api/tokens/{token_id}").status_code == 404
    assert ApiToken.objects.count() == 1


def test_the_last_use_is_recorded_now_and_then(api: Client, now: Any) -> None:
    secret = make(api, name="ci").json()["token"]
    used = []
    for at in (NOON, NOON + 30_000, NOON + 61_000):
        now.at = at
        with_token(secret).get("/api/me")
        used.append(ApiToken.objects.get().last_used_at)

    assert used == [NOON, NOON, NOON + 61_000]


def test_a_user_has_a_limited_number_of_tokens(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MAX_TOKENS", 1)
    make(api, name="one")

    assert make(api, name="two").json()["code"] == "too-many-tokens"
