"""Taking up a run: from its rows to a running state, wherever it was cut off."""

from __future__ import annotations

from workflows.driver.live import LiveRun
from workflows.engine import RunState, compile_program
from workflows.engine.messages import ConfigMapsChanged, JsonObject, Millis
from workflows.store.load import StoredRun, read_config_maps


def take_up(stored: StoredRun, now: Millis) -> LiveRun:
    """Raises whatever the manifest or the rows make the engine raise; the run must then end in Error."""
    program = compile_program(stored.workflow, stored.library)
    if stored.run.phase:
        found = read_config_maps(stored.run.namespace) if stored.uses_config_maps else {}
        state = RunState.restore(program, stored.run, stored.nodes, now, found)
    else:
        state = RunState.new(program, stored.run)
    return LiveRun(
        run_id=stored.run_id,
        fence=stored.fence,
        state=state,
        now=now,
        uses_config_maps=stored.uses_config_maps,
    )


def config_maps(namespace: str) -> ConfigMapsChanged:
    """The fact that tells a run of the ConfigMaps of its namespace."""
    found: dict[str, JsonObject] = read_config_maps(namespace)
    return ConfigMapsChanged(config_maps=found)
