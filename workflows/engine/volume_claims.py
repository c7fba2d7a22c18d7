"""The claims of a run: made for its volumeClaimTemplates as it begins, given up as volumeClaimGC says.

The engine only keeps the list; executors make and remove what a claim stands for.

Source: Argo's `createPVCs`, `deletePVCs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.engine.errors import EngineError
from workflows.engine.messages import Cleanup, JsonObject
from workflows.engine.node import Run
from workflows.engine.phases import RUNNING, SUCCEEDED

if TYPE_CHECKING:
    from workflows.engine.core import Core

#: in `Run.memo`: {"volumes": as Argo's status.persistentVolumeClaims, "generation": how often they were made}
_MEMO = "claims"
#: in `Launch.pod`: claim name to key. A claim made again under the same name has another key, so that what
#: is done late to the former one does not touch it.
CLAIM_KEYS = "claimKeys"


def make_claims(core: Core) -> None:
    """Put on record the claims of a run that begins, or is retried after they were given up.

    Raises EngineError for a template without a name.
    """
    run, templates = core.run, core.program.spec.volume_claim_templates
    if not templates or run.phase != RUNNING or claimed_volumes(run):
        return
    volumes = [_volume(run, template, index) for index, template in enumerate(templates)]
    generation = int((run.memo.get(_MEMO) or {}).get("generation", 0)) + 1
    run.memo[_MEMO] = {"volumes": volumes, "generation": generation}
    core.touch_run()


def give_up_claims(core: Core) -> None:
    """Have the claims of a run that has ended removed, unless they are kept for a retry."""
    run = core.run
    if not claimed_volumes(run):
        return
    strategy = core.program.spec.volume_claim_gc
    on_success = strategy is None or strategy.strategy in ("", "OnWorkflowSuccess")
    if on_success and run.phase != SUCCEEDED:
        return
    core.order(Cleanup(run_uid=run.uid, namespace=run.namespace, claims=tuple(claim_keys(run).values())))
    run.memo[_MEMO] = {**run.memo[_MEMO], "volumes": []}
    core.touch_run()


def claimed_volumes(run: Run) -> list[JsonObject]:
    """A volume for each claim the run has now, as in Argo's `status.persistentVolumeClaims`."""
    volumes: list[JsonObject] = (run.memo.get(_MEMO) or {}).get("volumes") or []
    return volumes


def claim_keys(run: Run) -> dict[str, str]:
    """Claim name to the key under which executors keep it."""
    volumes = claimed_volumes(run)
    if not volumes:
        return {}
    generation = run.memo[_MEMO]["generation"]
    names = [str(volume["persistentVolumeClaim"]["claimName"]) for volume in volumes]
    return {name: f"{name}.{generation}" for name in names}


def with_claims(run: Run, settings: JsonObject) -> JsonObject:
    """The pod settings with the run's claims as volumes; volumes the manifest declares win over them."""
    volumes = claimed_volumes(run)
    if not volumes:
        return settings
    declared = settings.get("volumes") or []
    return {**settings, "volumes": [*volumes, *declared], CLAIM_KEYS: claim_keys(run)}


def _volume(run: Run, template: JsonObject, index: int) -> JsonObject:
    name = str((template.get("metadata") or {}).get("name") or "")
    if not name:
        raise EngineError(f"pvc create error: volumeClaimTemplates[{index}].metadata.name is required")
    return {"name": name, "persistentVolumeClaim": {"claimName": f"{run.name}-{name}"}}
