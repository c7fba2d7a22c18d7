"""Taking up a run: from its rows to a running state, wherever it was cut off."""

from __future__ import annotations

from workflows.driver.live import LiveRun
from workflows.engine import RunState, compile_program
from workflows.engine.messages import ConfigMapsChanged, JsonObject, Millis, ReleaseLocks
from workflows.engine.phases import PENDING
from workflows.engine.run_locks import waits_for_locks
from workflows.store.load import StoredRun, read_config_maps
from workflows.store.locks import claims_of


def take_up(stored: StoredRun, now: Millis) -> LiveRun:
    """Raises whatever the manifest or the rows make the engine raise; the run must then end in Error."""
    program = compile_program(stored.workflow, stored.library)
    if stored.run.phase not in ("", PENDING) or stored.nodes or waits_for_locks(stored.run):
        found = read_config_maps(stored.run.namespace) if stored.uses_config_maps else {}
        state = RunState.restore(program, stored.run, stored.nodes, now, found)
    else:
        state = RunState.new(program, stored.run)
    live = LiveRun(
        run_id=stored.run_id,
        fence=stored.fence,
        state=state,
        now=now,
        uses_config_maps=stored.uses_config_maps,
        uses_locks=stored.uses_locks,
    )
    if stored.uses_locks and stored.nodes:
        live.give_back(_stale_locks(stored))
    return live


def _stale_locks(stored: StoredRun) -> list[ReleaseLocks]:
    """Locks that were to be given back once a process had ended, of which nothing is known any more."""
    ended = {node.idx: node for node in stored.nodes if node.fulfilled}
    return [
        ReleaseLocks(node_id=ended[idx].id, node_idx=idx) for idx in claims_of(stored.run_id) if idx in ended
    ]


def config_maps(namespace: str) -> ConfigMapsChanged:
    """The fact that tells a run of the ConfigMaps of its namespace."""
    found: dict[str, JsonObject] = read_config_maps(namespace)
    return ConfigMapsChanged(config_maps=found)
