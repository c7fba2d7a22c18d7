"""Schedules of cron workflows. Source: Argo's `CronWorkflow` validation and robfig/cron's standard parser.

Not for working out when a schedule is due.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workflows.spec import codes
from workflows.spec.durations import DurationError, is_whole_number, parse_go_duration
from workflows.spec.lint.expressions import check_condition, check_expression
from workflows.spec.lint.report import Report
from workflows.spec.lint.settings import check_choice
from workflows.spec.types import CronWorkflowSpec

MACROS: Final = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
CONCURRENCY_POLICIES: Final = ("", "Allow", "Forbid", "Replace")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
#: lowest, highest and names of minute, hour, day of month, month, day of week
FIELDS: Final[tuple[tuple[int, int, dict[str, int]], ...]] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    (0, 6, {name: number for number, name in enumerate(_DAYS)}),
)


class ScheduleError(ValueError):
    """The text is no schedule; the message is robfig/cron's."""


def check_schedule(text: str) -> None:
    """Raises ScheduleError unless `text` is five fields, a macro or ``@every 1h``, maybe after ``TZ=``."""
    if not text:
        raise ScheduleError("empty spec string")
    if text.startswith(("TZ=", "CRON_TZ=")):
        zone, _, text = text.partition("=")[2].partition(" ")
        if not is_time_zone(zone):
            raise ScheduleError(f"provided bad location {zone}: unknown time zone {zone}")
        text = text.strip()
    if text.startswith("@"):
        _check_macro(text)
        return
    fields = text.split()
    if len(fields) != len(FIELDS):
        raise ScheduleError(f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]")
    for field, (low, high, names) in zip(fields, FIELDS, strict=True):
        for part in filter(None, field.split(",")):
            _check_range(part, low, high, names)


def is_time_zone(name: str) -> bool:
    if name in ("", "UTC", "Local"):
        return True
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def check_cron(report: Report, spec: CronWorkflowSpec) -> None:
    """The schedule part of a CronWorkflow, in Argo's order."""
    path = ("spec", "schedules")
    if not spec.schedules:
        said = "cron workflow must have at least one schedule"
        remedy = "for instance `schedules: ['0 3 * * *']`"
        report.error(codes.MISSING_FIELD, "`schedules` is empty", path, argo=said, remedy=remedy)
    for index, schedule in enumerate(spec.schedules):
        try:
            check_schedule(schedule)
        except ScheduleError as fault:
            said = f"cron schedule {schedule} is malformed: {fault}"
            message = f"{schedule[:80]!r} is no schedule: {fault}"
            remedy = "use minute, hour, day, month and weekday, or @daily, or @every 1h"
            report.error(codes.BAD_SCHEDULE, message, (*path, index), argo=said, remedy=remedy)
    if not is_time_zone(spec.timezone):
        said = f'invalid timezone "{spec.timezone}": unknown time zone {spec.timezone}'
        message = f"there is no time zone {spec.timezone[:60]!r}"
        remedy = "use a name such as Europe/Paris"
        report.error(codes.BAD_TIME_ZONE, message, ("spec", "timezone"), argo=said, remedy=remedy)
    policy = spec.concurrency_policy
    said = f"'{policy}' is not a valid concurrencyPolicy"
    check_choice(report, policy, CONCURRENCY_POLICIES, ("spec", "concurrencyPolicy"), argo=said)
    if spec.starting_deadline_seconds is not None and spec.starting_deadline_seconds < 0:
        message = "`startingDeadlineSeconds` must not be negative"
        said = "startingDeadlineSeconds must be positive"
        report.error(codes.BAD_NUMBER, message, ("spec", "startingDeadlineSeconds"), argo=said)
    check_condition(report, spec.when, ("spec", "when"))
    if spec.stop_strategy is not None:
        check_expression(report, spec.stop_strategy.expression, ("spec", "stopStrategy", "expression"))


def _check_macro(text: str) -> None:
    if text in MACROS:
        return
    if not text.startswith("@every "):
        raise ScheduleError(f"unrecognized descriptor: {text}")
    try:
        parse_go_duration(text.removeprefix("@every "))
    except DurationError as fault:
        raise ScheduleError(f"failed to parse duration {text}: {fault.message}") from None


def _check_range(part: str, low: int, high: int, names: dict[str, int]) -> None:
    """``N``, ``N-M``, ``*`` or ``?``, each with an optional ``/STEP``."""
    span, *steps = part.split("/")
    start, end = _span(part, span, low, high, names)
    if len(steps) > 1:
        raise ScheduleError(f"too many slashes: {part}")
    step = _number(steps[0]) if steps else 1
    if steps and "-" not in span:
        end = high
    if start < low:
        raise ScheduleError(f"beginning of range ({start}) below minimum ({low}): {part}")
    if end > high:
        raise ScheduleError(f"end of range ({end}) above maximum ({high}): {part}")
    if start > end:
        raise ScheduleError(f"beginning of range ({start}) beyond end of range ({end}): {part}")
    if step == 0:
        raise ScheduleError(f"step of range should be a positive number: {part}")


def _span(part: str, span: str, low: int, high: int, names: dict[str, int]) -> tuple[int, int]:
    bounds = span.split("-")
    if bounds[0] in ("*", "?"):
        return low, high
    if len(bounds) > 2:
        raise ScheduleError(f"too many hyphens: {part}")
    numbers = [names[bound.lower()] if bound.lower() in names else _number(bound) for bound in bounds]
    return numbers[0], numbers[-1]


def _number(text: str) -> int:
    if not is_whole_number(text):
        raise ScheduleError(
            f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax'
        )
    if int(text) < 0:
        raise ScheduleError(f"negative number ({int(text)}) not allowed: {text}")
    return int(text)
