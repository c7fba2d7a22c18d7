"""Locks and limits through the API: what is shown to whom, and that a new limit counts at once."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from workflows.engine.messages import AcquireLocks, LockRef
from workflows.models import ConfigEntry, LockLimit, Namespace, Signal
from workflows.models import Run as RunRow
from workflows.store.commit import RunWrite, commit
from workflows.store.locks import Answers

pytestmark = pytest.mark.argo("12-sync-limit-api")

MUTEX = LockRef(name="demo/Mutex/m", mutex=True)
SEMAPHORE = LockRef(name="demo/Database/two")
FROM_MAP = LockRef(name="demo/ConfigMap/limits/two")


@pytest.fixture
def claim(make_run):
    """claim(run name, lock, **run fields): a run that asks for a lock, as an engine would write it."""

    def make(name: str, *locks: LockRef, **fields: object) -> RunRow:
        run = make_run(name, **fields)
        row = RunRow.objects.get(uid=run.uid)
        write = RunWrite(row.id, 0, run, records=[AcquireLocks(node_id="", locks=list(locks))])
        commit([write], Answers())
        return row

    return make


def test_a_lock_shows_its_holders_and_who_waits(api, claim):
    first, second = claim("first", MUTEX), claim("second", MUTEX)

    [lock] = api.get("/api/namespaces/demo/locks").json()["items"]

    assert (lock["name"], lock["kind"]) == ("demo/Mutex/m", "mutex")
    assert (lock["limit"], lock["used"], lock["waiting"]) == (1, 1, 1)
    assert [(one["run"], one["runUid"]) for one in lock["holders"]] == [("first", first.uid)]
    assert [(one["run"], one["position"], one["runUid"]) for one in lock["waiters"]] == [
        ("second", 1, second.uid)
    ]


def test_runs_of_other_namespaces_are_named_only_to_who_may_see_them(api, sign_in, claim):
    other = Namespace.objects.create(name="other", created_at=0)
    claim("theirs", MUTEX, home=other)

    [lock] = sign_in("viewer").get("/api/namespaces/demo/locks").json()["items"]
    assert (lock["used"], lock["holders"][0]["run"]) == (1, "")
    [lock] = api.get("/api/namespaces/demo/locks").json()["items"]
    assert lock["holders"][0]["run"] == "theirs"
    assert api.get("/api/namespaces/other/locks").json()["items"] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("lock", "address"),
    [(SEMAPHORE, "limits/two"), (FROM_MAP, "limits/limits/two")],
    ids=["database", "config-map"],
)
def test_who_is_let_in_by_a_new_limit_gets_a_signal(api, namespace, claim, lock, address):
    LockLimit.objects.create(namespace=namespace, key="two", limit=1, updated_at=0)
    ConfigEntry.objects.create(namespace=namespace, name="limits", data={"two": "1"}, updated_at=0)
    claim("first", lock)
    second = claim("second", lock)
    Signal.objects.all().delete()

    answer = api.put(f"/api/namespaces/demo/{address}", {"limit": 2}, "application/json")

    assert answer.status_code in (200, 204)
    assert list(Signal.objects.values_list("run_id", "kind")) == [(second.id, "LocksGranted")]


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("limits/two", {"limit": -1}, 400),
        ("limits/two", {"limit": "many"}, 400),
        ("limits/two", {}, 400),
        ("limits/none/two", {"limit": 1}, 404),
    ],
)
def test_what_is_no_limit_is_refused(api, address, body, status):
    answer = api.put(f"/api/namespaces/demo/{address}", body, "application/json")

    assert answer.status_code == status


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("operator", 403), ("editor", 200)])
@pytest.mark.argo("12-database-locks", "17-sync-limits", "12-sync-limit-api")
def test_limits_are_changed_by_who_may_edit(sign_in, role, status):
    client = sign_in(role)

    assert client.get("/api/namespaces/demo/limits").status_code == 200
    answer = client.put("/api/namespaces/demo/limits/two", {"limit": 3}, "application/json")
    assert answer.status_code == status


def test_a_deleted_limit_is_gone(api, namespace):
    LockLimit.objects.create(namespace=namespace, key="two", limit=1, updated_at=0)

    assert api.delete("/api/namespaces/demo/limits/two").status_code == 204
    assert api.delete("/api/namespaces/demo/limits/two").status_code == 404


def test_the_command_shows_and_sets(admin, namespace, claim):
    out = StringIO()
    call_command("locks", "set", "two", "4", namespace="demo", user="ada", stdout=out)
    claim("first", MUTEX)
    claim("second", MUTEX)

    call_command("locks", namespace="demo", user="ada", stdout=out)
    call_command("locks", "limits", namespace="demo", user="ada", stdout=out)

    assert out.getvalue().split("\n") == [
        "demo/Mutex/m  1/1 held, 1 waiting",
        "    held by demo/first",
        "    wanted by demo/second",
        "        4  two",
        "",
    ]


@pytest.mark.argo("23-scheduling-of-runs")
def test_the_parallelism_of_a_namespace_is_shown_and_set_by_its_administrators(api, sign_in, make_run):
    make_run("waits", phase="")

    answer = api.put("/api/namespaces/demo/parallelism", {"limit": 3}, "application/json")

    assert answer.json() == {"limit": 3, "default": 0, "active": 0, "queued": 1}
    editor = sign_in("editor")
    assert editor.get("/api/namespaces/demo/parallelism").json()["limit"] == 3
    refused = editor.put("/api/namespaces/demo/parallelism", {"limit": None}, "application/json")
    assert refused.status_code == 403
    assert api.put("/api/namespaces/demo/parallelism", {"limit": -1}, "application/json").status_code == 400


def test_the_command_sets_the_parallelism(admin, namespace):
    out = StringIO()
    call_command("locks", "parallelism", "--runs", "2", namespace="demo", user="ada", stdout=out)

    assert out.getvalue() == "2 at once, 0 active, 0 queued\n"
