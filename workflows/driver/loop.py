"""The engine's loop: one thread that turns facts and wishes into commits and orders, for all runs it holds.

    inbox ─┐                                              ┌─► orders to workers
    timers ┼─► apply to the runs in memory ─► one commit ─┤
    sweep ─┘                                              └─► hints to watchers

Nothing leaves before the commit it belongs to. An error in one run ends that run; an error of the database
drops what was not committed and reads it again. Not for deciding anything about a workflow, see `engine`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from django.db import DatabaseError, InterfaceError, connection

from workflows.driver import failure, loading, sweep
from workflows.driver.announcer import Announcer
from workflows.driver.committing import commit_all
from workflows.driver.held import Held
from workflows.driver.inbox import Inbox
from workflows.driver.live import LiveRun
from workflows.driver.membership import Membership
from workflows.driver.options import DriverOptions
from workflows.engine.messages import Fact, Millis, Order, Signal
from workflows.executors.base import Executor
from workflows.store import bus, clock, leases, signals
from workflows.store.dialect import analyze
from workflows.store.load import StoredRun, load_run

logger = logging.getLogger(__name__)

Send = Callable[[Sequence[Order]], bool]

#: runs claimed in one turn, so that a restart with many unfinished runs does not starve the first ones
_CLAIM = 50
_PAUSE_AFTER_FAULT_S = 0.5
#: how long one turn may read runs from the database
_LOADING_MS = 1_000
#: the planner's statistics are renewed when so many nodes were inserted since, then four times as many
_ANALYZE_AFTER = 20_000


class Driver:
    """Call `run` in a thread of its own; `inbox` and `stop` may be used from any thread."""

    def __init__(self, *, executor: Executor, send: Send, options: DriverOptions) -> None:
        self.inbox = Inbox()
        self.transitions = 0
        self._executor = executor
        self._send = send
        self._options = options
        self._membership = Membership(lease_ms=options.lease_ms)
        self._held = Held()
        self._announcer = Announcer(bus.current())
        self._stopping = threading.Event()
        self._end_hints: Callable[[], None] = lambda: None
        self._claim_due = True
        self._sweep_at: Millis = 0
        self._oldest: Millis = 0
        self._uncommitted = 0
        self._inserted = 0
        self._analyze_at = _ANALYZE_AFTER
        self._config_maps = sweep.ConfigMapVersions()

    def stop(self) -> None:
        """End the loop after the commit at hand; leases are given up."""
        self._stopping.set()
        self.inbox.wake()

    def run(self) -> None:
        """Until `stop`. What was not committed then is observed again by whoever takes over."""
        self.join()
        try:
            while not self._stopping.is_set():
                self.inbox.wait(self._pause())
                self.step()
        finally:
            self.leave()

    def join(self) -> None:
        """Become a member of the engines and listen for hints."""
        self._end_hints = bus.current().on_wake(self.inbox.wake)
        self._membership.join(clock.now(), sole=self._options.sole)

    def step(self) -> None:
        """Do everything there is to do once, without waiting for more.

        Whatever goes wrong, the loop goes on: what was not committed is read again.
        """
        try:
            self._work(clock.now())
        except (DatabaseError, InterfaceError) as fault:
            logger.warning("the database failed, what was not committed is read again: %s", fault)
            self._start_over()
        except Exception:
            logger.exception("a defect in the engine's loop, what was not committed is read again")
            self._start_over()

    def _start_over(self) -> None:
        self._held.drop_to_reload(self._held.take_touched())
        self._uncommitted = 0
        connection.close()
        self._stopping.wait(_PAUSE_AFTER_FAULT_S)

    def _work(self, now: Millis) -> None:
        taken = self.inbox.take(self._options.commit_transitions)
        for uid, facts in taken.facts.items():
            live = self._held.get(uid)
            if live is not None:
                self._apply(live, facts, now)
        self._look(taken.wakes, now)
        if now >= self._sweep_at:
            self._sweep(now)
        self._claim(now)
        for live in self._held.due(now):
            self._apply(live, (), now)
        if self._held.touched and self._commit_due(now):
            self._commit(now)
        self._announcer.flush(now)

    @property
    def runs_held(self) -> int:
        """Runs in memory."""
        return len(self._held)

    @property
    def busy(self) -> bool:
        """Something is decided and not yet committed, or claimed and not yet read."""
        return self._held.touched or bool(self._held.waiting) or self._claim_due

    def forget(self) -> None:
        """Drop everything without writing, as a crash would; leases stay until they run out."""
        self._stop_listening()
        self._held.drop_all()

    def _stop_listening(self) -> None:
        self._end_hints()
        self._end_hints = lambda: None

    def leave(self) -> None:
        """Commit what is decided and give up all leases."""
        self._stop_listening()
        try:
            if self._held.touched:
                self._commit(clock.now())
            self._membership.leave()
        except (DatabaseError, InterfaceError):
            logger.exception("the database failed at the end; leases run out by themselves")
        finally:
            self._held.drop_all()
            connection.close()

    # --- what comes in --------------------------------------------------------------------------------

    def _apply(
        self, live: LiveRun, messages: Sequence[Fact | Signal], now: Millis, signal_ids: Sequence[int] = ()
    ) -> None:
        if not self._held.touched:
            self._oldest = now
        try:
            transitions = live.apply(messages, now, signal_ids=signal_ids)
        except Exception as fault:
            logger.exception("run %s cannot go on", live.run)
            self._end_in_error(live, fault, now)
            return
        self._uncommitted += transitions
        self._held.timers.set(live.run.uid, live.wake_at)
        self._held.touch(live)

    def _look(self, wakes: set[str], now: Millis) -> None:
        """Read the inbox rows of the runs that were hinted at; a run we do not hold may be free to claim."""
        known = [live.run_id for uid in wakes if (live := self._held.get(uid)) is not None]
        self._claim_due = self._claim_due or len(known) < len(wakes)
        if known:
            self._read_signals(known, now)

    def _read_signals(self, run_ids: Sequence[int], now: Millis) -> None:
        received: dict[int, list[signals.Received]] = {}
        for one in signals.read(run_ids):
            received.setdefault(one.run_id, []).append(one)
        for run_id, ones in received.items():
            live = self._held.by_row(run_id)
            if live is None:
                continue
            seen = set(live.signal_ids)
            new = [one for one in ones if one.id not in seen]
            if new:
                self._apply(live, [one.message for one in new], now, [one.id for one in new])

    # --- runs come and go -----------------------------------------------------------------------------

    def _claim(self, now: Millis) -> None:
        if self._claim_due:
            claimed = leases.claim(self._membership.name, now=now, limit=_CLAIM)
            self._claim_due = len(claimed) == _CLAIM
            self._held.waiting.update((lease.run_id, lease.fence) for lease in claimed)
            if self._claim_due:
                self.inbox.wake()
        if self._held.waiting:
            self._take_up_waiting(now)

    def _take_up_waiting(self, now: Millis) -> None:
        """Large runs take a while: the rest waits for the next turn, so the lease is renewed in between."""
        taken: list[int] = []
        for run_id, fence in tuple(self._held.waiting.items()):
            if clock.now() - now > _LOADING_MS:
                self.inbox.wake()
                break
            stored = load_run(run_id)
            if stored is None or stored.fence != fence:
                del self._held.waiting[run_id]
            elif self._take_up(stored, now):
                taken.append(run_id)
        if taken:
            self._read_signals(taken, now)
        for live in (self._held.by_row(run_id) for run_id in taken):
            if live is not None and live.state.finished and not live.signal_ids:
                live.end_leftovers(now)
                self._held.touch(live)

    def _take_up(self, stored: StoredRun, now: Millis) -> bool:
        try:
            live = loading.take_up(stored, now)
        except Exception as fault:
            logger.exception("run %s cannot be taken up", stored.run)
            self._write_error(stored.run_id, stored.fence, fault, now, ())
            return False
        if not sweep.observe_again(live, self._executor):
            return False
        self._held.add(live)
        facts = []
        if live.uses_config_maps:
            self._config_maps.note(live.run.namespace)
            facts.append(loading.config_maps(live.run.namespace))
        self._apply(live, facts, now)
        return self._held.by_row(stored.run_id) is not None

    def _end_in_error(self, live: LiveRun, fault: Exception, now: Millis) -> None:
        self._held.drop(live)
        self._write_error(live.run_id, live.fence, fault, now, live.signal_ids)

    def _write_error(
        self, run_id: int, fence: int, fault: Exception, now: Millis, signal_ids: Sequence[int]
    ) -> None:
        """If even this cannot be written the run stays among those to be read again."""
        self._held.waiting[run_id] = fence
        stored = load_run(run_id)
        if stored is not None and stored.fence == fence:
            write, kills = failure.end_in_error(stored, failure.reason(fault), now, signal_ids)
            outcome = commit_all([write])
            for failed in outcome.failed.values():
                logger.error("the end of run %s cannot be written", stored.run, exc_info=failed)
            self._send(kills)
            self._announcer.moved(stored.run.namespace, stored.run.uid, stored.run.seq)
        del self._held.waiting[run_id]

    # --- what goes out --------------------------------------------------------------------------------

    def _commit_due(self, now: Millis) -> bool:
        """At once when nothing else is waiting, so that a quiet system answers at once; else in groups."""
        if self.inbox.empty or self._uncommitted >= self._options.commit_transitions:
            return True
        return now - self._oldest >= self._options.commit_ms

    def _commit(self, now: Millis) -> None:
        lives = self._held.take_touched()
        writes = [live.take_write() for live in lives if live.dirty]
        try:
            outcome = commit_all(writes)
        except (DatabaseError, InterfaceError):
            self._held.drop_to_reload(lives)
            raise
        self.transitions += self._uncommitted
        self._uncommitted = 0
        self._after_commit([live for live in lives if live.run_id not in outcome.unwritten], now)
        for live in lives:
            if live.run_id in outcome.lost:
                logger.warning("run %s was taken over by another engine", live.run)
                self._held.drop(live)
            elif live.run_id in outcome.failed:
                logger.error("run %s cannot be written", live.run, exc_info=outcome.failed[live.run_id])
                self._end_in_error(live, outcome.failed[live.run_id], now)
        self._analyze_sometimes(sum(len(write.created) for write in writes))

    def _after_commit(self, lives: Sequence[LiveRun], now: Millis) -> None:
        orders: list[Order] = []
        for live in lives:
            orders += live.take_orders(now)
            self._announcer.moved(live.run.namespace, live.run.uid, live.run.seq)
            if live.released:
                self._held.drop(live)
        if orders:
            self._send(orders)

    def _analyze_sometimes(self, inserted: int) -> None:
        self._inserted += inserted
        if self._inserted >= self._analyze_at:
            self._analyze_at = self._inserted * 4
            analyze()

    # --- time passes ----------------------------------------------------------------------------------

    def _pause(self) -> float:
        """Seconds until something is due by itself."""
        if self._held.touched:
            return 0.0
        times = (self._sweep_at, self._held.timers.next(), self._announcer.next())
        due = min(time for time in times if time is not None)
        return max(0.0, (due - clock.now()) / 1000)

    def _sweep(self, now: Millis) -> None:
        """Make good what no hint told: see the functions of `sweep`."""
        self._sweep_at = now + self._options.sweep_ms
        if not self._membership.keep(now):
            self._held.drop_all()
        leases.bury_dead(now=now)
        self._claim_due = True
        self._read_signals(signals.runs_with_signals(self._membership.name), now)
        for live in sweep.refresh_config_maps(self._held, self._config_maps):
            self._apply(live, [loading.config_maps(live.run.namespace)], now)
        for live in sweep.order_again(self._held, self._executor, self._options, now):
            self._held.touch(live)
        self._send(sweep.kill_again(self._held, now))
        for live in self._held:
            if live.dirty:
                self._held.touch(live)
        for live in sweep.idle(self._held, self._options, now):
            live.release()
            self._held.touch(live)
