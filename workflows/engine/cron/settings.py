"""What a manifest says about its schedule, read into values. Not for checking it, see `spec.lint`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workflows.engine.cron.decide import CatchUp
from workflows.engine.cron.schedule import SECOND, Timetable, parse_schedule
from workflows.engine.messages import Millis
from workflows.errors import ManifestError, Problem
from workflows.spec.types import CronWorkflowSpec

#: Annotations of a CronWorkflow, Sluice's own.
CATCH_UP: Final = "sluice/catch-up"
CATCH_UP_LIMIT: Final = "sluice/catch-up-limit"
MAX_CATCH_UP: Final = 1_000
_DEFAULT_LIMIT: Final = 10


def timetable_of(spec: CronWorkflowSpec, *, anchor: Millis) -> Timetable:
    """`anchor`: since when the schedule holds. Raises ScheduleError."""
    return Timetable([parse_schedule(text, zone=spec.timezone, anchor=anchor) for text in spec.schedules])


def catch_up_of(spec: CronWorkflowSpec, annotations: Mapping[str, str]) -> tuple[CatchUp, int]:
    """Policy and limit. Without a policy it is Argo's: the latest slot within ``startingDeadlineSeconds``.

    Raises ManifestError.
    """
    default = CatchUp.LATEST if spec.starting_deadline_seconds else CatchUp.NONE
    policy = annotations.get(CATCH_UP, default.value)
    limit = annotations.get(CATCH_UP_LIMIT, str(_DEFAULT_LIMIT))
    if policy not in tuple(CatchUp):
        raise _refused(CATCH_UP, policy, "one of none, latest, all")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 9 and 0 < int(limit) <= MAX_CATCH_UP):
        raise _refused(CATCH_UP_LIMIT, limit, f"a number from 1 to {MAX_CATCH_UP}")
    return CatchUp(policy), int(limit)


def child_name(cron: str, slot: Millis) -> str:
    """Argo's name of the run of a slot, so that a second one for the same slot cannot exist."""
    return f"{cron}-{slot // SECOND}"


def _refused(key: str, value: str, wanted: str) -> ManifestError:
    problem = Problem(
        "bad-annotation",
        f"annotation {key!r} is {value[:60]!r}",
        path=f"metadata.annotations.{key}",
        remedy=f"give {wanted}",
    )
    return ManifestError([problem])
