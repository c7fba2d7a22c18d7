"""Keeps the attempts of a state folder: takes orders, holds what goes on, puts the ends on record.

Single-threaded; `serve` calls it whenever something happened. An attempt goes

    queued ─► its containers run, see `conductor` ─► its outputs are saved by Sluice ─► on record
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from . import course
from .attempts import DEFAULT_GRACE_SECONDS, Attempt, Order
from .belongings import Belongings
from .conductor import Conductor, now
from .endings import (
    ERROR,
    FAILED,
    NOBODY_SAVED,
    NOT_SAVED,
    STOPPED_BEFORE_START,
    SUCCEEDED,
    Ending,
    presentable,
)
from .folders import Layout
from .journal import Journal, Start
from .ledger import Ledgers, Record, make_record
from .news import News
from .outputs import UnreadableOutputError, open_artifact, read_outputs, read_progress
from .plan import CannotMountError
from .starting import Starter
from .timers import Timers
from .trash import Trash
from .views import ViewPool

_RECORD_AGAIN_SECONDS: Final = 1.0
#: how long outputs wait for a Sluice that saves them
_SAVING_PATIENCE_SECONDS: Final = 3600.0


class Keeper:
    """Call `pump`, `reap` and `run_timers` often; collect what happened from `news`."""

    def __init__(
        self,
        layout: Layout,
        pool: ViewPool,
        trash: Trash,
        ledgers: Ledgers,
        *,
        max_processes: int,
        default_path: str,
    ) -> None:
        self._layout = layout
        self._pool = pool
        self._ledgers = ledgers
        self._max_processes = max_processes
        self._timers = Timers()
        self._queue: dict[str, Order] = {}
        self._attempts: dict[str, Attempt] = {}
        self._belongings = Belongings(layout, trash)
        self._unsaved: dict[str, Attempt] = {}
        self._deadlines: dict[str, float] = {}
        self._unrecorded: dict[str, Record] = {}
        self.news = News()
        self.journal = Journal(layout.journal, self._running)
        self._starter = Starter(layout, pool, default_path=default_path)
        self._conductor = Conductor(
            self._starter, self._timers, trash, self.news, self.journal, self._processes_are_over
        )

    # --- what Sluice may ask for ---

    def launch(self, order: Order) -> None:
        """Queue an order, unless it was carried out, or is: then report it once more."""
        if order.name in self._attempts:
            self.news.start(self._attempts[order.name])
        elif not (self._is_pending(order.name) or self._repeat_end(order.name)):
            safe = self._belongings.take_over(order)
            if safe is not None:
                self._queue[order.name] = safe

    def refuse(self, name: str, key: list[Any], message: str) -> None:
        """Put an order on record that Sluice found impossible, unless it was carried out, or is."""
        if not (name in self._attempts or self._is_pending(name) or self._repeat_end(name)):
            self._put_on_record(_record(name, key, Ending(ERROR, message)))

    def kill(self, name: str, key: list[Any], grace_seconds: float) -> None:
        """End an attempt. One that was never heard of is put on record as ended: its order may come later."""
        if name in self._attempts:
            self._stop(self._attempts[name], grace_seconds)
        elif self._unqueue(name) or not (name in self._unrecorded or self._ledgers.find(name)):
            self._put_on_record(_record(name, key, Ending(FAILED, STOPPED_BEFORE_START)))

    def forget(self, run: str) -> None:
        """End everything of a run without a word; `knows_run` tells when that is done."""
        prefix = f"{run}/"
        for name in [name for name in self._queue if name.startswith(prefix)]:
            self._unqueue(name)
        for name in [name for name in self._unrecorded if name.startswith(prefix)]:
            del self._unrecorded[name]
        self.news.forget(prefix)
        for name, attempt in list(self._attempts.items()):
            if name.startswith(prefix):
                self._abandon(attempt)

    def knows_run(self, run: str) -> bool:
        """False once nothing of the run goes on; its folder may be removed then."""
        if any(name.startswith(f"{run}/") for name in self._attempts):
            return True
        self._ledgers.close(run)
        return False

    def stop_all(self, grace_seconds: float) -> None:
        """The shepherd was asked to end: so is everything it keeps; what is queued stays unstarted."""
        self._queue.clear()
        for attempt in list(self._attempts.values()):
            self._stop(attempt, grace_seconds)

    def abandon_all(self) -> None:
        """The state folder is gone: end everything at once, nobody will ask."""
        self._queue.clear()
        self._unrecorded.clear()
        for attempt in list(self._attempts.values()):
            self._abandon(attempt)

    def state_of(self, name: str) -> int | Record | None:
        """0 when it has not started, what is known of it while it runs, how it ended; else None."""
        attempt = self._attempts.get(name)
        if attempt is not None:
            return {
                "started_at": attempt.started_at,
                "ready_at": attempt.ready_at,
                "progress": attempt.progress,
                "containers": course.container_states(attempt) if attempt.order.is_watched else [],
            }
        return 0 if self._is_pending(name) else self._ledgers.find(name)

    # --- outputs that Sluice saves ---

    def unsaved(self) -> list[Record]:
        """Records, without artifacts yet, of attempts that only wait for their outputs to be saved."""
        return [
            {**self._record_of(attempt, attempt.ending), "saving": attempt.order.saving}
            for attempt in self._unsaved.values()
            if attempt.ending is not None
        ]

    def open_artifacts(self, name: str, artifacts: Sequence[str]) -> list[int | str]:
        """For each output artifact of an unsaved attempt a descriptor for the caller to close, or why not."""
        attempt = self._unsaved.get(name)
        if attempt is None:
            return ["the attempt has no outputs to save"] * len(artifacts)
        since = 0 if attempt.view.is_private else attempt.started_at
        with self._pool.inside(attempt.view):
            return [open_artifact(attempt.order.artifacts[artifact], since) for artifact in artifacts]

    def saved(self, name: str, artifacts: Sequence[Mapping[str, Any]], fault: str) -> None:
        """Sluice has saved what it could; a `fault` makes an Error of a node that had succeeded."""
        attempt = self._unsaved.get(name)
        if attempt is None or attempt.ending is None:
            return
        ending = attempt.ending
        if fault and ending.phase == SUCCEEDED:
            ending = Ending(ERROR, fault, ending.exit_code)
        self._finish(attempt, ending, artifacts)

    # --- what the loop calls ---

    @property
    def is_idle(self) -> bool:
        return not (self._attempts or self._queue or self._unrecorded)

    @property
    def has_startable(self) -> bool:
        return bool(self._queue) and len(self._attempts) < self._max_processes

    def pump(self, most: int) -> None:
        """Start up to `most` queued attempts."""
        for _ in range(most):
            if not self.has_startable:
                return
            self._begin(self._queue.pop(next(iter(self._queue))))

    def reap(self) -> None:
        """Take notice of every process that ended."""
        self._conductor.reap()

    def run_timers(self, moment: float) -> None:
        self._timers.run_due(moment)
        for name in [name for name, deadline in self._deadlines.items() if deadline <= moment]:
            del self._deadlines[name]
            attempt = self._attempts[name]
            attempt.is_past_deadline = not attempt.is_stopping
            self._stop(attempt, DEFAULT_GRACE_SECONDS)

    @property
    def next_timer(self) -> float:
        """On the monotonic clock; infinite when nothing is planned."""
        return min((self._timers.next_due, *self._deadlines.values()))

    def look_at_progress(self) -> None:
        """Take notice of what commands wrote to their progress files."""
        for attempt in self._attempts.values():
            progress = read_progress(attempt.view.progress)
            if progress not in ("", attempt.progress):
                attempt.progress = progress
                self.news.progress(attempt, now())

    # --- steps of an attempt ---

    def _begin(self, order: Order) -> None:
        written = (*order.outputs.values(), *order.files, *order.artifacts.values())
        try:
            self._ledgers.prepare(order.name)
            self.journal.write(Start(order.name, order.key))
            view = self._pool.take(order.mounts, written, staged=order.staged, placements=order.placements)
        except (OSError, ValueError, CannotMountError) as error:
            fault = Ending(ERROR, f"cannot prepare the private file system: {error}")
            self._put_on_record(_record(order.name, order.key, fault))
            return
        attempt = Attempt(order, view, started_at=now())
        self._attempts[order.name] = attempt
        self.news.start(attempt)
        try:
            self._starter.stage(attempt)
        except (OSError, ValueError) as error:
            self._finish(attempt, Ending(ERROR, f"cannot write the input files: {error}"))
            return
        if order.deadline_seconds is not None:
            self._deadlines[order.name] = time.monotonic() + order.deadline_seconds
        self._conductor.begin(attempt)

    def _processes_are_over(self, attempt: Attempt) -> None:
        """Nothing of the attempt runs any more: read what it left, and have it saved."""
        self._deadlines.pop(attempt.name, None)
        if attempt.is_forgotten:
            self._finish(attempt, Ending(FAILED))
            return
        ending = self._read_outputs(attempt, course.ending_of(attempt))
        if attempt.order.saving is not None and attempt.fault is None:
            attempt.ending = ending
            self._unsaved[attempt.name] = attempt
            self._timers.call_later(_SAVING_PATIENCE_SECONDS, lambda: self._give_up_saving(attempt))
        else:
            self._finish(attempt, ending)

    def _read_outputs(self, attempt: Attempt, ending: Ending) -> Ending:
        if not attempt.order.outputs or ending.exit_code is None:
            return ending
        since = 0 if attempt.view.is_private else attempt.started_at
        try:
            with self._pool.inside(attempt.view):
                attempt.parameters = read_outputs(attempt.order.outputs, since=since)
        except UnreadableOutputError as error:
            return ending if ending.message else Ending(ERROR, str(error), ending.exit_code)
        return ending

    def _give_up_saving(self, attempt: Attempt) -> None:
        if self._unsaved.get(attempt.name) is attempt:
            self.saved(attempt.name, (), NOT_SAVED.format(NOBODY_SAVED))

    def _finish(self, attempt: Attempt, ending: Ending, artifacts: Sequence[Mapping[str, Any]] = ()) -> None:
        del self._attempts[attempt.name]
        self._unsaved.pop(attempt.name, None)
        self._deadlines.pop(attempt.name, None)
        self._pool.give_back(attempt.view, trusted=not attempt.is_tainted)
        if not attempt.is_forgotten:
            record = self._record_of(attempt, ending)
            if artifacts:
                record["artifacts"] = list(artifacts)
            self._put_on_record(record)

    def _record_of(self, attempt: Attempt, ending: Ending) -> Record:
        record = _record(attempt.name, attempt.order.key, ending)
        ended_at = max((run.ended_at for run in attempt.runs), default=0)
        record |= {"started_at": attempt.started_at, "parameters": attempt.parameters}
        record["at"] = ended_at or record["at"]
        if attempt.order.is_watched:
            record["containers"] = course.container_states(attempt)
        return record

    def _put_on_record(self, record: Record) -> None:
        """Try until it works, on a full disk for instance; nobody hears of the end before."""
        name = record["name"]
        self._unrecorded[name] = record
        try:
            self._ledgers.append(record)
        except OSError:
            self._timers.call_later(_RECORD_AGAIN_SECONDS, lambda: self._record_again(name))
        else:
            del self._unrecorded[name]
            self.news.end(record)

    def _record_again(self, name: str) -> None:
        if name in self._unrecorded:
            self._put_on_record(self._unrecorded[name])

    # --- ending ---

    def _stop(self, attempt: Attempt, grace_seconds: float) -> None:
        """What only waits for its outputs to be saved has the grace period for that."""
        if attempt.ending is not None:
            self._timers.call_later(grace_seconds, lambda: self._give_up_saving(attempt))
        else:
            self._conductor.stop(attempt, grace_seconds)

    def _abandon(self, attempt: Attempt) -> None:
        attempt.is_forgotten = True
        if attempt.ending is not None:
            self._finish(attempt, attempt.ending)
            return
        attempt.is_stopping = True
        self._conductor.kill_hard(attempt)

    # --- small things ---

    def _unqueue(self, name: str) -> bool:
        """Take an order out of the queue; False when it is not in it."""
        order = self._queue.pop(name, None)
        if order is not None:
            self._belongings.drop(order)
        return order is not None

    def _is_pending(self, name: str) -> bool:
        return name in self._queue or name in self._unrecorded

    def _repeat_end(self, name: str) -> bool:
        """Report an attempt that ended once more; False when it has not."""
        record = self._ledgers.find(name)
        if record is not None:
            self.news.end(record)
        return record is not None

    def _running(self) -> list[Start]:
        return [
            Start(each.name, each.order.key, run.process, run.process_started)
            for each in self._attempts.values()
            for run in each.runs or ()
        ]


def _record(name: str, key: list[Any], ending: Ending) -> Record:
    return make_record(
        name, key, ending.phase, presentable(ending.message), exit_code=ending.exit_code, at=now()
    )
