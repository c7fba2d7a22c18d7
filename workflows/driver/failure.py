"""How a run ends that cannot go on: its manifest or rows do not fit, or Sluice has a defect.

The run becomes Error with the reason, its unfinished nodes too, and what still runs is ordered to end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from workflows.driver.live import kill_order
from workflows.engine.messages import Kill, Millis
from workflows.engine.phases import ERROR, LAUNCHED
from workflows.errors import SluiceError
from workflows.store.commit import RunWrite
from workflows.store.load import StoredRun

_MAX_MESSAGE = 2000


def reason(fault: BaseException) -> str:
    """What people are told."""
    text = (
        fault.message
        if isinstance(fault, SluiceError)
        else f"internal error: {type(fault).__name__}: {fault}"
    )
    return text[:_MAX_MESSAGE].encode("utf-8", "replace").decode()


def end_in_error(
    stored: StoredRun, message: str, now: Millis, signals: Iterable[int]
) -> tuple[RunWrite, list[Kill]]:
    """The write that ends the run as it was committed last, and the orders that end its processes."""
    run = stored.run
    run.seq += 1
    open_nodes = [node for node in stored.nodes if not node.fulfilled]
    for node in open_nodes:
        node.phase = ERROR
        node.message = node.message or message
        node.finished_at = now
        node.waiting = None
        node.seq = run.seq
    run.phase = ERROR
    run.message = message
    run.started_at = run.started_at or now
    run.finished_at = now
    run.phase_counts = dict(Counter(node.phase for node in stored.nodes))
    write = RunWrite(
        run_id=stored.run_id,
        fence=stored.fence,
        run=run,
        updated={node.idx: node for node in open_nodes},
        signals=list(signals),
        release=True,
        gives_up_locks=stored.uses_locks,
    )
    return write, [kill_order(run, node) for node in open_nodes if node.type in LAUNCHED]
