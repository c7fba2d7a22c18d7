"""The process executor: runs containers as local processes of the server's user.

For laptops, demos and tests. Commands keep the rights of that user; private file systems keep them out of
each other's way, they are no defence.
"""

from __future__ import annotations

import logging
import os
import shutil
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from workflows.engine.messages import Cleanup, Fact, JsonObject, Kill, Launch
from workflows.errors import EnvironmentFault
from workflows.executors.base import Attempt, LogChunk, Report
from workflows.executors.process.client import Client
from workflows.executors.process.containers import CannotRunError
from workflows.executors.process.facts import finished_fact, run_of, started_fact
from workflows.executors.process.launcher import Isolation, install_stand_ins, read_isolation
from workflows.executors.process.logs import read_logs
from workflows.executors.process.names import attempt_folder, container_file_name, run_folder
from workflows.executors.process.orders import build_key, build_order
from workflows.executors.process.settings import ProcessSettings
from workflows.executors.process.shepherd.folders import STREAMS, Layout
from workflows.executors.process.shepherd.ledger import LedgerReader, Record
from workflows.executors.process.support import unsupported_fields

log = logging.getLogger(__name__)


class ProcessExecutor:
    """See `workflows.executors.base` for the contract. `root` is the state folder; nobody else may use it."""

    name = "process"

    def __init__(self, root: Path, settings: ProcessSettings | None = None) -> None:
        self._layout = Layout(os.path.realpath(root))
        self._settings = settings or ProcessSettings()
        self._report: Report | None = None
        self._opened: Client | None = None

    @property
    def isolation(self) -> Isolation:
        """Whether commands get file systems of their own; known once the executor was opened."""
        return read_isolation(self._layout)

    def open(self, report: Report) -> None:
        """Raises EnvironmentFault, OSError."""
        self._layout.prepare()
        install_stand_ins(self._layout)
        self._report = report
        self._opened = Client(self._layout, self._settings, self._take_news)

    def close(self) -> None:
        client, self._opened = self._opened, None
        if client is not None:
            client.close()

    def launch(self, orders: Sequence[Launch]) -> None:
        built: list[JsonObject] = []
        refused: list[list[Any]] = []
        for order in orders:
            try:
                built.append(build_order(order, self._settings))
            except CannotRunError as error:
                refused.append(_refusal(order, str(error)))
            except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
                log.exception("order for node %s of run %s", order.node_id, order.run_uid)
                refused.append(_refusal(order, f"the template cannot be understood: {error!r}"))
        if refused:
            self._client.refuse(refused)
        if built:
            self._client.launch(built)

    def kill(self, orders: Sequence[Kill]) -> None:
        kills = [
            [
                attempt_folder(order.run_uid, order.node_id, order.attempt),
                build_key(order.run_uid, order.node_id, order.attempt, capture_result=False),
                order.grace_seconds,
            ]
            for order in orders
        ]
        if kills:
            self._client.kill(kills)

    def observe(self, attempts: Iterable[Attempt]) -> list[Attempt]:
        """Raises EnvironmentFault. Not to be called from within the report."""
        asked = list(attempts)
        names = [attempt_folder(each.run_uid, each.node_id, each.attempt) for each in asked]
        states = self._client.query(names)
        facts: dict[str, list[Fact]] = defaultdict(list)
        unknown: list[Attempt] = []
        for attempt, state in zip(asked, states, strict=True):
            if state is None:
                unknown.append(attempt)
            elif not isinstance(state, int):
                facts[attempt.run_uid].append(finished_fact(state, self._layout))
            elif state:
                key = build_key(attempt.run_uid, attempt.node_id, attempt.attempt, capture_result=False)
                facts[attempt.run_uid].append(started_fact(key, state))
        self._tell(facts)
        return unknown

    def cleanup(self, orders: Sequence[Cleanup]) -> None:
        """Raises EnvironmentFault. Not to be called from within the report."""
        for order in orders:
            folder = run_folder(order.run_uid)
            self._client.forget(folder)
            removed = Path(self._layout.trash, f"{folder}.{uuid.uuid4().hex}")
            try:
                Path(self._layout.runs, folder).rename(removed)
            except FileNotFoundError:
                continue
            shutil.rmtree(removed, ignore_errors=True)

    def unsupported(self, template: dict[str, object]) -> list[str]:
        return unsupported_fields(template)

    def logs(
        self, attempt: Attempt, *, container: str = "main", offset: int = 0, follow: bool = False
    ) -> Iterator[LogChunk]:
        """Needs no `open`; without it, following an attempt that has not started ends at once."""
        name = attempt_folder(attempt.run_uid, attempt.node_id, attempt.attempt)
        stem = container_file_name(container)
        paths = {stream: self._layout.output(name, stem, stream) for stream in STREAMS}
        ledger = LedgerReader(self._layout, name)

        def has_ended() -> bool:
            if ledger.has_ended():
                return True
            has_started = any(os.path.exists(path) for path in paths.values())
            return not has_started and not self._is_expected(name)

        return read_logs(container, paths, offset=offset, follow=follow, has_ended=has_ended)

    def _is_expected(self, name: str) -> bool:
        return self._opened is not None and self._opened.query([name]) != [None]

    @property
    def _client(self) -> Client:
        if self._opened is None:
            raise EnvironmentFault("the process executor is not open")
        return self._opened

    def _take_news(self, started: Sequence[list[Any]], ended: Sequence[Record]) -> None:
        facts: dict[str, list[Fact]] = defaultdict(list)
        for _, key, at in started:
            facts[run_of(key)].append(started_fact(key, at))
        for record in ended:
            facts[run_of(record["key"])].append(finished_fact(record, self._layout))
        self._tell(facts)
        client = self._opened
        if ended and client is not None:
            client.acknowledge([record["name"] for record in ended])

    def _tell(self, facts: dict[str, list[Fact]]) -> None:
        if self._report is not None:
            for run_uid, of_run in facts.items():
                self._report(run_uid, of_run)


def _refusal(order: Launch, message: str) -> list[Any]:
    name = attempt_folder(order.run_uid, order.node_id, order.attempt)
    return [name, build_key(order.run_uid, order.node_id, order.attempt, capture_result=False), message]
