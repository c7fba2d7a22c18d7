"""How often one caller may ask: requests of an address, attempts to sign in, submits of a user.

Counted in the memory of each web process, so several processes allow as many times more. Not for how many
runs may be active, see `services.parallelism`. Source: Argo's `--api-rate-limit`, which counts requests only.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from workflows.api.problems import problem_response

_MOST_CALLERS: Final = 10_000
_SECOND, _MINUTE = 1, 60
#: what sums of fractions may be wrong by
_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Verdict:
    """`left` requests are allowed at once now; `wait` seconds from now there is one more, 0 when allowed."""

    left: int
    wait: float

    @property
    def is_allowed(self) -> bool:
        return self.wait == 0


class RateLimit:
    """A bucket for each caller, filled evenly: `most` at once, and as many in each period (seconds).

    Of many callers those that have not asked for longest are forgotten.
    """

    def __init__(self, period: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self._period = period
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str, most: int) -> Verdict:
        """Whether the caller may go on, counted when so. `most` 0 allows everything."""
        if most <= 0:
            return Verdict(0, 0)
        now = self._now()
        with self._lock:
            filled, at = self._buckets.pop(caller, (float(most), now))
            filled = min(most, filled + (now - at) * most / self._period)
            is_allowed = filled > 1 - _TINY
            filled = max(0.0, filled - is_allowed)
            self._buckets[caller] = (filled, now)
            if len(self._buckets) > _MOST_CALLERS:
                self._buckets.popitem(last=False)
        missing = round((1 - filled) * self._period / most, 3)
        return Verdict(int(filled + _TINY), 0 if is_allowed else max(missing, 0.001))

    def clear(self) -> None:
        with self._lock:
            self._buckets.clear()


#: one of each for the process
REQUESTS: Final = RateLimit(_SECOND)
SIGN_INS: Final = RateLimit(_MINUTE)
SUBMITS: Final = RateLimit(_MINUTE)


class RateLimits:
    """Middleware: refuses with 429 what comes too fast from one address, and too many attempts to sign in."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._answer_async(request)
        verdict = _ask(request)
        return _refusal(request, verdict) or _told(self._get_response(request), verdict)

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        # Nothing here waits for anything, so no thread is needed.
        verdict = _ask(request)
        return _refusal(request, verdict) or _told(await self._get_response(request), verdict)


class SubmitThrottle(BaseThrottle):
    """For views whose POST starts runs."""

    _wait: float | None = None

    def allow_request(self, request: Request, view: object) -> bool:
        if request.method != "POST":
            return True
        verdict = SUBMITS.take(str(request.user.pk), settings.SLUICE_SUBMITS_PER_MINUTE)
        self._wait = verdict.wait
        return verdict.is_allowed

    def wait(self) -> float | None:  # type: ignore[override]
        return self._wait


def address(request: HttpRequest) -> str:
    """Whom an address belongs to: of IPv6 the network that one customer has, else the whole of it."""
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if found.version == 4:
        return text
    return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))


def _ask(request: HttpRequest) -> Verdict:
    verdict = REQUESTS.take(address(request), settings.SLUICE_REQUESTS_PER_SECOND)
    if verdict.is_allowed and request.method == "POST" and request.path in _sign_in_paths():
        return _ask_to_sign_in(request) or verdict
    return verdict


def _ask_to_sign_in(request: HttpRequest) -> Verdict | None:
    """The refusal of an attempt, by address and by the name it is for; None to go on."""
    name = request.POST.get("username", "")[:150].casefold()
    for caller in (f"address {address(request)}", f"name {name}"):
        verdict = SIGN_INS.take(caller, settings.SLUICE_SIGN_INS_PER_MINUTE)
        if not verdict.is_allowed:
            return verdict
    return None


@cache
def _sign_in_paths() -> frozenset[str]:
    return frozenset({reverse("login"), reverse("admin:login")})


def _refusal(request: HttpRequest, verdict: Verdict) -> HttpResponseBase | None:
    if verdict.is_allowed:
        return None
    headers = {"Retry-After": str(math.ceil(verdict.wait))}
    status = HTTPStatus.TOO_MANY_REQUESTS
    if not request.path.startswith("/api/"):
        response = render(request, "429.html", status=status)
        response["Retry-After"] = headers["Retry-After"]
        return response
    detail = "too many requests come from your address; try again later"
    return problem_response(status, code="throttled", detail=detail, instance=request.path, headers=headers)


def _told(response: HttpResponseBase, verdict: Verdict) -> HttpResponseBase:
    most = settings.SLUICE_REQUESTS_PER_SECOND
    if most > 0:
        response["X-RateLimit-Limit"] = str(most)
        response["X-RateLimit-Remaining"] = str(verdict.left)
    return response
