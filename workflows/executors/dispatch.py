"""Orders to workers, as Celery messages of up to CHUNK orders each. A message is a hint: nobody waits for it.

What a broker loses is ordered again by the engine's sweep, so a failure to send is logged and no more.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from itertools import groupby

import msgspec
from celery import current_app
from kombu.exceptions import OperationalError

from workflows.engine.messages import Cleanup, Kill, Launch, NodeFinished, Order
from workflows.engine.phases import ERROR
from workflows.executors import registry

logger = logging.getLogger(__name__)

TASKS: dict[type[Order], str] = {Launch: "sluice.launch", Kill: "sluice.kill", Cleanup: "sluice.cleanup"}
CHUNK = 40
_COOL_DOWN_S = 5.0

_broken_until = 0.0


def send(orders: Sequence[Order]) -> bool:
    """Hand the orders to workers, in this order as far as the broker keeps it; False without a broker."""
    global _broken_until
    if time.monotonic() < _broken_until:
        return False
    try:
        for kind, group in groupby(orders, key=type):
            _send_chunks(TASKS[kind], list(group))
    except (OperationalError, OSError) as fault:
        _broken_until = time.monotonic() + _COOL_DOWN_S
        logger.warning("the broker cannot be reached, orders will be repeated: %s", fault)
        return False
    return True


def call(task: str, ids: Sequence[int]) -> bool:
    """Have a worker do `task` for each id; False without a broker."""
    try:
        for one in ids:
            current_app.send_task(task, args=(one,), ignore_result=True, retry=False)
    except (OperationalError, OSError) as fault:
        logger.warning("the broker cannot be reached, %s is tried again: %s", task, fault)
        return False
    return True


def _send_chunks(task: str, orders: Sequence[Order]) -> None:
    for start in range(0, len(orders), CHUNK):
        payload = _encoded(orders[start : start + CHUNK])
        current_app.send_task(task, args=(payload,), ignore_result=True, retry=False)


def _encoded(orders: Sequence[Order]) -> str:
    """JSON of the orders. What cannot be JSON (half a surrogate pair) is told as the node's error."""
    try:
        return msgspec.json.encode(orders).decode()
    except (TypeError, ValueError):
        return "[" + ",".join(filter(None, map(_encoded_one, orders))) + "]"


def _encoded_one(order: Order) -> str:
    try:
        return msgspec.json.encode(order).decode()
    except (TypeError, ValueError) as fault:
        logger.warning("an order of run %s cannot be sent: %s", order.run_uid, fault)
        if isinstance(order, Launch):
            registry.report(order.run_uid, [not_started(order, fault)])
        return ""


def not_started(order: Launch, fault: Exception) -> NodeFinished:
    """The fact that an order could not even be given."""
    return NodeFinished(
        node_id=order.node_id,
        attempt=order.attempt,
        at=time.time_ns() // 1_000_000,
        phase=ERROR,
        message=f"could not be started: {fault}",
    )
