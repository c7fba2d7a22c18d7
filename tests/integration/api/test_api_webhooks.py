"""Webhooks of well-known senders: whose signature is taken, for whom they act, what is kept of them."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.integration.services.test_events import TEMPLATE, named
from workflows.models import Event, Namespace, NamespaceRole
from workflows.services import secrets, templates
from workflows.services.webhooks import CLIENTS

PLACE = "/api/v1/events/demo/push"
BODY = b'{"message": "hi"}'


@pytest.fixture
def editor(admin: User, namespace: Namespace) -> User:
    """Has stored the clients of the namespace, whose binding starts a run."""
    user = User.objects.create_user("hooks")
    NamespaceRole.objects.create(namespace=namespace, user=user, role="editor")
    for text in (TEMPLATE, named("first")):
        templates.store_text(admin, namespace="demo", text=text)
    kinds = ("github", "gitlab", "bitbucket", "bitbucketserver")
    values = {f"{kind}.example": f"type: {kind}\nsecret: shh-{kind}\n".encode() for kind in kinds}
    secrets.put_secret(user, "demo", CLIENTS, values)
    return user


def signature(secret: str, body: bytes = BODY, digest: Any = hashlib.sha256) -> str:
    return hmac.new(secret.encode(), body, digest).hexdigest()


def send(headers: dict[str, str], body: bytes = BODY, *, place: str = PLACE) -> Any:
    return Client().generic("POST", place, body, content_type="application/json", headers=headers)


PROOFS = {
    "github": {"X-Hub-Signature-256": f"sha256={signature('shh-github')}", "X-GitHub-Event": "push"},
    "gitlab": {"X-Gitlab-Token": "shh-gitlab", "X-Gitlab-Event": "Push Hook"},
    "bitbucket": {"X-Hook-UUID": "shh-bitbucket", "X-Event-Key": "repo:push"},
    "bitbucketserver": {"X-Hub-Signature": f"sha256={signature('shh-bitbucketserver')}", "X-Event-Key": "x"},
}


@pytest.mark.argo("20-webhooks")
@pytest.mark.parametrize("place", [PLACE, "/api/namespaces/demo/events/push"])
@pytest.mark.parametrize("kind", PROOFS)
def test_a_signed_webhook_starts_runs_for_whoever_stored_its_secret(
    editor: User, kind: str, place: str
) -> None:
    answer = send(PROOFS[kind], place=place)

    assert answer.status_code == 200, answer.json()
    assert len(answer.json()["runs"]) == 1
    assert answer.json()["actor"] == "hooks"


@pytest.mark.argo("20-webhooks")
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="without any"),
        pytest.param({"X-Hub-Signature-256": f"sha256={signature('guess')}"}, id="other-secret"),
        pytest.param(
            {"X-Hub-Signature-256": f"sha256={signature('shh-github', b'{}')}"}, id="of-another-body"
        ),
        pytest.param({"X-Hub-Signature-256": signature("shh-github")}, id="without-the-method"),
        pytest.param({"X-Hub-Signature-256": ""}, id="empty"),
        pytest.param({"X-Hub-Signature-256": "sha256=\xe9"}, id="no-ascii"),
        pytest.param(
            {"X-Hub-Signature": f"sha1={signature('shh-github', digest=hashlib.sha1)}"}, id="too-weak"
        ),
        pytest.param({"X-Hub-Signature": f"sha256={signature('shh-github')}"}, id="of-another-kind"),
        pytest.param({"X-Gitlab-Token": ""}, id="empty-token"),
        pytest.param({"X-Gitlab-Token": "shh-bitbucket"}, id="token-of-another-kind"),
        pytest.param({"Authorization": "Bearer slu_x", **PROOFS["gitlab"]}, id="token-goes-before"),
    ],
)
def test_who_proves_nothing_is_not_let_in(editor: User, headers: dict[str, str]) -> None:
    assert send(headers).status_code == 401
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["", "type: github", "type: gitlab\nsecret: ''", "type: [gitlab]\nsecret: shh", "- a", "a: [", "\xff",
     'type: gitlab\nsecret: {shh: shh}', "type: smoke\nsecret: shh"],
)  # fmt: skip
def test_a_client_without_type_or_secret_lets_nobody_in(editor: User, text: str) -> None:
    secrets.put_secret(editor, "demo", CLIENTS, {"broken": text.encode("latin-1")})

    assert [send({"X-Gitlab-Token": token}).status_code for token in ("", "shh", "{shh: shh}")] == [401] * 3


def test_a_broken_client_does_not_shut_out_the_others(editor: User) -> None:
    secrets.put_secret(editor, "demo", CLIENTS, {"a": b"{", "b": b"{type: gitlab, secret: shh-gitlab}"})

    assert send(PROOFS["gitlab"]).status_code == 200


def test_clients_of_one_namespace_are_none_of_another(editor: User) -> None:
    Namespace.objects.create(name="other", created_at=0)

    assert [
        send(PROOFS["gitlab"], place=f"/api/v1/events/{name}/push").status_code for name in ("other", "none")
    ] == [401, 401]


def test_a_webhook_ends_with_its_author(editor: User) -> None:
    NamespaceRole.objects.update(role="viewer")
    assert send(PROOFS["gitlab"]).status_code == 403

    User.objects.filter(id=editor.id).update(is_active=False)
    assert send(PROOFS["gitlab"]).status_code == 401


@pytest.mark.parametrize("path", ["/api/runs", "/api/namespaces/demo/received-events"])
def test_a_signature_opens_nothing_but_the_event_endpoint(editor: User, path: str) -> None:
    assert Client().get(path, headers=PROOFS["gitlab"]).status_code == 401


@pytest.mark.argo("20-webhooks")
def test_a_payload_of_two_megabytes_is_taken_and_no_more(editor: User) -> None:
    def status(length: int) -> int:
        body = b'"' + b"x" * (length - 2) + b'"'
        proof = f"sha256={signature('shh-github', body)}"
        return int(send({"X-Hub-Signature-256": proof}, body).status_code)

    assert (status(2 * 1024**2), status(2 * 1024**2 + 1)) == (200, 413)


def test_headers_that_are_the_secret_are_not_kept(editor: User) -> None:
    for kind in ("gitlab", "bitbucket"):
        assert send(PROOFS[kind]).status_code == 200

    kept = "".join(Event.objects.values_list("metadata", flat=True))
    assert "Push Hook" in kept
    assert "shh-" not in kept


def test_a_webhook_that_is_sent_again_is_one_event(editor: User) -> None:
    headers = PROOFS["bitbucket"] | {"X-Request-UUID": "one"}

    first, second = send(headers).json(), send(headers).json()

    assert (first["again"], second["again"], first["runs"]) == (False, True, second["runs"])
