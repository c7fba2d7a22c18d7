"""What subscriptions read, rights checked on every read: roles and sessions end while sockets stay open.

Functions here block and run in the small pool of threads behind `in_thread`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.contrib.auth.models import User
from django.db import close_old_connections

from workflows.engine.messages import JsonObject
from workflows.errors import NotFoundError
from workflows.services import presentation, runs
from workflows.services.access import Access, Right
from workflows.store import read
from workflows.store.runlist import RunFilter

_P = ParamSpec("_P")
_R = TypeVar("_R")

#: Few, since a read of a large graph is work for the processor and not waiting.
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sluice-live")

#: As many runs as the first frame of a run list holds.
NEWEST = 50


async def in_thread(function: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    def call() -> _R:
        close_old_connections()
        return function(*args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(_pool, call)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who holds the socket, as the handshake found them."""

    user_id: int
    session: Any

    def access(self) -> Access:
        """Raises NotFoundError when the session ended or the account was closed."""
        user = User.objects.filter(pk=self.user_id, is_active=True).first()
        if user is None or not self.session.exists(self.session.session_key):
            raise NotFoundError("the session has ended")
        return Access(user)


def read_run(viewer: Viewer, uid: str, since: int) -> tuple[JsonObject, JsonObject]:
    """Summary and changes of a run. Raises NotFoundError."""
    access = viewer.access()
    record = runs.get_run(access.actor, uid)
    return presentation.show_summary(record, access), presentation.show_graph(record, since=since)


def read_newest(viewer: Viewer, namespace: str) -> list[JsonObject]:
    """Summaries of the newest runs. Raises NotFoundError."""
    access = viewer.access()
    access.require(namespace, Right.VIEW)
    page = runs.list_runs(access.actor, RunFilter(namespaces=[namespace]), limit=NEWEST)
    return [presentation.show_summary(record, access) for record in page.runs]


def read_some(viewer: Viewer, namespace: str, uids: Iterable[str]) -> tuple[list[JsonObject], list[str]]:
    """Summaries of the given runs, and the uids of those that are no more. Raises NotFoundError."""
    access = viewer.access()
    access.require(namespace, Right.VIEW)
    found, gone = [], []
    for uid in uids:
        record = read.find_run(uid)
        if record is None:
            gone.append(uid)
        elif record.run.namespace == namespace:
            found.append(presentation.show_summary(record, access))
    return found, gone
