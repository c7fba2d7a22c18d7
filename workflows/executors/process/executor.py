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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from workflows.engine.messages import Cleanup, Fact, JsonObject, Kill, Launch
from workflows.errors import EnvironmentFault, SluiceError
from workflows.executors.base import Attempt, LogChunk, ReadObject, Report, no_objects
from workflows.executors.process.claims import Claims
from workflows.executors.process.client import Client
from workflows.executors.process.facts import (
    changed_fact,
    ended_facts,
    progress_fact,
    ready_fact,
    run_of,
    running_facts,
    started_fact,
)
from workflows.executors.process.launcher import Isolation, install_stand_ins, read_isolation
from workflows.executors.process.logs import read_logs
from workflows.executors.process.names import attempt_folder, container_file_name, run_folder
from workflows.executors.process.objects import Objects
from workflows.executors.process.orders import Built, build_key, build_order
from workflows.executors.process.refusal import CannotRunError
from workflows.executors.process.saving import save_outputs
from workflows.executors.process.settings import ProcessSettings
from workflows.executors.process.shepherd.folders import STREAMS, Layout
from workflows.executors.process.shepherd.ledger import LedgerReader
from workflows.executors.process.staging import Staging
from workflows.executors.process.stores import SurroundingsOf, no_stores
from workflows.executors.process.support import unsupported_fields, unsupported_settings

log = logging.getLogger(__name__)


