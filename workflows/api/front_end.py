"""The page that carries the built front end, the same for each of its addresses. Not for data."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from functools import cache

from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie

from workflows.api.pages import CONTENT_SECURITY_POLICY

_ENTRY = "src/main.tsx"


@dataclass(frozen=True, slots=True)
class Build:
    """Paths below static/ of the entry's script and styles."""

    script: str
    styles: tuple[str, ...]


@cache
def find_build() -> Build:
    """The committed build, from its manifest. Raises Http404 where there is none."""
    path = finders.find("app/manifest.json")
    if not isinstance(path, str):
        raise Http404("the front end has not been built")
    with open(path, encoding="utf-8") as file:
        entry = json.load(file)[_ENTRY]
    return Build(f"app/{entry['file']}", tuple(f"app/{style}" for style in entry.get("css", ())))


@login_required
@ensure_csrf_cookie
def app_page(request: HttpRequest, rest: str = "") -> HttpResponse:
    """`rest` is for the front end's own router."""
    nonce = secrets.token_urlsafe(16)
    base = request.path.removesuffix(rest).rstrip("/")
    response = render(request, "sluice/app.html", {"build": find_build(), "nonce": nonce, "base": base})
    response["Content-Security-Policy"] = _policy(nonce)
    response["Cache-Control"] = "no-store"
    return response


def _policy(nonce: str) -> str:
    """As that of the plain pages; component styles come in elements with the nonce, workers as files."""
    policy = CONTENT_SECURITY_POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
    policy = policy.replace("img-src 'self'", "img-src 'self' blob: data:")
    return f"{policy}; worker-src 'self'; frame-src 'self'"
