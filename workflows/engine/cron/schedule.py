"""When a schedule is due. Times are Millis of whole seconds; nothing here reads a clock.

A calendar line is due at every instant at which the wall clock of its zone shows a matching minute. So a time
that a change of clocks leaves out is not due that day, and one that the clock shows twice is due twice.
Source: robfig/cron's standard parser and Argo's page on CronWorkflows, "Daylight Saving".
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice, product
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from workflows.engine.messages import Millis
from workflows.spec.durations import parse_go_duration
from workflows.spec.lint.cron import FIELDS, check_schedule

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
#: like robfig/cron: what is not due within five years never is
_YEARS: Final = 5
_LAST_YEAR: Final = 9_990
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_MACROS: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


class Schedule(Protocol):
    def next_after(self, at: Millis) -> Millis | None:
        """The first slot later than `at`, None when there is none within five years."""


@dataclass(frozen=True, slots=True)
class Every:
    """``@every``: slots are `anchor` plus whole multiples of `interval`, before the anchor too."""

    interval: Millis
    anchor: Millis

    def next_after(self, at: Millis) -> Millis | None:
        return self.anchor + ((at - self.anchor) // self.interval + 1) * self.interval


@dataclass(frozen=True, slots=True)
class Calendar:
    """A five-field line. `either_day`: day of month or weekday suffices, since neither is a star."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool
    zone: ZoneInfo

    def next_after(self, at: Millis) -> Millis | None:
        today = (_EPOCH + timedelta(milliseconds=at)).astimezone(self.zone).date()
        # A change of clocks around midnight shows the end of a date again after the next one has begun.
        for day in self._dates(today if self._is_regular(today) else today - _DAY, today.year + _YEARS):
            found = [slot for near in self._near(day) if (slot := self._first_of(near, at)) is not None]
            if found:
                return min(found)
        return None

    def _dates(self, first: date, last_year: int) -> Iterator[date]:
        day = first
        while day.year <= min(last_year, _LAST_YEAR):
            if day.month not in self.months:
                day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
                continue
            if self._matches(day):
                yield day
            day += _DAY

    def _near(self, day: date) -> tuple[date, ...]:
        """The date, and the next one where their hours may be mixed."""
        following = day + _DAY
        mixed = not (self._is_regular(day) and self._is_regular(following))
        return (
            (day, following)
            if mixed and following.month in self.months and self._matches(following)
            else (day,)
        )

    def _matches(self, day: date) -> bool:
        in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return in_month or in_week if self.either_day else in_month and in_week

    def _is_regular(self, day: date) -> bool:
        """No clock is changed from this midnight to the next."""
        return self._midnight(day).utcoffset() == self._midnight(day + _DAY).utcoffset()

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)

    def _first_of(self, day: date, at: Millis) -> Millis | None:
        """The first slot of a local date that is later than `at`."""
        if not self._is_regular(day):
            return min((slot for slot in self._irregular(day) if slot > at), default=None)
        midnight = _millis(self._midnight(day))
        passed = (at - midnight) // MINUTE
        for hour in self.hours:
            if hour * 60 + 59 > passed:
                for minute in self.minutes:
                    if hour * 60 + minute > passed:
                        return midnight + (hour * 60 + minute) * MINUTE
        return None

    def _irregular(self, day: date) -> Iterator[Millis]:
        """All slots of a date on which clocks are changed, in no particular order."""
        midnight = self._midnight(day)
        for hour, minute, fold in product(self.hours, self.minutes, (0, 1)):
            wall = midnight.replace(hour=hour, minute=minute, fold=fold)
            shown = wall.astimezone(UTC).astimezone(self.zone)
            if (shown.date(), shown.hour, shown.minute) == (day, hour, minute):
                yield _millis(wall)


@dataclass(frozen=True, slots=True)
class Timetable:
    """Several schedules as one; a moment at which two of them are due is one slot."""

    schedules: Sequence[Schedule]

    def next_after(self, at: Millis) -> Millis | None:
        times = [slot for schedule in self.schedules if (slot := schedule.next_after(at)) is not None]
        return min(times, default=None)

    def slots(self, after: Millis, until: Millis) -> Iterator[Millis]:
        """Slots later than `after` and not later than `until`, in order, each once."""
        first = ((one.next_after(after), index) for index, one in enumerate(self.schedules))
        queue = [(slot, index) for slot, index in first if slot is not None]
        heapq.heapify(queue)
        last: Millis | None = None
        while queue and queue[0][0] <= until:
            slot, index = queue[0]
            if slot != last:
                yield slot
                last = slot
            following = self.schedules[index].next_after(slot)
            if following is None:
                heapq.heappop(queue)
            else:
                heapq.heapreplace(queue, (following, index))

    def first_slots(self, after: Millis, until: Millis, limit: int) -> list[Millis]:
        return list(islice(self.slots(after, until), limit))


def parse_schedule(text: str, *, zone: str = "", anchor: Millis = 0) -> Schedule:
    """`zone` counts unless the text begins with ``TZ=`` of its own; "" and "Local" are UTC.

    Slots of ``@every`` are counted from `anchor`. Raises `spec.lint.cron.ScheduleError`.
    """
    check_schedule(text)
    if text.startswith(("TZ=", "CRON_TZ=")):
        zone, _, text = text.partition("=")[2].partition(" ")
        text = text.strip()
    if text.startswith("@every "):
        interval = max(parse_go_duration(text.removeprefix("@every ")) // SECOND, 1) * SECOND
        return Every(interval, anchor // SECOND * SECOND)
    return _calendar(_MACROS.get(text, text), ZoneInfo(zone if zone not in ("", "Local") else "UTC"))


def _calendar(text: str, zone: ZoneInfo) -> Calendar:
    words = text.split()
    minutes, hours, days, months, weekdays = (
        _values(word, low, high, names) for word, (low, high, names) in zip(words, FIELDS, strict=True)
    )
    return Calendar(
        minutes=tuple(sorted(minutes)),
        hours=tuple(sorted(hours)),
        days=days,
        months=months,
        weekdays=weekdays,
        either_day=not (_is_star(words[2]) or _is_star(words[4])),
        zone=zone,
    )


def _values(word: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    found: set[int] = set()
    for part in filter(None, word.split(",")):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        if first in ("*", "?"):
            start, end = low, high
        else:
            start = _number(first, names)
            end = _number(last, names) if dash else (high if step else start)
        found.update(range(start, end + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, names: dict[str, int]) -> int:
    named = names.get(text.lower())
    return int(text) if named is None else named


def _is_star(word: str) -> bool:
    """A star with a step is none: ``*/2`` restricts the day as a list would."""
    for part in word.split(","):
        span, _, step = part.partition("/")
        if span.partition("-")[0] in ("*", "?") and int(step or 1) <= 1:
            return True
    return False


def _millis(moment: datetime) -> Millis:
    return (moment.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)
