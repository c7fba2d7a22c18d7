"""Schedules of CronWorkflows: when they are due and what becomes of each due slot. Decides, never acts."""

from workflows.engine.cron.decide import (
    ON_TIME,
    CatchUp,
    CronState,
    Outcome,
    Plan,
    Reason,
    SlotDecision,
    decide,
)
from workflows.engine.cron.schedule import Timetable, parse_schedule
from workflows.engine.cron.settings import bad_annotations, catch_up_of, child_name, timetable_of
from workflows.engine.cron.variables import CronVariables, is_stopping

__all__ = [
    "ON_TIME",
    "CatchUp",
    "CronState",
    "CronVariables",
    "Outcome",
    "Plan",
    "Reason",
    "SlotDecision",
    "Timetable",
    "bad_annotations",
    "catch_up_of",
    "child_name",
    "decide",
    "is_stopping",
    "parse_schedule",
    "timetable_of",
]
