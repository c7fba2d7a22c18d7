"""What the server tells about itself, and the links its settings have for runs and nodes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from workflows import VERSION

LINKS = """\
- {name: Log, scope: workflow, url: "https://log.example/${metadata.namespace}?since=${status.startedAtEpoch}"}
- {name: Pod, scope: pod-logs, url: "https://log.example/${metadata.name}", target: _blank}
- {name: Chat, scope: chat, url: "https://chat.example"}
"""
COLUMNS = "[{name: Team, type: label, key: example/team}]"
PROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"


@pytest.fixture
def configured(settings: Any) -> Any:
    settings.SLUICE_LINKS = LINKS
    settings.SLUICE_COLUMNS = COLUMNS
    settings.SLUICE_NAV_COLOR = "navy"
    return settings


@pytest.mark.argo("17-info")
def test_version_links_and_columns_are_told(api: Client, configured: Any) -> None:
    told = api.get("/api/info").json()

    assert told["version"] == VERSION == tomllib.loads(PROJECT.read_text())["project"]["version"]
    assert (told["argoVersion"], told["navColor"]) == ("4.1", "navy")
    assert told["columns"] == [{"name": "Team", "type": "label", "key": "example/team"}]
    assert [link["name"] for link in told["links"]] == ["Log", "Pod", "Chat"]
    assert "target" not in told["links"][0]


@pytest.mark.argo("17-info")
def test_argos_clients_are_told_in_their_words(api: Client, admin: User, configured: Any) -> None:
    admin.groups.add(Group.objects.create(name="blue"))
    own = api.get("/api/info").json()

    assert api.get("/api/v1/info").json() == {
        "managedNamespace": "",
        "modals": {},
        "links": own["links"],
        "columns": own["columns"],
        "navColor": "navy",
    }
    assert api.get("/api/v1/version").json() == {
        "version": VERSION,
        "buildDate": "",
        "gitCommit": "",
        "gitTag": "",
        "gitTreeState": "",
        "goVersion": "",
        "compiler": "",
        "platform": "",
    }
    assert api.get("/api/v1/userinfo").json() == {
        "issuer": "",
        "subject": "ada",
        "name": "ada",
        "email": "",
        "emailVerified": False,
        "groups": ["blue"],
        "serviceAccountName": "",
        "serviceAccountNamespace": "",
    }


@pytest.mark.parametrize("path", ["info", "v1/info", "v1/version", "v1/userinfo"])
def test_only_who_is_signed_in_is_told(db: None, path: str) -> None:
    assert Client().get(f"/api/{path}").status_code == 401


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: [", id="no-yaml"),
        pytest.param("a: b", id="no-list"),
        pytest.param("[text]", id="no-mappings"),
        pytest.param("[{name: a, scope: elsewhere, url: /}]", id="unknown-scope"),
        pytest.param("[{name: a, scope: workflow}]", id="no-url"),
        pytest.param("[{name: a, scope: workflow, url: 'javascript:alert(1)'}]", id="script"),
        pytest.param("[{name: a, scope: workflow, url: '${workflow.spec.x}'}]", id="nothing-fixed"),
    ],
)
def test_a_setting_that_cannot_be_read_is_told(api: Client, settings: Any, text: str) -> None:
    settings.SLUICE_LINKS = text

    answer = api.get("/api/info")

    assert (answer.status_code, answer.json()["code"]) == (503, "misconfigured")
    assert "SLUICE_LINKS" in answer.json()["detail"]


@pytest.mark.argo("20-links")
def test_links_of_a_run_are_filled_in(api: Client, make_run: Any, configured: Any) -> None:
    run = make_run("r", started_at=1_767_268_801_000)

    [link] = api.get(f"/api/runs/{run.uid}/links").json()["links"]

    assert link == {
        "name": "Log",
        "scope": "workflow",
        "url": "https://log.example/demo?since=1767268801000",
    }


@pytest.mark.argo("20-links")
def test_links_of_a_pod_are_filled_in(api: Client, make_run: Any, configured: Any) -> None:
    nodes = [{"name": "r", "type": "DAG"}, {"name": "r.a", "id": "r-77", "template_name": "work"}]
    run = make_run("r", nodes=nodes)

    links = [api.get(f"/api/runs/{run.uid}/nodes/{node}/links").json()["links"] for node in ("r-0", "r-77")]

    assert links == [
        [],
        [{"name": "Pod", "scope": "pod-logs", "url": "https://log.example/r-work-77", "target": "_blank"}],
    ]


def test_links_of_what_may_not_be_seen_do_not_exist(make_run: Any, sign_in: Any, configured: Any) -> None:
    run = make_run("r", nodes=[{"name": "r"}])

    paths = [f"/api/runs/{run.uid}/links", f"/api/runs/{run.uid}/nodes/r-0/links"]
    stranger, viewer = sign_in(None), sign_in("viewer")
    assert [stranger.get(path).status_code for path in paths] == [404, 404]
    assert [viewer.get(path).status_code for path in paths] == [200, 200]
