"""The engine's loop: one thread that turns facts and wishes into commits and orders, for all runs it holds.

    inbox ─┐                                              ┌─► orders to workers
    timers ┼─► apply to the runs in memory ─► one commit ─┤
    sweep ─┘                                              └─► hints to watchers

An error in one run ends that run; an error of the database drops what was not committed and reads it again.
Not for deciding anything about a workflow, see `engine`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection

from workflows.driver import sweep
from workflows.driver.announcer import Announcer
from workflows.driver.dispatching import Send
from workflows.driver.held import Held
from workflows.driver.inbox import Inbox
from workflows.driver.intake import Intake
from workflows.driver.membership import Membership
from workflows.driver.options import DriverOptions
from workflows.driver.statistics import Statistics
from workflows.driver.vitals import Vitals
from workflows.driver.writer import Writer
from workflows.engine.messages import Millis
from workflows.executors.base import Executor
from workflows.store import bus, clock, leases, signals

logger = logging.getLogger(__name__)

_PAUSE_AFTER_FAULT_S = 0.5


class Driver:
    """Call `run` in a thread of its own; `inbox` and `stop` may be used from any thread."""

    def __init__(self, *, executor: Executor, send: Send, options: DriverOptions) -> None:
        self.inbox = Inbox()
        self.held = Held()
        self._executor = executor
        self._send = send
        self._options = options
        self.statistics = Statistics()
        self.vitals = Vitals()
        self._membership = Membership(self.statistics, lease_ms=options.lease_ms)
        self._announcer = Announcer(bus.current())
        self._writer = Writer(self.held, send, self._announcer, options, self.statistics)
        self._intake = Intake(self.held, self._writer, executor, self._announcer, options.limits)
        self._stopping = threading.Event()
        self._end_hints: Callable[[], None] = lambda: None
        self._sweep_at: Millis = 0

    @property
    def transitions(self) -> int:
        """Nodes that were committed since the start."""
        return self.statistics.transitions

    @property
    def busy(self) -> bool:
        """There is something to do without anything coming in."""
        return self.held.touched or self._intake.busy or not self.inbox.empty

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
        self.vitals.turned()
        try:
            self._work(clock.now())
            self.vitals.worked()
        except (DatabaseError, InterfaceError) as fault:
            logger.warning("the database failed, what was not committed is read again: %s", fault)
            self._start_over()
        except Exception:
            logger.exception("a defect in the engine's loop, what was not committed is read again")
            self._start_over()

    def leave(self) -> None:
        """Commit what is decided and give up all leases."""
        self._end_hints()
        try:
            if self.held.touched:
                self._writer.commit(clock.now())
            self._membership.leave()
        except (DatabaseError, InterfaceError):
            logger.exception("the database failed at the end; leases run out by themselves")
        finally:
            self.held.drop_all()
            connection.close()

    def _work(self, now: Millis) -> None:
        taken = self.inbox.take(self._options.commit_transitions)
        for uid, facts in taken.facts.items():
            live = self.held.get(uid)
            if live is not None:
                self._writer.apply(live, facts, now)
        self._intake.look(taken.wakes, now)
        if now >= self._sweep_at:
            self._sweep(now)
        self._intake.claim(self._membership.name, now)
        for live in self.held.due(now):
            self._writer.apply(live, (), now)
        self._writer.commit_if_due(now, idle=self.inbox.empty)
        self._writer.dispatch(now)
        if self._writer.runs_ended:
            self._writer.runs_ended, self._intake.claim_due = False, True
        self._announcer.flush(now)

    def _start_over(self) -> None:
        self._writer.start_over()
        connection.close()
        self._stopping.wait(_PAUSE_AFTER_FAULT_S)

    def _pause(self) -> float:
        """Seconds until something is due by itself."""
        if self.held.touched or self._intake.claim_due:
            return 0.0
        times = (self._sweep_at, self.held.timers.next(), self._announcer.next())
        due = min(time for time in times if time is not None)
        return max(0.0, (due - clock.now()) / 1000)

    def _sweep(self, now: Millis) -> None:
        """Make good what no hint told."""
        self._sweep_at = now + self._options.sweep_ms
        self.statistics.runs_held = len(self.held)
        self.statistics.facts_waiting = len(self.inbox)
        if not self._membership.keep(now):
            self.held.drop_all()
        leases.bury_dead(now=now)
        self._intake.claim_due = True
        self._intake.read_inboxes(signals.runs_with_signals(self._membership.name), now)
        self._intake.refresh_config_maps(now)
        self._writer.grant_more(now)
        self._writer.refresh_waiting(now)
        sweep.order_again(self.held, self._executor, self._options, now)
        sweep.release_idle(self.held, self._options, now)
        self._send(sweep.kill_again(self.held, now))
