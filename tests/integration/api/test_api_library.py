"""Stored templates through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

TEXT = """# kept
apiVersion: argoproj.io/v1alpha1
kind: {kind}
metadata:
  name: {name}
spec:
{spec}
"""
SPEC = """  entrypoint: main
  templates:
    - name: main
      container: {image: busybox, command: [echo]}
"""
CRON = """  schedules: ["0 3 * * *"]
  workflowSpec:
    entrypoint: main
    templates:
      - name: main
        container: {image: busybox, command: [echo]}
"""
EVENT = """  event: {selector: "true"} # [echo]
"""
PLACES = [
    pytest.param("WorkflowTemplate", "/api/namespaces/demo/workflow-templates", SPEC, id="namespaced"),
    pytest.param("ClusterWorkflowTemplate", "/api/cluster-workflow-templates", SPEC, id="cluster"),
    pytest.param("CronWorkflow", "/api/namespaces/demo/cron-workflows", CRON, id="cron"),
    pytest.param("WorkflowEventBinding", "/api/namespaces/demo/workflow-event-bindings", EVENT, id="binding"),
]


def text(kind: str, spec: str, name: str = "one") -> str:
    return TEXT.format(kind=kind, spec=spec, name=name)


def send(client: Client, method: str, path: str, body: str) -> Any:
    return getattr(client, method)(path, body, content_type="application/yaml")


@pytest.mark.parametrize(("kind", "path", "spec"), PLACES)
@pytest.mark.argo("17-templates", "17-cron")
def test_a_stored_object_is_made_read_changed_and_deleted(
    api: Client, kind: str, path: str, spec: str
) -> None:
    made = send(api, "post", path, text(kind, spec))
    assert made.status_code == 201, made.json()
    assert made.json()["source"].startswith("# kept\n")

    changed = send(api, "put", f"{path}/one", text(kind, spec.replace("[echo]", "[date]")))
    assert changed.status_code == 200, changed.json()
    assert "[date]" in api.get(f"{path}/one").json()["source"]
    assert [item["name"] for item in api.get(path).json()["items"]] == ["one"]

    assert api.delete(f"{path}/one").status_code == 204
    assert api.get(f"{path}/one").json()["code"] == "not-found"


@pytest.mark.parametrize(("kind", "path", "spec"), PLACES)
def test_what_does_not_fit_the_address_is_refused(api: Client, kind: str, path: str, spec: str) -> None:
    send(api, "post", path, text(kind, spec))
    other = "WorkflowTemplate" if kind != "WorkflowTemplate" else "ClusterWorkflowTemplate"

    def code(answer: Any) -> str:
        body = answer.json()
        return str(body["problems"][0]["code"] if "problems" in body else body["code"])

    assert code(send(api, "post", path, text(kind, spec))) == "name-taken"
    assert code(send(api, "post", path, text(other, SPEC))) == "other-kind"
    assert code(send(api, "put", f"{path}/one", text(kind, spec, "two"))) == "other-name"
    assert code(send(api, "put", f"{path}/two", text(kind, spec, "two"))) == "not-found"
    assert (
        code(send(api, "post", path, f"{text(kind, spec, 'a')}\n---\n{text(kind, spec, 'b')}"))
        == "one-object"
    )


def test_lists_have_pages(api: Client) -> None:
    path = "/api/namespaces/demo/workflow-templates"
    for name in ("a", "b", "c"):
        send(api, "post", path, text("WorkflowTemplate", SPEC, name))

    first = api.get(path, {"limit": 2}).json()
    second = api.get(path, {"limit": 2, "offset": first["next"]}).json()

    assert [[item["name"] for item in page["items"]] for page in (first, second)] == [["a", "b"], ["c"]]
    assert (first["next"], second["next"]) == (2, None)


@pytest.mark.parametrize(
    ("role", "read", "write"),
    [(None, 404, 404), ("viewer", 200, 403), ("operator", 200, 403), ("editor", 200, 201)],
)
def test_roles_decide_who_may_change_templates(
    api: Client, sign_in: Any, role: str | None, read: int, write: int
) -> None:
    path = "/api/namespaces/demo/workflow-templates"
    send(api, "post", path, text("WorkflowTemplate", SPEC))
    client = sign_in(role)

    assert client.get(f"{path}/one").status_code == read
    assert send(client, "post", path, text("WorkflowTemplate", SPEC, "two")).status_code == write


def test_the_clusters_templates_need_rights_everywhere(sign_in: Any) -> None:
    path = "/api/cluster-workflow-templates"

    response = send(sign_in("admin"), "post", path, text("ClusterWorkflowTemplate", SPEC))

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
