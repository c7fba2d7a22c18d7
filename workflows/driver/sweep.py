"""What is done about orders and answers that never arrived, and about runs that need no memory."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from workflows.driver.held import Held
from workflows.driver.live import AttemptKey, LiveRun
from workflows.driver.options import DriverOptions
from workflows.engine.messages import Kill, Millis
from workflows.executors.base import Attempt, Executor

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


def order_again(held: Held, executor: Executor, options: DriverOptions, now: Millis) -> None:
    """Look into orders that were not answered in time."""
    before = now - options.order_deadline_ms
    for live in held:
        overdue = [key for key, _ in zip(live.overdue(before), range(_LOOKS), strict=False)]
        if not overdue:
            continue
        live.look_again(overdue, now)
        active = set(live.state.active_attempts())
        if _observe(live, executor, [key for key in overdue if key in active]):
            held.touch(live)


def _observe(live: LiveRun, executor: Executor, attempts: Sequence[AttemptKey]) -> bool:
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


def kill_again(held: Held, now: Millis) -> list[Kill]:
    """Kill orders whose node has not ended long after it should have."""
    again: list[Kill] = []
    for live in held:
        again += live.kills_to_repeat(now, _KILL_SLACK_MS)
        if live.dirty:
            held.touch(live)
    return again


def release_idle(held: Held, options: DriverOptions, now: Millis) -> None:
    """Give up runs that wait for a person or a distant time; they come back when something happens."""
    for live in held:
        quiet = now - live.touched_at > options.idle_ms
        soon = live.wake_at is not None and live.wake_at - now <= options.idle_ms
        if quiet and not soon and not live.dirty and not live.waits_for_executor:
            live.release()
            held.touch(live)
