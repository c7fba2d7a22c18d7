"""Argo's estimatedDuration: a run and its nodes are thought to take as long as in the newest run of the same
stored template or schedule that succeeded.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.messages import JsonObject
from workflows.engine.node import Run
from workflows.store.estimates import newest_success, node_seconds

#: in the memo of a run: the seconds it is thought to take, and the uid of the run that says so
_SECONDS, _BASELINE = "estimatedDuration", "baseline"


def estimate_memo(namespace_id: int, kind: str, template: str) -> JsonObject:
    """What a new run remembers; {} for a run of no template, or of one that never succeeded."""
    found = newest_success(namespace_id, kind, template) if template else None
    return {} if found is None else {_BASELINE: found[0], _SECONDS: found[1]}


def node_estimates(run: Run) -> Mapping[str, int]:
    """Seconds by what the name of a node has after that of its run."""
    baseline = run.memo.get(_BASELINE)
    return node_seconds(baseline) if baseline else {}
