"""Reading runs through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from workflows.models import Namespace

NOON = 1_767_268_800_000
NODES = [
    {"id": "r", "name": "r", "type": "DAG"},
    {"id": "r-1", "name": "r.a", "parents": ["r"], "boundary_id": "r", "phase": "Succeeded"},
    {"id": "r-2", "name": "r.b", "parents": ["r-1"], "boundary_id": "r", "phase": "Pending"},
]


def names(response: Any) -> list[str]:
    return [item["metadata"]["name"] for item in response.json()["items"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({}, ["d", "c", "b-2", "b-1", "a"], id="all, newest first"),
        pytest.param({"phase": "Failed"}, ["b-2"], id="phase"),
        pytest.param({"phase": "Failed,Succeeded"}, ["b-2", "b-1"], id="phases"),
        pytest.param({"name": "b-"}, ["b-2", "b-1"], id="beginning of the name"),
        pytest.param({"label": "team=x"}, ["c", "a"], id="label"),
        pytest.param({"label": "team=x,tier=1"}, ["c"], id="labels"),
        pytest.param({"template": "greet"}, ["b-1"], id="template"),
        pytest.param({"namespace": "other"}, ["d"], id="namespace"),
        pytest.param({"namespace": "none"}, [], id="unknown namespace"),
        pytest.param({"createdAfter": "2026-01-01T12:00:03Z"}, ["d", "c"], id="since a time"),
        pytest.param({"createdBefore": "2026-01-01T12:00:01Z"}, ["a"], id="before a time"),
        pytest.param({"phase": "Running", "namespace": "demo"}, ["c", "a"], id="several at once"),
    ],
)
@pytest.mark.argo("17-workflows", "16-list-merge")
def test_runs_are_listed_and_filtered(
    api: Client, make_run: Any, query: dict[str, str], expected: list[str]
) -> None:
    other = Namespace.objects.create(name="other", created_at=0)
    make_run("a", created_at=NOON, labels={"team": "x"})
    make_run(
        "b-1",
        created_at=NOON + 1000,
        phase="Succeeded",
        labels={"workflows.argoproj.io/workflow-template": "greet"},
    )
    make_run("b-2", created_at=NOON + 2000, phase="Failed")
    make_run("c", created_at=NOON + 3000, labels={"team": "x", "tier": "1"})
    make_run("d", created_at=NOON + 4000, home=other)

    assert names(api.get("/api/runs", query)) == expected


def test_pages_continue_where_the_last_ended(api: Client, make_run: Any) -> None:
    for number in range(5):
        make_run(f"r{number}", created_at=NOON + number // 2)

    found, query = [], {"limit": "2"}
    while True:
        page = api.get("/api/runs", query)
        found.append(names(page))
        if page.json()["next"] is None:
            break
        query["cursor"] = page.json()["next"]

    assert found == [["r4", "r3"], ["r2", "r1"], ["r0"]]


def test_only_runs_of_ones_namespaces_are_listed(sign_in: Any, make_run: Any) -> None:
    make_run("mine")
    make_run("hidden", home=Namespace.objects.create(name="other", created_at=0))

    assert names(sign_in("viewer").get("/api/runs")) == ["mine"]
    assert names(sign_in(None).get("/api/runs")) == []


@pytest.mark.argo("17-workflows")
def test_a_run_is_shown_as_argos_workflow(api: Client, make_run: Any) -> None:
    run = make_run("r", nodes=NODES, started_at=NOON)

    workflow = api.get(f"/api/runs/{run.uid}").json()

    assert (workflow["apiVersion"], workflow["kind"]) == ("argoproj.io/v1alpha1", "Workflow")
    assert workflow["spec"] == {"entrypoint": "main"}
    assert workflow["status"]["progress"] == "1/2"
    assert {
        key: node["children"] for key, node in workflow["status"]["nodes"].items() if "children" in node
    } == {
        "r": ["r-1"],
        "r-1": ["r-2"],
    }
    assert workflow == api.get("/api/namespaces/demo/runs/r").json()


def test_a_graph_tells_what_changed_since(api: Client, make_run: Any) -> None:
    run = make_run("r", nodes=NODES)

    graph = api.get(f"/api/runs/{run.uid}/graph").json()
    later = api.get(f"/api/runs/{run.uid}/graph", {"since": graph["seq"]}).json()

    assert (graph["since"], graph["seq"], graph["count"]) == (0, 1, 3)
    assert graph["columns"]["parents"] == [[], [0], [1]]
    assert later == {"since": 1, "seq": 1, "count": 0, "columns": {}, "deleted": []}


def test_a_node_is_shown_with_its_children(api: Client, make_run: Any) -> None:
    run = make_run("r", nodes=NODES)

    node = api.get(f"/api/runs/{run.uid}/nodes/r-1").json()

    assert (node["name"], node["children"], node["sluice"]["parents"]) == ("r.a", ["r-2"], ["r"])
    assert api.get(f"/api/runs/{run.uid}/nodes/none").json()["code"] == "not-found"


def test_the_manifest_is_given_back_as_it_was_written(api: Client, make_run: Any) -> None:
    response = api.get(f"/api/runs/{make_run('r').uid}/manifest")

    assert response.content == b"# as written\nkind: Workflow\n"
    assert response.headers["Content-Type"] == "application/yaml; charset=utf-8"


@pytest.mark.parametrize("path", ["", "/graph", "/manifest", "/nodes/r", "/nodes/r/logs"])
def test_what_may_not_be_seen_does_not_exist(sign_in: Any, make_run: Any, path: str) -> None:
    run = make_run("r", nodes=NODES)

    assert sign_in("viewer").get(f"/api/runs/{run.uid}{path}").status_code == 200
    assert sign_in(None).get(f"/api/runs/{run.uid}{path}").status_code == 404
