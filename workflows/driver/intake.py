"""What comes in from the database: runs to take up, and messages in the inboxes of runs that are held."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from workflows.driver import loading
from workflows.driver.announcer import Announcer
from workflows.driver.config_maps import ConfigMapVersions
from workflows.driver.held import Held
from workflows.driver.sweep import observe_again
from workflows.driver.writer import Writer
from workflows.engine.messages import Fact, Millis
from workflows.executors.base import Executor
from workflows.store import admission, clock, leases, signals
from workflows.store.admission import Limits
from workflows.store.load import StoredRun, load_run

logger = logging.getLogger(__name__)

#: runs claimed at once, so that a restart with many unfinished runs does not starve the first ones
_CLAIM = 50
#: new runs admitted at once, so that namespaces take turns
_ADMIT = 20
#: how long one turn may read runs from the database
_LOADING_MS = 1_000


class Intake:
    """`claim_due` is set when there may be runs that nobody holds."""

    def __init__(
        self, held: Held, writer: Writer, executor: Executor, announcer: Announcer, limits: Limits
    ) -> None:
        self.claim_due = True
        self._announcer = announcer
        self._limits = limits
        self._turn = 0
        self._held = held
        self._writer = writer
        self._executor = executor
        self._config_maps = ConfigMapVersions()

    @property
    def busy(self) -> bool:
        """There is more to do in the next turn."""
        return self.claim_due or bool(self._held.waiting)

    def look(self, wakes: Collection[str], now: Millis) -> None:
        """Follow hints: read the inboxes of runs that are held; others may be free to claim."""
        known = [live.run_id for uid in wakes if (live := self._held.get(uid)) is not None]
        self.claim_due = self.claim_due or len(known) < len(wakes)
        self.read_inboxes(known, now)

    def read_inboxes(self, run_ids: Sequence[int], now: Millis) -> None:
        """Apply what waits for runs that are held and was not applied before."""
        if not run_ids:
            return
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
                self._writer.apply(live, [one.message for one in new], now, [one.id for one in new])

    def claim(self, member: str, now: Millis) -> None:
        """Lease runs that nobody holds, and take up those that are ours and not in memory."""
        if self.claim_due:
            more = self._admit()
            claimed = leases.claim(member, now=now, limit=_CLAIM)
            self.claim_due = more or len(claimed) == _CLAIM
            self._held.waiting.update((lease.run_id, lease.fence) for lease in claimed)
        if self._held.waiting:
            self._take_up_waiting(now)

    def _admit(self) -> bool:
        """Let new runs begin, as many as may; True when more could at once."""
        self._turn += 1
        admitted = admission.admit(self._limits, most=_ADMIT, turn=self._turn)
        for change in admitted.changes:
            self._announcer.moved(change.namespace, change.uid, change.seq)
        return admitted.more

    def refresh_config_maps(self, now: Millis) -> None:
        """Tell runs that read ConfigMaps when some changed."""
        readers = [live for live in self._held if live.uses_config_maps]
        changed = self._config_maps.changed({live.run.namespace for live in readers})
        for live in readers:
            if live.run.namespace in changed:
                self._writer.apply(live, [loading.config_maps(live.run.namespace)], now)

    def _take_up_waiting(self, now: Millis) -> None:
        """Large runs take a while: the rest waits for the next turn, so the lease is renewed in between."""
        taken: list[int] = []
        for run_id, fence in tuple(self._held.waiting.items()):
            if clock.now() - now > _LOADING_MS:
                self.claim_due = True  # so that the next turn comes at once
                break
            stored = load_run(run_id)
            if stored is None or stored.fence != fence:
                del self._held.waiting[run_id]
            elif self._take_up(stored, now):
                taken.append(run_id)
        self.read_inboxes(taken, now)
        self._end_leftovers(taken, now)

    def _take_up(self, stored: StoredRun, now: Millis) -> bool:
        try:
            live = loading.take_up(stored, now)
        except Exception as fault:
            logger.exception("run %s cannot be taken up", stored.run)
            self._writer.end_in_error(stored.run_id, stored.fence, fault, now, ())
            return False
        if not observe_again(live, self._executor):
            return False
        self._held.add(live)
        facts: list[Fact] = []
        if live.uses_config_maps:
            self._config_maps.note(live.run.namespace)
            facts.append(loading.config_maps(live.run.namespace))
        self._writer.apply(live, facts, now)
        return True

    def _end_leftovers(self, run_ids: Sequence[int], now: Millis) -> None:
        for run_id in run_ids:
            live = self._held.by_row(run_id)
            if live is not None and live.state.finished and not live.signal_ids:
                live.end_leftovers(now)
                self._held.touch(live)
