"""Answers orders without running anything, see `executor`."""

from workflows.executors.simulated.clock import Clock, ManualClock, WallClock
from workflows.executors.simulated.executor import SimulatedExecutor
from workflows.executors.simulated.outcomes import Outcome, Outcomes, Rule, as_recorded, by_rules, succeed

__all__ = [
    "Clock",
    "ManualClock",
    "Outcome",
    "Outcomes",
    "Rule",
    "SimulatedExecutor",
    "WallClock",
    "as_recorded",
    "by_rules",
    "succeed",
]
