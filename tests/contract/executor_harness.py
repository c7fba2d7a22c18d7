"""Drives an executor from a test: opens it, collects its facts, waits for them without polling."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from workflows.engine.messages import Cleanup, Fact, Kill, Launch, NodeFact, NodeFinished, NodeStarted
from workflows.executors.base import Attempt, Executor

RUN = "5f0c2a9e-run"
PATIENCE_SECONDS = 30


class Harness:
    """`facts` holds everything reported, in order; each was sent through JSON and back."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self.facts: list[tuple[str, Fact]] = []
        self._changed = threading.Condition()
        self.open()

    def open(self) -> None:
        self.executor.open(self._report)

    def close(self) -> None:
        self.executor.close()

    def _report(self, run_uid: str, facts: Sequence[Fact]) -> None:
        travelled = msgspec.json.decode(msgspec.json.encode(facts), type=list[NodeFact])
        with self._changed:
            self.facts += [(run_uid, fact) for fact in travelled]
            self._changed.notify_all()

    def order(self, node: str, template: dict[str, Any], *, run: str = RUN, **fields: Any) -> Launch:
        return Launch(
            run_uid=run,
            run_name="hello",
            namespace="team",
            node_id=node,
            node_name=f"hello.{node}",
            pod_name=f"hello-{node}",
            template=template,
            **{"attempt": 0, **fields},
        )

    def run(self, node: str, template: dict[str, Any], **fields: Any) -> NodeFinished:
        """Launch one node and wait for its end."""
        self.executor.launch([self.order(node, template, **fields)])
        return self.end_of(node, fields.get("attempt", 0))

    def kill(self, node: str, *, run: str = RUN, attempt: int = 0, grace_seconds: int = 10) -> None:
        order = Kill(run_uid=run, node_id=node, attempt=attempt, grace_seconds=grace_seconds)
        self.executor.kill([order])

    def cleanup(self, run: str = RUN) -> None:
        self.executor.cleanup([Cleanup(run_uid=run)])

    def end_of(self, node: str, attempt: int = 0, *, count: int = 1) -> NodeFinished:
        """Wait until the end was reported `count` times; all reports must be equal."""
        ends = self.wait_for(lambda: self.ends_of(node, attempt), count)
        assert all(end == ends[0] for end in ends), ends
        return ends[0]

    def start_of(self, node: str, attempt: int = 0) -> NodeStarted:
        return self.wait_for(lambda: self.facts_of(NodeStarted, node, attempt), 1)[0]

    def ends_of(self, node: str, attempt: int = 0) -> list[NodeFinished]:
        return self.facts_of(NodeFinished, node, attempt)

    def observe(self, *nodes: str, run: str = RUN) -> list[str]:
        """Ids of the nodes nothing is known of."""
        unknown = self.executor.observe([Attempt(run, node, 0) for node in nodes])
        return [attempt.node_id for attempt in unknown]

    def log(self, node: str, *, offset: int = 0, follow: bool = False, container: str = "main") -> str:
        chunks = self.executor.logs(Attempt(RUN, node, 0), container=container, offset=offset, follow=follow)
        return "".join(chunk.text for chunk in chunks)

    def facts_of(self, kind: type[Any], node: str, attempt: int = 0) -> list[Any]:
        return [
            fact
            for _, fact in self.facts
            if isinstance(fact, kind) and (fact.node_id, fact.attempt) == (node, attempt)
        ]

    def wait_for(self, find: Callable[[], list[Any]], count: int) -> list[Any]:
        with self._changed:
            reached = self._changed.wait_for(lambda: len(find()) >= count, PATIENCE_SECONDS)
            assert reached, f"{find()} of {count}, all: {self.facts}"
            return find()
