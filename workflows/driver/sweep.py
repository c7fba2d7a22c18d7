"""What is done about hints and messages that never arrived, once every `sweep_ms`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from workflows.driver.live import LiveRun
from workflows.driver.options import DriverOptions
from workflows.engine.messages import Kill, Millis
from workflows.executors.base import Attempt, Executor
from workflows.store.load import config_map_versions

logger = logging.getLogger(__name__)

#: a kill is repeated when the node still lives so long after its grace period
_KILL_SLACK_MS = 5_000
#: attempts looked into per run and sweep
_LOOKS = 1000


def observe_again(live: LiveRun, executor: Executor) -> bool:
    """Have the executor repeat what it knows of all active attempts, and order those it does not know.

    False when the executor cannot be asked now.
    """
    active = live.state.active_attempts()
    return not active or _observe(live, executor, active)


def order_again(
    runs: Iterable[LiveRun], executor: Executor, options: DriverOptions, now: Millis
) -> Iterator[LiveRun]:
    """Look into orders without an answer; yields the runs that have orders to send."""
    before = now - options.order_deadline_ms
    for live in runs:
        overdue = [key for key, _ in zip(live.overdue(before), range(_LOOKS), strict=False)]
        if not overdue:
            continue
        live.look_again(overdue, now)
        active = set(live.state.active_attempts())
        if _observe(live, executor, [key for key in overdue if key in active]):
            yield live


def _observe(live: LiveRun, executor: Executor, attempts: list[tuple[str, int]]) -> bool:
    uid = live.run.uid
    try:
        unknown = executor.observe([Attempt(uid, node_id, attempt) for node_id, attempt in attempts])
    except Exception:
        logger.exception("the executor cannot say what became of nodes of run %s", live.run)
        return False
    if unknown:
        logger.info("run %s: %d nodes are ordered again", live.run, len(unknown))
        live.relaunch([attempt.node_id for attempt in unknown])
    return True


def kill_again(runs: Iterable[LiveRun], now: Millis) -> list[Kill]:
    """Kill orders whose node has not ended long after it should have."""
    again: list[Kill] = []
    for live in runs:
        again += live.kills_to_repeat(now, _KILL_SLACK_MS)
    return again


def idle(runs: Iterable[LiveRun], options: DriverOptions, now: Millis) -> Iterator[LiveRun]:
    """Runs that wait for a person or a distant time and need no memory meanwhile."""
    for live in runs:
        quiet = now - live.touched_at > options.idle_ms
        soon = live.wake_at is not None and live.wake_at - now <= options.idle_ms
        if quiet and not soon and not live.dirty and not live.waits_for_executor:
            yield live


class ConfigMapVersions:
    """Remembers which state of a namespace's ConfigMaps its runs have been told."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[int, int]] = {}

    def note(self, namespace: str) -> None:
        """Call before a run of the namespace is told for the first time."""
        if namespace not in self._told:
            self._told |= _versions({namespace})

    def changed(self, namespaces: set[str]) -> set[str]:
        """Namespaces whose runs must be told anew; they count as told from here on."""
        found = _versions(namespaces)
        changed = {name for name in namespaces if self._told.get(name) != found[name]}
        self._told = found
        return changed


def _versions(namespaces: set[str]) -> dict[str, tuple[int, int]]:
    found = config_map_versions(namespaces) if namespaces else {}
    return {name: found.get(name, (0, 0)) for name in namespaces}


def refresh_config_maps(runs: Iterable[LiveRun], versions: ConfigMapVersions) -> list[LiveRun]:
    """Runs that read ConfigMaps of a namespace where some changed since they were told."""
    readers = [live for live in runs if live.uses_config_maps]
    changed = versions.changed({live.run.namespace for live in readers})
    return [live for live in readers if live.run.namespace in changed]
