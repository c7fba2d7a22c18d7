"""What a manifest says about its schedule, read into values. Not for checking it, see `spec.lint`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from workflows.engine.cron.decide import CatchUp
from workflows.engine.cron.schedule import SECOND, Timetable, parse_schedule
from workflows.engine.messages import Millis
from workflows.errors import ManifestError, Problem
from workflows.spec.types import CronWorkflowSpec

#: Annotations of a CronWorkflow, Sluice's own.
_PREFIX: Final = "sluice/"
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
    wrong = [problem for _, problem in bad_annotations(annotations) if problem.severity == "error"]
    if wrong:
        raise ManifestError(wrong)
    default = CatchUp.LATEST if spec.starting_deadline_seconds else CatchUp.NONE
    policy = annotations.get(CATCH_UP, default.value)
    return CatchUp(policy), int(annotations.get(CATCH_UP_LIMIT, str(_DEFAULT_LIMIT)))


def bad_annotations(annotations: Mapping[str, Any]) -> list[tuple[str, Problem]]:
    """Keys of Sluice's own annotations that cannot be meant so; one that is unknown is only warned of."""
    own = ((key, value) for key, value in annotations.items() if key.startswith(_PREFIX))
    return [(key, problem) for key, value in own if (problem := _fault_of(key, value)) is not None]


def _fault_of(key: str, value: Any) -> Problem | None:
    if key == CATCH_UP:
        return None if value in tuple(CatchUp) else _bad(key, value, "give one of none, latest, all")
    if key == CATCH_UP_LIMIT:
        return None if _is_limit(value) else _bad(key, value, f"give a number from 1 to {MAX_CATCH_UP}")
    problem = _bad(key, value, f"there are {CATCH_UP} and {CATCH_UP_LIMIT}")
    return replace(problem, severity="warning", message=f"unknown annotation {key!r}")


def _is_limit(value: Any) -> bool:
    text = str(value)
    return text.isascii() and text.isdigit() and len(text) < 9 and 0 < int(text) <= MAX_CATCH_UP


def child_name(cron: str, slot: Millis) -> str:
    """Argo's name of the run of a slot, so that a second one for the same slot cannot exist."""
    return f"{cron}-{slot // SECOND}"


def _bad(key: str, value: Any, remedy: str) -> Problem:
    return Problem(
        "bad-annotation",
        f"annotation {key!r} is {str(value)[:60]!r}",
        path=f"metadata.annotations.{key}",
        remedy=remedy,
    )
