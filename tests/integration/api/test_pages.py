"""The server-rendered pages: shells that give nothing away."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client


def test_pages_ask_to_sign_in_first(db: None) -> None:
    response = Client().get("/")

    assert (response.status_code, response.headers["Location"]) == (302, "/login/?next=/")


def test_signing_in_leads_to_the_runs_and_signing_out_back(db: None) -> None:
    User.objects.create_user("ada", password="long enough")
    client = Client()

    entered = client.post("/login/", {"username": "ada", "password": "long enough", "next": "/"})
    left = client.post("/logout/")

    assert (entered.status_code, entered.headers["Location"]) == (302, "/")
    assert (left.status_code, left.headers["Location"]) == (302, "/login/")
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example"])
def test_signing_in_never_leads_elsewhere(db: None, target: str) -> None:
    User.objects.create_user("ada", password="long enough")

    response = Client().post("/login/", {"username": "ada", "password": "long enough", "next": target})

    assert response.headers["Location"] == "/"


def test_a_wrong_password_is_told_without_saying_what_was_wrong(db: None) -> None:
    response = Client().post("/login/", {"username": "nobody", "password": "x"})

    assert response.status_code == 200
    assert b"User name and password do not match" in response.content


def test_signing_out_is_no_link(api: Client) -> None:
    assert api.get("/logout/").status_code == 405


@pytest.mark.parametrize("path", ["/", "/login/", "/runs/{uid}"])
def test_pages_allow_nothing_inline_or_from_elsewhere(api: Client, make_run: Any, path: str) -> None:
    client = Client() if path == "/login/" else api
    response = client.get(path.format(uid=make_run("r").uid))

    policy = response.headers["Content-Security-Policy"]
    assert response.status_code == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert b"<script>" not in response.content
    assert b" style=" not in response.content
    assert b" onclick=" not in response.content


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(db: None) -> None:
    User.objects.create_user("ada", password="long enough")
    client = Client()
    client.post("/login/", {"username": "ada", "password": "long enough"})
    cookie = client.cookies["sessionid"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_run_that_may_not_be_seen_has_no_page(sign_in: Any, make_run: Any) -> None:
    run = make_run("r")

    assert sign_in("viewer").get(f"/runs/{run.uid}").status_code == 200
    assert sign_in(None).get(f"/runs/{run.uid}").status_code == 404


def test_a_foreign_host_name_is_refused(db: None) -> None:
    assert Client().get("/login/", headers={"Host": "rebound.example"}).status_code == 400
