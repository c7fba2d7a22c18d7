"""A leased run in memory: its state, what is not yet committed, and which orders still lack an answer.

Not for when to commit or whom to tell, see `loop`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflows.engine import Decision, Node, Run, RunState
from workflows.engine.messages import (
    Fact,
    Kill,
    Millis,
    NodeFinished,
    NodeStarted,
    Order,
    Record,
    ReleaseLocks,
    Signal,
)
from workflows.engine.phases import FAILED_OR_ERROR, LAUNCHED
from workflows.store.commit import RunWrite

#: (node id, attempt)
AttemptKey = tuple[str, int]


#: a kill that is not answered after so many sendings was for a node that had ended before
_MAX_KILLS = 5


def kill_order(run: Run, node: Node) -> Kill:
    """Ends whatever runs for the node, whether or not anything does."""
    return Kill(run_uid=run.uid, namespace=run.namespace, node_id=node.id, attempt=node.attempt)


@dataclass(slots=True)
class _PendingKill:
    order: Kill
    sent_at: Millis
    sent: int = 1


class LiveRun:
    """The engine's nodes are live objects: what `take_write` hands out is written before the next `apply`."""

    __slots__ = (
        "_created", "_delays", "_deleted", "_dirty", "_kills", "_labels", "_launched", "_orders", "_records",
        "_releasing", "_signals", "_updated", "_withheld", "fence", "run_id", "state", "touched_at",
        "uses_config_maps", "uses_locks", "wake_at",
    )  # fmt: skip

    def __init__(
        self,
        *,
        run_id: int,
        fence: int,
        state: RunState,
        now: Millis,
        uses_config_maps: bool,
        uses_locks: bool,
    ) -> None:
        self.run_id = run_id
        self.fence = fence
        self.state = state
        self.uses_config_maps = uses_config_maps
        self.uses_locks = uses_locks
        self.touched_at = now
        self.wake_at: Millis | None = None
        self._kills: dict[AttemptKey, _PendingKill] = {}
        self._launched: dict[AttemptKey, Millis] = {}
        self._labels = dict(state.run.labels)
        self._created: dict[int, Node] = {}
        self._updated: dict[int, Node] = {}
        self._deleted: list[str] = []
        self._signals: list[int] = []
        self._orders: list[Order] = []
        self._records: list[Record] = []
        self._delays: list[Millis] = []
        #: locks of nodes that have ended while a process of theirs may still run
        self._withheld: list[Record] = []
        self._dirty = False
        self._releasing = False

    @property
    def run(self) -> Run:
        return self.state.run

    @property
    def dirty(self) -> bool:
        """Something must be committed."""
        return self._dirty

    @property
    def signal_ids(self) -> Sequence[int]:
        """Rows of the inbox that were applied and not yet committed."""
        return self._signals

    def apply(
        self, messages: Sequence[Fact | Signal], now: Millis, *, signal_ids: Sequence[int] = ()
    ) -> Decision:
        """Let the engine decide. Its questions are the caller's to answer, all else will be written."""
        self.touched_at = now
        self._signals.extend(signal_ids)
        self._note_answers(messages, now)
        decision = self.state.apply(messages, now)
        self._merge(decision, now)
        return decision

    def end_leftovers(self, now: Millis) -> None:
        """For a finished run that was still held: its engine died before its last kills were answered."""
        for node in self.state.nodes.values():
            if node.type in LAUNCHED and node.phase in FAILED_OR_ERROR:
                order = kill_order(self.run, node)
                self._orders.append(order)
                self._kills[order.node_id, order.attempt] = _PendingKill(order, now)
        self._dirty = True

    def relaunch(self, node_ids: Sequence[str]) -> None:
        """Order attempts again that the executor does not know."""
        self._orders.extend(self.state.relaunch(node_ids))

    def withdraw(self, records: Sequence[Record]) -> None:
        """Records that are not to be written after all."""
        gone = set(map(id, records))
        self._records = [record for record in self._records if id(record) not in gone]

    def _merge(self, decision: Decision, now: Millis) -> None:
        for node_id in decision.deleted:
            self._forget(node_id)
        for node in decision.created:
            self._created[node.idx] = node
        for node in decision.updated:
            self._updated[node.idx] = node
        self._orders.extend(decision.orders)
        self._records.extend(decision.records)
        for order in decision.orders:
            if isinstance(order, Kill):
                self._kills[order.node_id, order.attempt] = _PendingKill(order, now)
        self.wake_at = decision.wake_at
        changed = decision.run_changed or decision.transitions > 0 or bool(decision.records)
        self._dirty = self._dirty or changed or bool(self._signals)

    def _forget(self, node_id: str) -> None:
        self._deleted.append(node_id)
        for pending in (self._created, self._updated):
            for idx in [idx for idx, node in pending.items() if node.id == node_id]:
                del pending[idx]

    def release(self) -> None:
        """Give up the lease with the next write, although the run goes on: it waits for a far-off event."""
        self._releasing = True
        self._dirty = True

    @property
    def released(self) -> bool:
        """The next write, or the last one taken, gives up the lease.

        A finished run is kept while processes of it may still have to be ended.
        """
        return self._releasing or (self.state.finished and not self._kills)

    def take_write(self) -> RunWrite:
        """Everything that is not yet committed; the run counts as clean from here on."""
        write = RunWrite(
            run_id=self.run_id,
            fence=self.fence,
            run=self.run,
            created=self._created,
            updated=self._updated,
            deleted=self._deleted,
            records=self._take_records(),
            signals=self._signals,
            wake_at=None if self.state.finished else self.wake_at,
            release=self.released,
            labels_changed=self.run.labels != self._labels,
            gives_up_locks=self.uses_locks and self.state.finished and self.released,
        )
        self._created, self._updated, self._deleted, self._signals = {}, {}, [], []
        self._labels = dict(self.run.labels)
        self._dirty = False
        return write

    def _take_records(self) -> list[Record]:
        records, self._records = [*self._withheld, *self._records], []
        self._withheld = [record for record in records if self._is_dying(record)] if self._kills else []
        return [record for record in records if record not in self._withheld]

    def _is_dying(self, record: Record) -> bool:
        """Locks would be given back while what they protect has been told to end and has not yet."""
        node = self.state.nodes.get(record.node_id) if isinstance(record, ReleaseLocks) else None
        if node is None:
            return False
        inner = tuple(node.name + sign for sign in ".[(")
        killed = (self.state.nodes.get(node_id) for node_id, _ in self._kills)
        return any(one is not None and (one is node or one.name.startswith(inner)) for one in killed)

    def give_back(self, stale: Sequence[ReleaseLocks]) -> None:
        """Locks of nodes that had ended when the engine before this one died."""
        if stale:
            self._records.extend(stale)
            self._dirty = True

    def take_orders(self) -> list[Order]:
        """Orders to send, once the decisions they belong to are committed."""
        orders, self._orders = self._orders, []
        return orders

    def note_sent(self, key: AttemptKey, now: Millis) -> None:
        """The launch of the attempt is on its way."""
        self._launched[key] = now

    @property
    def unanswered(self) -> int:
        """Launches on their way of which nothing was heard."""
        return len(self._launched)

    # --- orders without an answer --------------------------------------------------------------------

    def take_delays(self) -> list[Millis]:
        """How long each order waited that was answered since the last call."""
        delays, self._delays = self._delays, []
        return delays

    def _note_answers(self, messages: Sequence[Fact | Signal], now: Millis) -> None:
        for message in messages:
            if isinstance(message, NodeStarted | NodeFinished):
                key = (message.node_id, message.attempt)
                ordered_at = self._launched.pop(key, None)
                if ordered_at is not None:
                    self._delays.append(now - ordered_at)
                if isinstance(message, NodeFinished):
                    self.settle_kill(key)

    def settle_kill(self, key: AttemptKey) -> None:
        """What was to be ended has ended."""
        if self._kills.pop(key, None) is not None and (self.released or self._withheld):
            # The last thing a finished run waited for, or a lock: a write gives it up.
            self._dirty = True

    def kills_to_repeat(self, now: Millis, slack_ms: Millis) -> list[Kill]:
        """Kills whose node has not ended `slack_ms` after its grace period; each is repeated a few times."""
        again: list[Kill] = []
        for key, pending in tuple(self._kills.items()):
            if now < pending.sent_at + pending.order.grace_seconds * 1000 + slack_ms:
                continue
            if pending.sent >= _MAX_KILLS:
                self.settle_kill(key)
                continue
            pending.sent += 1
            pending.sent_at = now
            again.append(pending.order)
        return again

    def overdue(self, before: Millis) -> Iterator[AttemptKey]:
        """Attempts ordered before the given time of which nothing was heard, oldest first."""
        for key, ordered_at in self._launched.items():
            if ordered_at >= before:
                return
            yield key

    def look_again(self, keys: Sequence[AttemptKey], now: Millis) -> None:
        """The attempts were looked into at `now`: they are overdue again only a whole deadline later."""
        for key in keys:
            if self._launched.pop(key, None) is not None:
                self._launched[key] = now

    @property
    def waits_for_executor(self) -> bool:
        """Something was ordered for the run that has not been answered."""
        return bool(self._kills or self.state.active_attempts())
