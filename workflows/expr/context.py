"""What an evaluation may know of the outside: the time and a source of random bytes, both handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workflows.expr.errors import Fault


@dataclass(frozen=True, slots=True)
class Context:
    """`now_ms` is milliseconds since the Unix epoch; `random(n)` gives n bytes. None: not available."""

    now_ms: int | None = None
    random: Callable[[int], bytes] | None = None

    def now_ns(self) -> int:
        if self.now_ms is None:
            raise Fault("the current time is not available here")
        return self.now_ms * 1_000_000

    def random_bytes(self, count: int) -> bytes:
        if self.random is None:
            raise Fault("random values are not available here")
        return self.random(count)


NO_CONTEXT: Final = Context()
