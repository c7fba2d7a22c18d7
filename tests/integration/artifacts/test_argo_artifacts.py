"""Artifacts at Argo's addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.integration.artifacts.conftest import body, folder_artifact, outputs
from workflows.engine.node import Run


@pytest.fixture
def run(make_run: Callable[..., Run], save: Callable[[str, Any], None]) -> Run:
    save("r/text.txt", b"text")
    save("r/site", {"index.html": b"<h1>mine</h1>", "img/a b&.txt": b"a", "img/<b>.txt": b"b"})
    text = folder_artifact("text", "r/text.txt")
    return make_run([outputs(text, folder_artifact("site", "r/site")) | {"inputs": {"artifacts": [text]}}])


def test_bytes_are_at_argos_addresses(api: Client, run: Run) -> None:
    addresses = [
        "/artifacts/demo/r/r-0/text",
        "/input-artifacts/demo/r/r-0/text",
        f"/artifacts-by-uid/{run.uid}/r-0/text",
        f"/input-artifacts-by-uid/{run.uid}/r-0/text",
        "/artifact-files/demo/workflows/r/r-0/outputs/text",
        "/artifact-files/demo/workflows/r/r-0/inputs/text",
        f"/artifact-files/demo/archived-workflows/{run.uid}/r-0/outputs/text",
    ]

    for address in addresses:
        response = api.get(address)
        assert (response.status_code, body(response)) == (200, b"text"), address
        assert response.headers["Content-Disposition"] == 'inline; filename="text.txt"'
        assert response.headers["Content-Security-Policy"].startswith("sandbox")


SITE = "/artifact-files/demo/workflows/r/r-0/outputs/site"


def test_a_folder_shows_its_own_page(api: Client, run: Run) -> None:
    assert api.get(SITE).headers["Location"] == f"{SITE}/"
    response = api.get(f"{SITE}/")

    assert body(response) == b"<h1>mine</h1>"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_folder_without_a_page_is_a_list_of_links(api: Client, run: Run) -> None:
    assert api.get(f"{SITE}/img").headers["Location"] == f"{SITE}/img/"
    page = api.get(f"{SITE}/img/").content.decode()

    assert '<a href="./a%20b%26.txt">a b&amp;.txt</a>' in page
    assert '<a href="./%3Cb%3E.txt">&lt;b&gt;.txt</a>' in page
    assert body(api.get(f"{SITE}/img/a%20b%26.txt")) == b"a"


@pytest.mark.parametrize("rest", ["..%2ftext.txt", "img/%2e%2e/%2e%2e/text.txt", "no/such", "img%5ca"])
def test_nothing_beside_the_artifact_is_reached(api: Client, run: Run, rest: str) -> None:
    assert api.get(f"{SITE}/{rest}").status_code in (400, 404)


def test_strangers_find_nothing(sign_in: Callable[[str | None], Client], run: Run) -> None:
    assert sign_in(None).get("/artifacts/demo/r/r-0/text").status_code == 404
    assert Client().get("/artifacts/demo/r/r-0/text").status_code in (401, 403)
    assert Client().get(f"{SITE}/").status_code in (401, 403)


@pytest.mark.parametrize(
    "address", ["/artifacts/demo/no/r-0/text", "/artifacts/demo/r/no/text", "/artifacts/demo/r/r-0/no"]
)
def test_what_is_not_there_is_not_found(api: Client, run: Run, address: str) -> None:
    assert api.get(address).status_code == 404
