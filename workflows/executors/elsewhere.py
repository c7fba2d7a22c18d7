"""Stands in, within an engine process, for an executor that only workers can reach.

It knows nothing, so whatever an engine asks about is ordered again; the executor of the workers takes a
repeated order as the question what became of the attempt. Facts come through the runs' inboxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from workflows.engine.messages import Cleanup, Kill, Launch
from workflows.errors import InternalError
from workflows.executors.base import Attempt, LogChunk, Report


class ElsewhereExecutor:
    """Orders go to workers by message; giving one to this executor is a defect."""

    name = "elsewhere"

    def open(self, report: Report) -> None:
        """Nothing is watched."""

    def close(self) -> None:
        """Nothing was opened."""

    def launch(self, orders: Sequence[Launch]) -> None:
        raise InternalError("an engine without an executor was given orders")

    def kill(self, orders: Sequence[Kill]) -> None:
        raise InternalError("an engine without an executor was given orders")

    def cleanup(self, orders: Sequence[Cleanup]) -> None:
        raise InternalError("an engine without an executor was given orders")

    def observe(self, attempts: Iterable[Attempt]) -> list[Attempt]:
        return list(attempts)

    def unsupported(self, template: dict[str, object]) -> list[str]:
        return []

    def unsupported_settings(self, spec: dict[str, object]) -> list[str]:
        return []

    def logs(
        self, attempt: Attempt, *, container: str = "main", offset: int = 0, follow: bool = False
    ) -> Iterator[LogChunk]:
        return iter(())
