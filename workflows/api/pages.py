"""The server-rendered pages: empty shells that scripts fill through the public API. Not for data."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie

from workflows.errors import NotFoundError
from workflows.services import runs

_P = ParamSpec("_P")
_View = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]

#: Nothing from elsewhere, nothing inline: text that users wrote cannot become script.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def _guarded(view: _View[_P]) -> _View[_P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response["Cache-Control"] = "no-store"
        return response

    return guarded


sign_in = _guarded(LoginView.as_view(redirect_authenticated_user=True))
sign_out = _guarded(LogoutView.as_view())


@_guarded
@login_required
@ensure_csrf_cookie
def runs_page(request: HttpRequest) -> HttpResponse:
    return render(request, "sluice/runs.html")


@_guarded
@login_required
@ensure_csrf_cookie
def run_page(request: HttpRequest, uid: str) -> HttpResponse:
    try:
        runs.get_run(request.user, uid)
    except NotFoundError as error:
        raise Http404(error.message) from error
    return render(request, "sluice/run.html", {"uid": uid})
