"""Memoization caches over HTTP and on the command line."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.integration.api.conftest import SignIn
from workflows.models import Memo, Namespace
from workflows.services import memos

PATH = "/api/namespaces/demo/caches"
pytestmark = pytest.mark.argo("13-cache-store", "13-limits")


def entry(namespace: Namespace, cache: str, key: str, **fields: object) -> Memo:
    defaults = {"outputs": '{"result":"x"}', "size": 14, "node_id": "r-1", "run_uid": "u", "run_name": "r",
                "created_at": 1_700_000_000_000, "last_hit_at": 1_700_000_060_000}  # fmt: skip
    return Memo.objects.create(namespace=namespace, cache=cache, key=key, **{**defaults, **fields})


@pytest.fixture
def filled(namespace: Namespace) -> None:
    for key in ("a", "b", "c"):
        entry(namespace, "one", key)
    entry(namespace, "two", "a", outputs="", size=0, last_hit_at=1_700_000_000_000)
    elsewhere = Namespace.objects.create(name="elsewhere", created_at=0)
    entry(elsewhere, "one", "z")


@pytest.mark.usefixtures("filled")
def test_caches_are_listed(api: Client) -> None:
    assert api.get(PATH).json() == {
        "items": [
            {"name": "one", "entries": 3, "bytes": 42, "lastHitAt": "2023-11-14T22:14:20Z"},
            {"name": "two", "entries": 1, "bytes": 0, "lastHitAt": "2023-11-14T22:13:20Z"},
        ]
    }


@pytest.mark.usefixtures("filled")
def test_entries_have_pages(api: Client) -> None:
    first = api.get(f"{PATH}/one?limit=2").json()
    second = api.get(f"{PATH}/one?limit=2&after={first['next']}").json()

    assert ([item["key"] for item in first["items"]], first["next"]) == (["a", "b"], "b")
    assert ([item["key"] for item in second["items"]], second["next"]) == (["c"], None)


@pytest.mark.usefixtures("filled")
def test_an_entry_shows_its_outputs(api: Client) -> None:
    shown = {
        "key": "a",
        "nodeID": "r-1",
        "runUid": "u",
        "runName": "r",
        "bytes": 14,
        "createdAt": "2023-11-14T22:13:20Z",
        "lastHitAt": "2023-11-14T22:14:20Z",
        "outputs": {"result": "x"},
    }
    assert api.get(f"{PATH}/one/entries/a").json() == shown
    assert api.get(f"{PATH}/two/entries/a").json()["outputs"] is None
    assert api.get(f"{PATH}/two/entries/b").status_code == 404


@pytest.mark.usefixtures("filled")
def test_an_entry_or_a_cache_is_forgotten(api: Client) -> None:
    assert api.delete(f"{PATH}/one/entries/a").status_code == 204
    assert api.delete(f"{PATH}/one/entries/a").status_code == 404
    assert api.delete(f"{PATH}/one").json() == {"deleted": 2}
    assert sorted(Memo.objects.values_list("cache", "key")) == [("one", "z"), ("two", "a")]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("role", "read", "forget"), [(None, 404, 404), ("viewer", 200, 403), ("operator", 200, 204)]
)
def test_who_may(sign_in: SignIn, role: str | None, read: int, forget: int) -> None:
    client = sign_in(role)

    assert client.get(f"{PATH}/one").status_code == read
    assert client.delete(f"{PATH}/one/entries/a").status_code == forget


def command(*words: str) -> list[str]:
    out = StringIO()
    call_command("memos", *words, "-n", "demo", stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.usefixtures("filled", "admin")
def test_the_command_lists_and_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.management.commands.memos._PAGE", 2)

    assert command("list")[1] == "     1 entries          0 bytes  used 2023-11-14T22:13:20Z  two"
    assert [line.split()[-1] for line in command("list", "one")] == ["a", "b", "c"]
    assert command("forget", "one", "b") == ["demo/one: b is forgotten"]
    assert command("forget", "one") == ["demo/one: 2 entries are forgotten"]
    with pytest.raises(CommandError, match="name the cache"):
        command("forget")


def test_housekeeping_forgets_what_is_old_and_what_is_too_much(namespace: Namespace) -> None:
    day = 86_400_000
    for number in range(4):
        entry(namespace, "c", str(number), size=2**20, last_hit_at=number * day)

    assert memos.prune(3 * day, days=0, megabytes=0) == 0
    assert memos.prune(3 * day, days=2, megabytes=2) == 2
    assert sorted(Memo.objects.values_list("key", flat=True)) == ["2", "3"]
