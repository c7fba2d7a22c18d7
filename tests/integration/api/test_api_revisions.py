"""The history of stored templates through the API, at the addresses of every kind."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.integration.api.test_api_library import PLACES, send, text


@pytest.mark.parametrize(("kind", "path", "spec"), PLACES)
def test_revisions_are_listed_compared_and_restored(api: Client, kind: str, path: str, spec: str) -> None:
    louder = text(kind, spec.replace("[echo]", "[date]"))
    made = send(api, "post", f"{path}?message=first", text(kind, spec))
    assert (made.json()["revision"], made.headers["ETag"]) == (1, '"1"')
    changed = send(api, "put", f"{path}/one?message=louder", louder)
    assert (changed.json()["revision"], changed.headers["ETag"]) == (2, '"2"')

    listed = api.get(f"{path}/one/revisions").json()
    shown = [(item["revision"], item["author"], item["message"]) for item in listed["items"]]
    assert shown == [(2, "ada", "louder"), (1, "ada", "first")]
    assert listed["next"] is None
    page = api.get(f"{path}/one/revisions?limit=1").json()
    assert page["next"] == 2
    assert api.get(f"{path}/one/revisions?before=2").json()["items"][0]["revision"] == 1

    assert "[echo]" in api.get(f"{path}/one/revisions/1").json()["source"]
    diff = api.get(f"{path}/one/revisions/diff?old=1&new=2")
    assert diff.headers["Content-Type"] == "text/x-diff; charset=utf-8"
    assert "+++ one revision 2" in diff.content.decode()

    restored = api.post(
        f"{path}/one/revisions/1/restore", {"message": "back"}, content_type="application/json"
    )
    assert restored.status_code == 200, restored.json()
    assert (restored.json()["revision"], restored.headers["ETag"]) == (3, '"3"')
    assert api.get(f"{path}/one/revisions/1").json()["restoredFrom"] is None
    assert api.get(f"{path}/one/revisions/3").json()["restoredFrom"] == 1
    assert api.get(f"{path}/one/revisions/9").status_code == 404


def test_who_was_slower_gets_a_conflict(api: Client) -> None:
    kind, path, spec = PLACES[0].values
    place = f"{path}/one"

    def put(body: str, etag: str) -> Any:
        return api.put(place, body, content_type="application/yaml", headers={"If-Match": etag})

    send(api, "post", str(path), text(str(kind), str(spec)))
    assert put(text(str(kind), str(spec) + "  # a\n"), '"1"').status_code == 200
    late = put(text(str(kind), str(spec) + "  # b\n"), '"1"')
    assert (late.status_code, late.json()["code"]) == (409, "revision-conflict")
    assert put(text(str(kind), str(spec)), "*").status_code == 200
    assert put(text(str(kind), str(spec)), "nonsense").json()["code"] == "invalid-request"
    assert api.delete(place, headers={"If-Match": '"1"'}).status_code == 409
    assert api.delete(place, headers={"If-Match": '"3"'}).status_code == 204


def test_a_run_tells_the_revisions_it_used(api: Client) -> None:
    kind, path, spec = PLACES[0].values
    send(api, "post", str(path), text(str(kind), str(spec)))
    send(api, "put", f"{path}/one", text(str(kind), str(spec) + "  # more\n"))
    body = {"template": {"name": "one", "revision": 1}}
    started = api.post("/api/namespaces/demo/runs", body, content_type="application/json")
    assert started.status_code == 201, started.json()
    uid = started.json()["runs"][0]["metadata"]["uid"]
    used = api.get(f"/api/runs/{uid}").json()["sluice"]["templates"]
    assert used == [{"kind": "WorkflowTemplate", "name": "one", "revision": 1}]
    again = api.post(f"/api/runs/{uid}/resubmit", {"sameTemplates": True}, content_type="application/json")
    assert again.status_code == 201, again.json()