class ProcessExecutor:
    """See `workflows.executors.base` for the contract. `root` is the state folder; nobody else may use it.

    `surroundings` tells how to reach the artifact stores of a namespace.
    """

    name = "process"

    def __init__(
        self,
        root: Path,
        settings: ProcessSettings | None = None,
        *,
        secrets: ReadObject = no_objects,
        config_maps: ReadObject = no_objects,
        surroundings: SurroundingsOf = no_stores,
    ) -> None:
        self._layout = Layout(os.path.realpath(root))
        self._settings = settings or ProcessSettings()
        self._objects = Objects(secrets, config_maps)
        self._surroundings = surroundings
        self.claims = Claims(self._layout)
        self._report: Report | None = None
        self._opened: _Opened | None = None

    @property
    def isolation(self) -> Isolation:
        """Whether commands get file systems of their own; known once the executor was opened."""
        return read_isolation(self._layout)

    def open(self, report: Report) -> None:
        """Raises EnvironmentFault, OSError."""
        self._layout.prepare()
        install_stand_ins(self._layout, self._settings.path)
        self._report = report
        self._opened = _Opened(self, self._layout, self._settings, self._surroundings)

    def close(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def launch(self, orders: Sequence[Launch]) -> None:
        built: list[JsonObject] = []
        refused: list[list[Any]] = []
        for order in orders:
            try:
                made = build_order(order, self._settings, self._objects, self.claims)
            except (CannotRunError, SluiceError) as error:
                refused.append(_refusal(order, str(error)))
            except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
                log.exception("order for node %s of run %s", order.node_id, order.run_uid)
                refused.append(_refusal(order, f"the template cannot be understood: {error!r}"))
            else:
                if made.needs_staging:
                    self._now.stage(made)
                else:
                    built.append(made.message)
        if refused:
            self._now.client.refuse(refused)
        if built:
            self._now.client.launch(built)

    def kill(self, orders: Sequence[Kill]) -> None:
        kills = [
            [
                attempt_folder(order.run_uid, order.node_id, order.attempt),
                build_key(order.run_uid, order.node_id, order.attempt, capture_result=False),
                order.grace_seconds,
            ]
            for order in orders
        ]
        for kill in kills:
            self._now.staging.drop(str(kill[0]))
        if kills:
            self._now.client.kill(kills)

    def observe(self, attempts: Iterable[Attempt]) -> list[Attempt]:
        """Raises EnvironmentFault. Not to be called from within the report."""
        asked = list(attempts)
        names = [attempt_folder(each.run_uid, each.node_id, each.attempt) for each in asked]
        states = self._now.client.query(names)
        facts: dict[str, list[Fact]] = defaultdict(list)
        unknown: list[Attempt] = []
        for attempt, name, state in zip(asked, names, states, strict=True):
            if state is None:
                if not self._now.staging.is_going_on(name):
                    unknown.append(attempt)
            elif isinstance(state, dict) and "phase" in state:
                facts[attempt.run_uid] += ended_facts(state, self._layout)
            elif isinstance(state, dict):
                key = build_key(attempt.run_uid, attempt.node_id, attempt.attempt, capture_result=False)
                facts[attempt.run_uid] += running_facts(key, state)
        self._tell(facts)
        return unknown

    def cleanup(self, orders: Sequence[Cleanup]) -> None:
        """Raises EnvironmentFault. Not to be called from within the report."""
        for order in orders:
            if order.claims:
                self.claims.delete_of_run(order.run_uid, order.claims)
                continue
            folder = run_folder(order.run_uid)
            self._now.staging.drop_run(folder)
            self._now.client.forget(folder)
            removed = Path(self._layout.trash, f"{folder}.{uuid.uuid4().hex}")
            try:
                Path(self._layout.runs, folder).rename(removed)
            except FileNotFoundError:
                continue
            shutil.rmtree(removed, ignore_errors=True)

    def unsupported(self, template: dict[str, object]) -> list[str]:
        return unsupported_fields(template)

    def unsupported_settings(self, spec: dict[str, object]) -> list[str]:
        return unsupported_settings(spec)

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
        opened = self._opened
        return opened is not None and (
            opened.staging.is_going_on(name) or opened.client.query([name]) != [None]
        )

    @property
    def _now(self) -> _Opened:
        if self._opened is None:
            raise EnvironmentFault("the process executor is not open")
        return self._opened

    def _take_news(self, client: Client, news: JsonObject) -> None:
        facts: dict[str, list[Fact]] = defaultdict(list)
        for _, key, at in news.get("started", ()):
            facts[run_of(key)].append(started_fact(key, at))
        for _, key, *state in news.get("changed", ()):
            facts[run_of(key)].append(changed_fact(key, state))
        for _, key, progress, at in news.get("progress", ()):
            facts[run_of(key)].append(progress_fact(key, progress, at))
        for _, key, at in news.get("ready", ()):
            facts[run_of(key)].append(ready_fact(key, at))
        ended = news.get("ended", ())
        for record in ended:
            facts[run_of(record["key"])] += ended_facts(record, self._layout)
        self._tell(facts)
        if ended:
            client.acknowledge([record["name"] for record in ended])

    def _tell(self, facts: dict[str, list[Fact]]) -> None:
        if self._report is not None:
            for run_uid, of_run in facts.items():
                self._report(run_uid, of_run)


class _Opened:
    """What an open executor has: the connection, and threads that fetch and save artifacts."""

    def __init__(
        self,
        executor: ProcessExecutor,
        layout: Layout,
        settings: ProcessSettings,
        surroundings: SurroundingsOf,
    ) -> None:
        self._executor = executor
        self._layout = layout
        self._surroundings = surroundings
        self._pool = ThreadPoolExecutor(settings.transfers, thread_name_prefix="artifacts")
        self.staging = Staging(layout, surroundings, self._pool, launch=self._launch, refuse=self._refuse)
        self.client = Client(layout, settings, self._take)

    def close(self) -> None:
        self.staging.close()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.client.close()
        self._pool.shutdown(wait=True)
        self.staging.remove()

    def stage(self, built: Built) -> None:
        self.staging.start(built, lambda name: self.client.query([name]) != [None])

    def _launch(self, message: JsonObject) -> None:
        self.client.launch([message])

    def _refuse(self, message: JsonObject, fault: str) -> None:
        self.client.refuse([[message["name"], message["key"], fault]])

    def _take(self, client: Client, news: JsonObject) -> None:
        if news["op"] == "unsaved":
            for record in news["records"]:
                self._pool.submit(self._save, client, record)
        else:
            self._executor._take_news(client, news)

    def _save(self, client: Client, record: JsonObject) -> None:
        try:
            artifacts, fault = save_outputs(record, self._layout, self._surroundings)
        except Exception as error:
            log.exception("outputs of %s", record["name"])
            client.saved(record["name"], [], f"wait: Error (exit code 64): {error}")
        else:
            client.saved(record["name"], artifacts, fault)


def _refusal(order: Launch, message: str) -> list[Any]:
    name = attempt_folder(order.run_uid, order.node_id, order.attempt)
    return [name, build_key(order.run_uid, order.node_id, order.attempt, capture_result=False), message]
