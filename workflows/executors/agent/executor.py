"""The agent: carries out http, plugin, resource and data templates, which need no process of their own.

Named after Argo's agent pod. What an attempt does is done at least once: after a crash everything that had no
end yet is begun again. Its end is told as exactly one fact, however often.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from workflows.engine.messages import Cleanup, Fact, Kill, Launch, Millis, NodeFinished
from workflows.engine.phases import ERROR, FAILED
from workflows.errors import SluiceError
from workflows.executors.agent.flight import HOST, Flight, State
from workflows.executors.agent.journal import Ended, Journal
from workflows.executors.agent.kinds import Kinds
from workflows.executors.agent.pool import Alarms, Pool
from workflows.executors.agent.settings import AgentSettings
from workflows.executors.agent.telling import AGAIN_S, Teller
from workflows.executors.agent.work import Ending, Failed, Pause, Work
from workflows.executors.base import Attempt, LogChunk, Report

logger = logging.getLogger(__name__)

_DEADLINE = Ending(FAILED, "Pod was active on the node longer than the specified deadline")
_KILLED = Ending(FAILED, "main: Error (exit code 143)", exit_code=143)
_NEVER_BEGAN = "Stopped before the main container started"
#: what is on the wire gets so long to come to an end when the server stops
_CLOSING_S = 1.0
_FOLLOW_S = 0.2
#: followers hear something, if only nothing, about so often, so that they can leave
_BREATH = 5

_Key = tuple[str, str, int]


class AgentExecutor:
    """See `workflows.executors.base` for the contract. `root` is a folder for nobody else."""

    name = "agent"

    def __init__(self, root: Path, kinds: Kinds, settings: AgentSettings | None = None) -> None:
        self._kinds = kinds
        self._settings = settings or AgentSettings()
        self._journal = Journal(root)
        self._teller: Teller | None = None
        self._lock = threading.RLock()
        self._flights: dict[_Key, Flight] = {}
        self._topics: defaultdict[str, set[_Key]] = defaultdict(set)
        self._requests = Pool("agent-request", self._settings.request_threads)
        self._objects = Pool("agent-object", self._settings.object_threads)
        self._alarms = Alarms("agent-alarms")
        self._unwatch: Callable[[], None] = lambda: None

    # --- the contract ------------------------------------------------------------------------------

    def open(self, report: Report) -> None:
        """Raises OSError, EnvironmentFault."""
        self._journal.open()
        self._requests = Pool("agent-request", self._settings.request_threads)
        self._objects = Pool("agent-object", self._settings.object_threads)
        self._alarms = Alarms("agent-alarms")
        self._teller = Teller(report, self._journal, self._alarms.after)
        self._unwatch = self._kinds.watch(self._hear)
        for run_uid, left in list(self._journal.unsettled()):
            if isinstance(left, Ended):
                self._tell({run_uid: [left.fact]})
            else:
                self._begin(Flight(left.order, left.at))

    def close(self) -> None:
        """What has not ended is begun again by the next `open`."""
        self._unwatch()
        self._alarms.close()
        self._objects.close(_CLOSING_S)
        self._requests.close(_CLOSING_S)
        if self._teller is not None:
            self._teller.close()
        with self._lock:
            flights = tuple(self._flights.values())
            self._flights.clear()
            self._topics.clear()
            for flight in flights:
                flight.over()
        for flight in flights:
            if flight.work is not None:
                flight.work.cancel()
        self._journal.close()

    def launch(self, orders: Sequence[Launch]) -> None:
        told: defaultdict[str, list[Fact]] = defaultdict(list)
        begun: list[Flight] = []
        for order in orders:
            attempt = Attempt(order.run_uid, order.node_id, order.attempt)
            with self._lock:
                if _key(attempt) in self._flights:
                    continue
                known = self._journal.find(attempt)
                if isinstance(known, Ended):
                    told[order.run_uid].append(known.fact)
                elif known is None:
                    flight = Flight(order, _now())
                    self._journal.begin(order, flight.began_at)
                    self._flights[_key(attempt)] = flight
                    told[order.run_uid].append(flight.started())
                    begun.append(flight)
        self._tell(told)
        for flight in begun:
            self._begin(flight)

    def kill(self, orders: Sequence[Kill]) -> None:
        for order in orders:
            attempt = Attempt(order.run_uid, order.node_id, order.attempt)
            with self._lock:
                flight = self._flights.get(_key(attempt))
                known = self._journal.find(attempt) if flight is None else None
                if flight is not None:
                    flight.ending_by_order = True
                elif known is None:
                    self._refuse(order)
            if flight is None and not isinstance(known, Ended):
                self._objects.put(partial(self._kinds.end_elsewhere, order))
            if flight is not None and flight.work is not None:
                flight.work.cancel()
                if flight.work.is_slow:
                    # Its pool may be full of others that wait; there is nothing to clear up.
                    self._end(flight, _KILLED)
                else:
                    self._objects.put(partial(self._end_by_order, flight))

    def observe(self, attempts: Iterable[Attempt]) -> list[Attempt]:
        told: defaultdict[str, list[Fact]] = defaultdict(list)
        unknown: list[Attempt] = []
        runs: dict[str, bool] = {}
        for attempt in attempts:
            # Most runs have no work for the agent, and some have 100,000 attempts.
            uid = attempt.run_uid
            if uid not in runs:
                runs[uid] = self._journal.has(uid)
            if not runs[uid]:
                unknown.append(attempt)
                continue
            with self._lock:
                flight = self._flights.get(_key(attempt))
                known = None if flight is not None else self._journal.find(attempt)
            if flight is not None:
                told[attempt.run_uid].append(flight.started())
            elif isinstance(known, Ended):
                told[attempt.run_uid].append(known.fact)
            elif known is None:
                unknown.append(attempt)
        self._tell(told)
        return unknown

    def cleanup(self, orders: Sequence[Cleanup]) -> None:
        for order in orders:
            with self._lock:
                mine = [flight for key, flight in self._flights.items() if key[0] == order.run_uid]
                for flight in mine:
                    self._leave(flight)
            for flight in mine:
                if flight.work is not None:
                    flight.work.cancel()
            self._kinds.run_deleted(order.run_uid, order.namespace)
            self._journal.forget(order.run_uid)

    def unsupported(self, template: dict[str, object]) -> list[str]:
        return self._kinds.unsupported(template)

    def unsupported_settings(self, spec: dict[str, object]) -> list[str]:
        return []

    def logs(
        self, attempt: Attempt, *, container: str = "main", offset: int = 0, follow: bool = False
    ) -> Iterator[LogChunk]:
        """What the agent did, in its own words; there is no command that writes. Needs no `open`."""
        if container != "main":
            return
        for breath in range(1 << 62):
            text, over = self._log(attempt)
            data = text.encode()[offset:]
            if data or (breath % _BREATH == 0 and follow and not over):
                yield LogChunk(container, "stdout", offset, data.decode(errors="replace"))
                offset += len(data)
            if over or not follow:
                return
            time.sleep(_FOLLOW_S)

    def knows(self, attempt: Attempt) -> bool:
        with self._lock:
            return _key(attempt) in self._flights or self._journal.find(attempt) is not None

    # --- how attempts move -------------------------------------------------------------------------

    def _begin(self, flight: Flight) -> None:
        with self._lock:
            self._flights[_key_of(flight)] = flight
        try:
            flight.work = self._kinds.make(flight.order, flight.note)
        except (Failed, SluiceError) as fault:
            self._end(flight, self._kinds.failed(flight.order, str(fault)))
            return
        except Exception as fault:
            logger.exception("node %s of run %s", flight.order.node_id, flight.order.run_uid)
            self._end(flight, _defect(fault))
            return
        if flight.ending_by_order:
            self._end_by_order(flight)
            return
        self._set_deadlines(flight, flight.work)
        self._pool_of(flight).put(partial(self._move, flight))

    def _set_deadlines(self, flight: Flight, work: Work) -> None:
        limits = [limit] if (limit := work.limit()) is not None else []
        if flight.order.active_deadline_seconds is not None:
            limits.append((flight.order.active_deadline_seconds, _DEADLINE))
        passed = (_now() - flight.began_at) / 1000
        for seconds, ending in limits:
            job = partial(self._expire, flight, ending)
            flight.deadlines.append(self._alarms.after(max(0.0, seconds - passed), job))

    def _move(self, flight: Flight) -> None:
        """Let the work go on once, in a thread of a pool."""
        with self._lock:
            if flight.state is State.OVER or flight.ending_by_order:
                return
            flight.state, flight.again = State.MOVING, False
        with flight.turn:
            outcome = self._advance(flight)
        if flight.ending_by_order:
            # What came of it is not wanted any more, and may only tell that it was cut off.
            return
        if isinstance(outcome, Ending):
            self._end(flight, outcome)
        else:
            self._pause(flight, outcome)

    def _advance(self, flight: Flight) -> Ending | Pause:
        work = flight.work
        if work is None or flight.ending_by_order:
            return Pause(0)
        try:
            return work.advance()
        except (Failed, SluiceError) as fault:
            return work.failed(str(fault))
        except Exception as fault:
            if flight.state is State.OVER:
                return Pause(0)
            logger.exception("node %s of run %s", flight.order.node_id, flight.order.run_uid)
            return _defect(fault)

    def _pause(self, flight: Flight, pause: Pause) -> None:
        with self._lock:
            if flight.state is State.OVER or flight.ending_by_order:
                return
            flight.state = State.PAUSED
            self._follow_topic(flight, pause.topic)
            again = flight.again
        news = flight.news(pause, _now())
        if news:
            self._tell({flight.order.run_uid: news})
        if again:
            self._wake(flight)
        else:
            flight.pause = self._alarms.after(pause.seconds, partial(self._wake, flight))

    def _wake(self, flight: Flight) -> None:
        with self._lock:
            if flight.state is State.MOVING:
                flight.again = True
            if flight.state is not State.PAUSED:
                return
            flight.state = State.READY
            flight.end_pause()
        self._pool_of(flight).put(partial(self._move, flight))

    def _hear(self, topics: Iterable[str]) -> None:
        """Something happened to these runs."""
        with self._lock:
            woken = [
                self._flights[key]
                for topic in topics
                for key in self._topics.get(topic, ())
                if key in self._flights
            ]
        for flight in woken:
            self._wake(flight)

    def _follow_topic(self, flight: Flight, topic: str) -> None:
        if topic == flight.topic:
            return
        self._topics[flight.topic].discard(_key_of(flight))
        if not self._topics[flight.topic]:
            del self._topics[flight.topic]
        flight.topic = topic
        if topic:
            self._topics[topic].add(_key_of(flight))

    # --- how attempts end --------------------------------------------------------------------------

    def _expire(self, flight: Flight, ending: Ending) -> None:
        if flight.work is not None and flight.state is not State.OVER:
            self._end(flight, ending)
            flight.work.cancel()
            self._pool_of(flight).put(partial(self._clear_up, flight))

    def _end_by_order(self, flight: Flight) -> None:
        self._clear_up(flight)
        self._end(flight, _KILLED)

    def _clear_up(self, flight: Flight) -> None:
        """End what the attempt began elsewhere."""
        if flight.work is not None:
            with flight.turn:
                try:
                    flight.work.killed()
                except (Failed, SluiceError) as fault:
                    logger.warning("what node %s began goes on: %s", flight.order.node_id, fault)

    def _end(self, flight: Flight, ending: Ending) -> None:
        """The first end is the one that counts."""
        with self._lock:
            if flight.state is State.OVER:
                return
            fact = flight.finished(ending, _now())
            try:
                self._journal.end(flight.order.run_uid, fact, flight.log)
            except OSError as fault:
                logger.warning("the end of node %s cannot be written yet: %s", flight.order.node_id, fault)
                self._alarms.after(AGAIN_S, partial(self._end, flight, ending))
                return
            self._leave(flight)
        self._tell({flight.order.run_uid: [fact]})

    def _leave(self, flight: Flight) -> None:
        flight.over()
        self._follow_topic(flight, "")
        self._flights.pop(_key_of(flight), None)

    def _refuse(self, order: Kill) -> None:
        """A kill that came before its launch, or to another process: the attempt must not begin here."""
        fact = NodeFinished(
            node_id=order.node_id,
            attempt=order.attempt,
            at=_now(),
            phase=FAILED,
            message=_NEVER_BEGAN,
            host=HOST,
        )
        self._journal.end(order.run_uid, fact, "")
        self._tell({order.run_uid: [fact]})

    # --- small things ------------------------------------------------------------------------------

    def _log(self, attempt: Attempt) -> tuple[str, bool]:
        """The log and whether it is complete."""
        flight = self._flights.get(_key(attempt))
        if flight is not None:
            return flight.log, False
        known = self._journal.find(attempt)
        return (known.log, True) if isinstance(known, Ended) else ("", known is None)

    def _pool_of(self, flight: Flight) -> Pool:
        return self._requests if flight.work is None or flight.work.is_slow else self._objects

    def _tell(self, told: Mapping[str, Sequence[Fact]]) -> None:
        if self._teller is not None:
            self._teller.tell(told)


def _defect(fault: BaseException) -> Ending:
    return Ending(ERROR, f"the node could not be carried out: {type(fault).__name__}: {fault}")


def _key(attempt: Attempt) -> _Key:
    return attempt.run_uid, attempt.node_id, attempt.attempt


def _key_of(flight: Flight) -> _Key:
    return flight.order.run_uid, flight.order.node_id, flight.order.attempt


def _now() -> Millis:
    return time.time_ns() // 1_000_000
