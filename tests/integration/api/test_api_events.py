"""Events through the API, at our address and at Argo's."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.integration.services.test_events import TEMPLATE, named
from workflows.models import Event
from workflows.services import templates, tokens

PLACE = "/api/namespaces/demo/events/push"
LOG = "/api/namespaces/demo/received-events"


@pytest.fixture
def bound(api: Client, admin: User) -> Client:
    for text in (TEMPLATE, named("first")):
        templates.store_text(admin, namespace="demo", text=text)
    return api


@pytest.mark.argo("20-event-endpoint", "17-events")
@pytest.mark.parametrize("place", [PLACE, "/api/v1/events/demo/push"])
def test_the_answer_names_the_run(bound: Client, place: str) -> None:
    answer = bound.post(place, {"message": "hi"}, content_type="application/json")
    assert answer.status_code == 200, answer.json()
    shown = answer.json()
    [run] = shown["runs"]
    assert bound.get(f"/api/runs/{run['uid']}").json()["metadata"]["name"] == run["name"]
    assert (shown["again"], shown["reason"], shown["discriminator"]) == (False, "", "push")
    assert shown["outcomes"][0]["result"] == "Submitted"


@pytest.mark.parametrize("media", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_whatever_media_type_the_sender_claims(bound: Client, media: str) -> None:
    answer = bound.generic("POST", PLACE, '{"message": "hi"}', content_type=media)
    assert len(answer.json()["runs"]) == 1, answer.json()


@pytest.mark.parametrize("media", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_a_browser_sends_events_with_its_csrf_token(bound: Client, admin: User, media: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(admin)
    token = browser.get("/").cookies["csrftoken"].value

    def post(**headers: str) -> int:
        return browser.post(PLACE, b'{"message": "hi"}', content_type=media, headers=headers).status_code

    assert (post(), post(**{"X-CSRFToken": token})) == (403, 200)


def test_why_there_is_no_run(bound: Client, admin: User) -> None:
    def reason(payload: str) -> str:
        return str(bound.generic("POST", PLACE, payload, content_type="application/json").json()["reason"])

    assert reason('{"message": ""}') == "no event binding matches"
    templates.store_text(admin, namespace="demo", text=named("idle").partition("  submit:")[0])
    templates.delete_template(admin, kind="WorkflowEventBinding", name="first", namespace="demo")
    assert reason('{"message": "hi"}') == "a binding matches that submits nothing"
    assert reason('"no object"') == "bindings failed: idle"
    templates.delete_template(admin, kind="WorkflowEventBinding", name="idle", namespace="demo")
    assert reason("{}") == "the namespace has no event binding"


@pytest.mark.parametrize(
    "header", ["Idempotency-Key", "ce-id", "X-GitHub-Delivery", "X-Gitlab-Event-UUID", "X-Request-UUID"]
)
def test_an_event_that_is_sent_twice_is_one_event(bound: Client, header: str) -> None:
    body = {"message": "hi"}
    first, second = (
        bound.post(PLACE, body, content_type="application/json", headers={header: "k"}).json()
        for _ in range(2)
    )
    assert (first["again"], second["again"]) == (False, True)
    assert first["runs"] == second["runs"]
    other = bound.post(PLACE, {"message": "x"}, content_type="application/json", headers={header: "k"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


def test_what_is_no_event_is_refused(bound: Client) -> None:
    def post(body: str, **headers: str) -> tuple[int, str]:
        answer = bound.generic("POST", PLACE, body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()["code"]

    assert post("{") == (400, "invalid-payload")
    assert post('"' + "x" * 2_097_152 + '"') == (413, "too-large")
    assert post("{}", **{"Idempotency-Key": "k" * 256}) == (400, "invalid-request")
    assert not Event.objects.exists()


def test_a_program_sends_events_with_its_token(bound: Client, admin: User) -> None:
    token = tokens.create_token(admin, name="hook").secret
    headers = {"Authorization": f"Bearer {token}", "X-Kind": "a", "X-CSRFToken": "hidden"}
    answer = Client().post(PLACE, {"message": "hi"}, content_type="application/json", headers=headers)
    assert answer.status_code == 200, answer.json()
    shown = bound.get(f"{LOG}/{answer.json()['id']}").json()
    assert shown["metadata"] == {"x-kind": ["a"]}
    assert shown["payload"] == '{"message": "hi"}'
    assert Client().post(PLACE, {}, content_type="application/json").status_code == 401


def test_events_are_listed_and_replayed(bound: Client, admin: User) -> None:
    ids = [bound.post(PLACE, {"message": ""}, content_type="application/json").json()["id"] for _ in range(3)]
    page = bound.get(f"{LOG}?limit=2").json()
    assert ([item["id"] for item in page["items"]], page["next"]) == (ids[:0:-1], ids[1])
    assert [item["id"] for item in bound.get(f"{LOG}?before={ids[1]}").json()["items"]] == ids[:1]
    text = named("first").replace('payload.message != "" && ', "")
    templates.store_text(admin, namespace="demo", text=text)
    replayed = bound.post(f"{LOG}/{ids[0]}/replay", {}, content_type="application/json")
    assert len(replayed.json()["runs"]) == 1, replayed.json()
    assert bound.get(f"{LOG}/9999").status_code == 404
