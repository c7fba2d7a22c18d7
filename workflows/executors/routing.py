"""Two executors behind one: the agent for what needs no process, the configured one for everything else.

An order says by its template whose it is. A kill may come from somebody who knows only the node: it goes to
the agent if that knows the attempt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from workflows.engine.messages import Cleanup, Kill, Launch
from workflows.executors.agent import AgentExecutor, kind_of
from workflows.executors.base import Attempt, Executor, LogChunk, Report

_AGENT_KINDS = frozenset({"http", "plugin", "resource", "data"})


class RoutingExecutor:
    """See `workflows.executors.base` for the contract, which holds when it holds for both."""

    def __init__(self, default: Executor, agent: AgentExecutor) -> None:
        self.name = default.name
        self.default = default
        self._agent = agent

    def open(self, report: Report) -> None:
        self.default.open(report)
        try:
            self._agent.open(report)
        except BaseException:
            self.default.close()
            raise

    def close(self) -> None:
        try:
            self._agent.close()
        finally:
            self.default.close()

    def launch(self, orders: Sequence[Launch]) -> None:
        mine: list[Launch] = []
        others: list[Launch] = []
        for order in orders:
            (mine if kind_of(order.template) else others).append(order)
        if mine:
            self._agent.launch(mine)
        if others:
            self.default.launch(others)

    def kill(self, orders: Sequence[Kill]) -> None:
        mine: list[Kill] = []
        others: list[Kill] = []
        for order in orders:
            (mine if self._is_agents(order) else others).append(order)
        if mine:
            self._agent.kill(mine)
        if others:
            self.default.kill(others)

    def observe(self, attempts: Iterable[Attempt]) -> list[Attempt]:
        unknown = self._agent.observe(attempts)
        return self.default.observe(unknown) if unknown else []

    def cleanup(self, orders: Sequence[Cleanup]) -> None:
        self._agent.cleanup([order for order in orders if not order.claims])
        self.default.cleanup(orders)

    def unsupported(self, template: dict[str, object]) -> list[str]:
        return (self._agent if kind_of(template) else self.default).unsupported(template)

    def unsupported_settings(self, spec: dict[str, object]) -> list[str]:
        return self.default.unsupported_settings(spec)

    def logs(
        self, attempt: Attempt, *, container: str = "main", offset: int = 0, follow: bool = False
    ) -> Iterator[LogChunk]:
        executor: Executor = self._agent if self._agent.knows(attempt) else self.default
        return executor.logs(attempt, container=container, offset=offset, follow=follow)

    def _is_agents(self, order: Kill) -> bool:
        if order.kind:
            return order.kind in _AGENT_KINDS
        return self._agent.knows(Attempt(order.run_uid, order.node_id, order.attempt))
