"""The runs this engine holds in memory, by uid and by row, with what is to be written of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.driver.live import LiveRun
from workflows.driver.timers import Timers
from workflows.engine.messages import Millis


class Held:
    """A run is touched while something of it must be committed or sent; it waits while it must be read."""

    def __init__(self) -> None:
        self._by_uid: dict[str, LiveRun] = {}
        self._uid_of: dict[int, str] = {}
        self._touched: dict[str, LiveRun] = {}
        #: row id to fence of runs that are ours and must be read from the database
        self.waiting: dict[int, int] = {}
        self.timers = Timers()
        self._unanswered: dict[str, int] = {}
        self._counted: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._by_uid)

    def __iter__(self) -> Iterator[LiveRun]:
        return iter(tuple(self._by_uid.values()))

    def get(self, uid: str) -> LiveRun | None:
        return self._by_uid.get(uid)

    def by_row(self, run_id: int) -> LiveRun | None:
        return self._by_uid.get(self._uid_of.get(run_id, ""))

    def add(self, live: LiveRun) -> None:
        self.waiting.pop(live.run_id, None)
        self._by_uid[live.run.uid] = live
        self._uid_of[live.run_id] = live.run.uid

    def fence_of(self, run_id: int) -> int | None:
        """The fence under which the run is held, None when it is not in memory."""
        live = self.by_row(run_id)
        return None if live is None else live.fence

    def count(self, live: LiveRun) -> None:
        """Call when launches of the run were sent or answered."""
        uid, namespace = live.run.uid, live.run.namespace
        change = live.unanswered - self._counted.get(uid, 0)
        if change:
            self._counted[uid] = live.unanswered
            self._unanswered[namespace] = self._unanswered.get(namespace, 0) + change

    def unanswered(self, namespace: str) -> int:
        """Launches of runs of the namespace of which nothing was heard."""
        return self._unanswered.get(namespace, 0)

    def touch(self, live: LiveRun) -> None:
        self._touched[live.run.uid] = live

    def take_touched(self) -> list[LiveRun]:
        touched = list(self._touched.values())
        self._touched.clear()
        return touched

    @property
    def touched(self) -> bool:
        return bool(self._touched)

    def drop(self, live: LiveRun) -> None:
        """Forget the run; what was not committed is gone."""
        uid = live.run.uid
        self._by_uid.pop(uid, None)
        self._uid_of.pop(live.run_id, None)
        self._touched.pop(uid, None)
        self._unanswered[live.run.namespace] = self.unanswered(live.run.namespace) - self._counted.pop(uid, 0)
        self.timers.set(uid, None)

    def drop_to_reload(self, lives: Iterable[LiveRun]) -> None:
        """Forget the runs and read them again as they were committed last."""
        for live in lives:
            self.drop(live)
            self.waiting[live.run_id] = live.fence

    def drop_all(self) -> None:
        for live in self:
            self.drop(live)
        self.waiting.clear()

    def due(self, now: Millis) -> list[LiveRun]:
        """Runs whose timer has fired."""
        found = (self._by_uid.get(uid) for uid in self.timers.pop_due(now))
        return [live for live in found if live is not None]
