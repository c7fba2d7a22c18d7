"""Limits on how often one may ask: requests, attempts to sign in, submits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import AsyncClient, Client, RequestFactory

from tests.integration.api.test_api_submit import WORKFLOW, post
from workflows.api import rate_limits
from workflows.api.rate_limits import RateLimit, Verdict, address
from workflows.models import Run

LIMITS = (rate_limits.REQUESTS, rate_limits.SIGN_INS, rate_limits.SUBMITS)


class Watch:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def limits(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """The limits of the process, empty, in a time that stands still."""
    for limit in LIMITS:
        limit.clear()
        monkeypatch.setattr(limit, "_now", watch)
    yield watch
    for limit in LIMITS:
        limit.clear()


def test_a_bucket_lets_so_many_pass_at_once_and_fills_evenly(watch: Watch) -> None:
    limit = RateLimit(60, now=watch)
    assert [limit.take("a", 3).left for _ in range(3)] == [2, 1, 0]
    assert limit.take("a", 3) == Verdict(0, 20)
    watch.seconds += 19
    assert limit.take("a", 3) == Verdict(0, 1)
    watch.seconds += 1
    assert limit.take("a", 3) == Verdict(0, 0)
    watch.seconds += 3600
    assert limit.take("a", 3) == Verdict(2, 0)


def test_callers_have_buckets_of_their_own_and_none_stands_for_no_limit(watch: Watch) -> None:
    limit = RateLimit(60, now=watch)
    assert [limit.take(caller, 1).is_allowed for caller in "aabb"] == [True, False, True, False]
    assert all(limit.take("c", 0).is_allowed for _ in range(100))


def test_the_memory_of_callers_is_bounded(watch: Watch) -> None:
    limit = RateLimit(60, now=watch)
    limit.take("first", 1)
    for number in range(20_000):
        limit.take(str(number), 1)
    assert len(limit._buckets) == 10_000
    assert limit.take("first", 1).is_allowed
    assert not limit.take("19999", 1).is_allowed


@pytest.mark.parametrize(
    ("remote", "owner"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix:"),
    ],
)
def test_of_ipv6_the_network_counts(remote: str, owner: str) -> None:
    assert address(RequestFactory().get("/", REMOTE_ADDR=remote)) == owner


@pytest.mark.argo("17-rate-limit")
def test_requests_of_one_address_are_limited_and_told(api: Client, limits: Watch, settings: Any) -> None:
    settings.SLUICE_REQUESTS_PER_SECOND = 2

    answers = [api.get("/api/runs") for _ in range(3)]

    told = [(answer.status_code, answer.headers.get("X-RateLimit-Remaining")) for answer in answers]
    assert told == [(200, "1"), (200, "0"), (429, None)]
    assert answers[0].headers["X-RateLimit-Limit"] == "2"
    assert answers[2].headers["Retry-After"] == "1"
    assert answers[2].json()["code"] == "throttled"
    assert api.get("/api/runs", REMOTE_ADDR="192.0.2.9").status_code == 200
    limits.seconds += 1
    assert api.get("/api/runs").status_code == 200


async def _ask_twice() -> list[int]:
    client = AsyncClient()
    return [(await client.get("/api/runs")).status_code for _ in range(2)]


@pytest.mark.django_db
def test_under_asgi_as_well(limits: Watch, settings: Any) -> None:
    settings.SLUICE_REQUESTS_PER_SECOND = 1

    assert async_to_sync(_ask_twice)() == [401, 429]


@pytest.mark.argo("17-rate-limit")
@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_attempts_to_sign_in_are_limited(db: None, limits: Watch, settings: Any, path: str) -> None:
    User.objects.create_superuser("ada", password="long enough")
    settings.SLUICE_SIGN_INS_PER_MINUTE = 2
    wrong, right = ({"username": "ada", "password": word} for word in ("guess", "long enough"))

    for _ in range(2):
        assert Client().post(path, wrong).status_code == 200
    refused = Client().post(path, right)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert b"Too many attempts" in refused.content
    assert Client().get(path).status_code == 200
    limits.seconds += 30
    assert Client().post(path, right).status_code == 302


def test_a_name_is_guarded_against_many_addresses(db: None, limits: Watch, settings: Any) -> None:
    settings.SLUICE_SIGN_INS_PER_MINUTE = 2

    def attempt(name: str, remote: str) -> int:
        form = {"username": name, "password": "guess"}
        return Client().post("/login/", form, REMOTE_ADDR=remote).status_code

    assert [attempt("ada", f"192.0.2.{host}") for host in range(3)] == [200, 200, 429]
    assert attempt("ADA", "192.0.2.9") == 429
    assert attempt("eve", "192.0.2.9") == 200


@pytest.mark.argo("17-rate-limit")
def test_submits_of_one_user_are_limited(api: Client, limits: Watch, settings: Any, sign_in: Any) -> None:
    settings.SLUICE_SUBMITS_PER_MINUTE = 2

    answers = [post(api, "runs", {"manifest": WORKFLOW}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[2].headers["Retry-After"] == "30"
    assert answers[2].json()["code"] == "throttled"
    assert Run.objects.count() == 2
    assert post(api, "lint", {"manifest": WORKFLOW}).status_code == 200
    assert post(sign_in("editor"), "runs", {"manifest": WORKFLOW}).status_code == 201


@pytest.mark.parametrize("path", ["/api/v1/events/demo/x", "/api/runs/{uid}/resubmit"])
def test_whatever_starts_runs_counts_as_a_submit(
    api: Client, limits: Watch, settings: Any, path: str
) -> None:
    uid = post(api, "runs", {"manifest": WORKFLOW}).json()["runs"][0]["metadata"]["uid"]
    settings.SLUICE_SUBMITS_PER_MINUTE = 1

    answers = [api.post(path.format(uid=uid), {}, content_type="application/json") for _ in range(2)]

    assert [answer.status_code for answer in answers][1] == 429
    assert answers[0].status_code < 300
