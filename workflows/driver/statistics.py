"""What one engine counts of its own work since its start, for whoever watches it. Costs next to nothing.

The numbers travel with the sign of life (`membership`) into the row of the engine; web processes read them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson

from workflows.engine.messages import Order

#: upper bounds in seconds
_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Histogram:
    """Counts by bucket alone, the last one beyond every bound."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(_BOUNDS) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(_BOUNDS, seconds)] += 1
        self.total += seconds

    def as_json(self) -> dict[str, Any]:
        return {"bounds": _BOUNDS, "counts": self.counts, "sum": self.total}


class Statistics:
    """`commits` are seconds each took; `answers` the time from an order to the first that was heard of it."""

    def __init__(self) -> None:
        self.transitions = 0
        self.commits = Histogram()
        self.answers = Histogram()
        self.orders: Counter[str] = Counter()
        self.runs_finished: Counter[str] = Counter()
        self.runs_held = 0
        self.facts_waiting = 0

    def count_orders(self, orders: Sequence[Order]) -> None:
        for order in orders:
            self.orders[type(order).__name__] += 1

    def as_text(self) -> str:
        """JSON, as `services.own_metrics` reads it."""
        return orjson.dumps(
            {
                "transitions": self.transitions,
                "commits": self.commits.as_json(),
                "answers": self.answers.as_json(),
                "orders": self.orders,
                "runsFinished": self.runs_finished,
                "runsHeld": self.runs_held,
                "factsWaiting": self.facts_waiting,
            }
        ).decode()
