"""From messages to commits: applies them to runs in memory, commits in groups, then sends what was decided.

Nothing leaves before the commit it belongs to. A run that cannot go on or cannot be written ends alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError

from workflows.driver import failure
from workflows.driver.announcer import Announcer
from workflows.driver.committing import commit_all
from workflows.driver.dispatching import Dispatcher, Send
from workflows.driver.held import Held
from workflows.driver.live import LiveRun
from workflows.driver.memos import Memos
from workflows.driver.metrics import Metrics
from workflows.driver.options import DriverOptions
from workflows.driver.statistics import Statistics
from workflows.engine import Decision
from workflows.engine.messages import Fact, MetricRefused, Millis, Order, Signal
from workflows.store import bus, locks
from workflows.store.dialect import analyze
from workflows.store.load import load_run
from workflows.store.lock_news import waiting_news
from workflows.store.locks import Answers

logger = logging.getLogger(__name__)

#: the planner's statistics are renewed when so many nodes were inserted since, then at four times as many
_ANALYZE_AFTER = 20_000
#: who waits for a lock is told no more often how it stands
_NEWS_EVERY_MS = 5_000


class Writer:
    """What it does is counted in `statistics`."""

    def __init__(
        self, held: Held, send: Send, announcer: Announcer, options: DriverOptions, statistics: Statistics
    ) -> None:
        self._statistics = statistics
        self._held = held
        self._send = send
        self._dispatcher = Dispatcher(held, send, options.launch_window)
        #: runs have ended since `loop` looked: others may begin
        self.runs_ended = False
        self._announcer = announcer
        self._options = options
        self._memos = Memos()
        self._metrics = Metrics(options.metric_series)
        self._oldest: Millis = 0
        self._news_at: Millis = 0
        self._uncommitted = 0
        self._inserted = 0
        self._analyze_at = _ANALYZE_AFTER

    def apply(
        self, live: LiveRun, messages: Sequence[Fact | Signal], now: Millis, signal_ids: Sequence[int] = ()
    ) -> None:
        """Let the run take the messages in; a run that raises ends in Error."""
        if not self._held.touched:
            self._oldest = now
        try:
            transitions = self._apply(live, messages, now, signal_ids)
        except (OperationalError, InterfaceError):
            self._held.touch(live)  # so that it is read again
            raise
        except Exception as fault:
            logger.exception("run %s cannot go on", live.run)
            self._held.drop(live)
            self.end_in_error(live.run_id, live.fence, fault, now, live.signal_ids)
            return
        self._uncommitted += transitions
        self._held.count(live)
        self._held.timers.set(live.run.uid, live.wake_at)
        self._held.touch(live)

    def _apply(
        self, live: LiveRun, messages: Sequence[Fact | Signal], now: Millis, signal_ids: Sequence[int]
    ) -> int:
        """Apply, and answer what the engine asks until it asks no more; returns how many nodes changed."""
        decision = live.apply(messages, now, signal_ids=signal_ids)
        transitions = decision.transitions
        for delay in live.take_delays():
            self._statistics.answers.observe(delay / 1000)
        while answers := self._answers(live, decision):
            decision = live.apply(answers, now)
            transitions += decision.transitions
        return transitions

    def _answers(self, live: LiveRun, decision: Decision) -> list[Fact]:
        if not (decision.lookups or decision.records):
            return []
        namespace = live.run.namespace
        self._memos.note(namespace, decision.records)
        answers: list[Fact] = list(self._memos.answer(namespace, decision.lookups))
        refusals = self._metrics.refusals(namespace, decision.records)
        live.withdraw([record for record, _ in refusals])
        return answers + [MetricRefused(message=reason) for _, reason in refusals]

    def commit_if_due(self, now: Millis, *, idle: bool) -> None:
        """At once when nothing else is waiting, so that a quiet system answers at once; else in groups."""
        full = self._uncommitted >= self._options.commit_transitions
        if self._held.touched and (idle or full or now - self._oldest >= self._options.commit_ms):
            self.commit(now)

    def commit(self, now: Millis) -> None:
        """Write what all touched runs decided. When this raises, those runs are read again."""
        lives = self._held.take_touched()
        try:
            self._commit(lives, now)
        except Exception:
            self._held.drop_to_reload(lives)
            self._uncommitted = 0
            raise
        finally:
            self._memos.forget()

    def start_over(self) -> None:
        """What was not committed is given up, and its runs are read again."""
        self._held.drop_to_reload(self._held.take_touched())
        self._memos.forget()
        self._metrics.forget()
        self._uncommitted = 0

    def end_in_error(
        self, run_id: int, fence: int, fault: Exception, now: Millis, signal_ids: Sequence[int]
    ) -> None:
        """End a run as it was committed last. If that cannot be written now, the run is read again later."""
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

    def _commit(self, lives: Sequence[LiveRun], now: Millis) -> None:
        writes = [live.take_write() for live in lives if live.dirty]
        answers = Answers(self._held.fence_of)
        began = time.perf_counter()
        outcome = commit_all(writes, answers)
        self._statistics.commits.observe(time.perf_counter() - began)
        self._statistics.transitions += self._uncommitted
        self._uncommitted = 0
        self._after_commit([live for live in lives if live.run_id not in outcome.unwritten], now)
        for live in lives:
            if live.run_id in outcome.lost:
                logger.warning("run %s was taken over by another engine", live.run)
                self._held.drop(live)
            elif live.run_id in outcome.failed:
                fault = outcome.failed[live.run_id]
                logger.error("run %s cannot be written", live.run, exc_info=fault)
                self._held.drop(live)
                self.end_in_error(live.run_id, live.fence, fault, now, live.signal_ids)
        self._tell(answers, now)
        self._analyze_sometimes(sum(len(write.created) for write in writes))

    def dispatch(self, now: Millis) -> None:
        """Send what answers have made room for."""
        self._dispatcher.flush(now)

    def grant_more(self, now: Millis) -> None:
        """Give locks that became free without a commit of ours to whose turn it is."""
        self._tell(locks.grant_more(self._held.fence_of), now)

    def refresh_waiting(self, now: Millis) -> None:
        """Tell those at the heads of queues how it stands, not too often."""
        if now < self._news_at:
            return
        self._news_at = now + _NEWS_EVERY_MS
        news: dict[int, list[Fact]] = {}
        for run_id, fact in waiting_news():
            news.setdefault(run_id, []).append(fact)
        self._tell(Answers(facts=news), now)

    def _tell(self, answers: Answers, now: Millis) -> None:
        """Pass on what was decided about locks."""
        for run_id, facts in answers.facts.items():
            live = self._held.by_row(run_id)
            if live is not None:
                self.apply(live, facts, now)
        for uid in answers.woken:
            bus.current().wake(uid)

    def _after_commit(self, lives: Sequence[LiveRun], now: Millis) -> None:
        orders: list[Order] = []
        for live in lives:
            taken = live.take_orders()
            self._dispatcher.put(live, taken)
            orders += taken
            self._announcer.moved(live.run.namespace, live.run.uid, live.run.seq)
            if live.released:
                self._held.drop(live)
                if live.state.finished:
                    self.runs_ended = True
                    self._statistics.runs_finished[live.run.phase] += 1
        self._statistics.count_orders(orders)
        self._dispatcher.flush(now)

    def _analyze_sometimes(self, inserted: int) -> None:
        self._inserted += inserted
        if self._inserted >= self._analyze_at:
            self._analyze_at = self._inserted * 4
            analyze()
