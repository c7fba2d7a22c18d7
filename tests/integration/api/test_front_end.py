"""The page that carries the front end: for whom, under which policy, and with the build that is committed."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client, django_user_model: object):
    client.force_login(django_user_model.objects.create_user("ada"))  # type: ignore[attr-defined]
    return lambda path: client.get(path)


def test_it_wants_somebody_signed_in(client: Client):
    answer = client.get("/ui/runs")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/ui/runs")


@pytest.mark.parametrize("path", ["/ui/", "/ui/runs/some-uid/graph"])
def test_each_address_gives_the_same_page_with_its_files(page, path):
    answer = page(path)
    text = answer.content.decode()
    files = re.findall(r'(?:src|href)="/static/([^"]+)"', text)
    assert answer.status_code == 200
    assert '<meta name="base" content="/ui">' in text
    assert any(file.endswith(".js") for file in files)
    assert [file for file in files if finders.find(file) is None] == []


def test_its_policy_lets_in_nothing_but_its_own_files_and_styles_with_the_nonce(page):
    answers = [page("/ui/"), page("/ui/")]
    policies = [answer["Content-Security-Policy"] for answer in answers]
    texts = [answer.content.decode() for answer in answers]
    nonces = [re.findall(r'name="style-nonce" content="([^"]+)"', text)[0] for text in texts]
    assert nonces[0] != nonces[1]
    assert f"style-src 'self' 'nonce-{nonces[0]}'" in policies[0]
    assert "script-src 'self';" in policies[0]
    assert "unsafe" not in policies[0]
