"""Orders on their way to workers: namespaces take turns, and none may have too many launches unanswered.

Without that, the orders of a small run would stand behind all those of a large one in the workers' queue.
What waits here is ordered again by whoever takes over when this engine dies. Not for sending itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from workflows.driver.held import Held
from workflows.driver.live import AttemptKey, LiveRun
from workflows.engine.messages import Kill, Launch, Millis, Order

#: hands orders to workers; False when they could not be sent, they are repeated then
Send = Callable[[Sequence[Order]], bool]

#: launches of one namespace before it is another's turn
_TURN = 40


class Dispatcher:
    """`window` launches of one namespace may be unanswered at once."""

    def __init__(self, held: Held, send: Send, window: int) -> None:
        self._held = held
        self._send = send
        self._window = window
        #: launches that wait here, by namespace, in their order; one that is not in `_waiting` does not count
        self._queues: dict[str, deque[tuple[str, Launch]]] = {}
        self._waiting: set[tuple[str, AttemptKey]] = set()

    def put(self, live: LiveRun, orders: Sequence[Order]) -> None:
        """Take orders of one run whose decisions are committed. Only launches wait for their turn."""
        uid, rest = live.run.uid, []
        for order in orders:
            if isinstance(order, Launch):
                self._waiting.add((uid, (order.node_id, order.attempt)))
                self._queues.setdefault(live.run.namespace, deque()).append((uid, order))
            elif not (isinstance(order, Kill) and self._withdraw(live, order)):
                rest.append(order)
        if rest:
            self._send(rest)

    def flush(self, now: Millis) -> None:
        """Send what may be sent now."""
        batch: list[Order] = []
        turns = deque(self._queues)
        while turns:
            namespace = turns.popleft()
            if self._take(namespace, batch, now):
                turns.append(namespace)
            if not self._queues[namespace]:
                del self._queues[namespace]
                if namespace in turns:
                    turns.remove(namespace)
        if self._queues:
            # whoever came first goes last next time
            first = next(iter(self._queues))
            self._queues[first] = self._queues.pop(first)
        if batch:
            self._send(batch)

    def _take(self, namespace: str, batch: list[Order], now: Millis) -> bool:
        """Up to a turn's launches of one namespace; False when it has no more or may not send more."""
        queue = self._queues[namespace]
        for _ in range(_TURN):
            if not queue or self._held.unanswered(namespace) >= self._window:
                return False
            uid, order = queue.popleft()
            key = (order.node_id, order.attempt)
            live = self._held.get(uid)
            if (uid, key) not in self._waiting:
                continue
            self._waiting.discard((uid, key))
            if live is None:
                continue
            live.note_sent(key, now)
            self._held.count(live)
            batch.append(order)
        return True

    def _withdraw(self, live: LiveRun, kill: Kill) -> bool:
        """Whether the node was never sent, so that there is nothing to end."""
        key = (kill.node_id, kill.attempt)
        if (live.run.uid, key) not in self._waiting:
            return False
        self._waiting.discard((live.run.uid, key))
        live.settle_kill(key)
        if live.dirty:
            self._held.touch(live)
        return True
