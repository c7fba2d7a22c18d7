"""A run as Argo's Workflow object, with or without its nodes. Not for templates, kept as they were given.

What Argo has no field for stands under the key `sluice`, so that Argo's own fields stay exactly Argo's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.engine.messages import JsonObject
from workflows.engine.node import Node, Run
from workflows.engine.phases import POD, RUN_FINISHED, RUNNING, SUSPEND
from workflows.engine.status_conditions import noted, ran_at_end
from workflows.engine.volume_claims import claimed_volumes
from workflows.wire.nodes import children_by_parent, node_json
from workflows.wire.progress import Progress, total_progress
from workflows.wire.times import rfc3339
from workflows.wire.totals import node_totals, total_used

API_VERSION = "argoproj.io/v1alpha1"
PHASE_LABEL = "workflows.argoproj.io/phase"
COMPLETED_LABEL = "workflows.argoproj.io/completed"
#: the repository of runs for which none was configured
_OWN_FOLDER: JsonObject = {"default": True, "artifactRepository": {"plugin": {"name": "folder"}}}


@dataclass(frozen=True, slots=True)
class RunAbout:
    """What is known of a run besides the engine's own record.

    `allowed_actions` maps each action to {"allowed": bool} and, when refused, "code" and "reason".
    `estimates` are the seconds that nodes are thought to take, by the part of their name after the run's.
    """

    creator: str = ""
    allowed_actions: Mapping[str, JsonObject] = field(default_factory=dict)
    estimates: Mapping[str, int] = field(default_factory=dict)


def run_summary(run: Run, about: RunAbout, *, progress: Progress | None = None) -> JsonObject:
    """The Workflow object without spec and nodes: an entry of the run list."""
    return {
        "apiVersion": API_VERSION,
        "kind": "Workflow",
        "metadata": _metadata(run),
        "status": _status(run, progress),
        "sluice": {
            "seq": run.seq,
            "attempt": run.attempt,
            "nodeCount": run.node_count,
            "phaseCounts": run.phase_counts,
            "suspended": run.suspended,
            "shutdown": run.shutdown,
            "creator": about.creator,
            "allowedActions": about.allowed_actions,
        },
    }


def workflow_json(
    run: Run,
    nodes: Collection[Node],
    *,
    manifest: Mapping[str, Any],
    about: RunAbout,
    stored_templates: Mapping[str, JsonObject] | None = None,
) -> JsonObject:
    """The whole Workflow object. `manifest` was submitted; its `spec` is shown as the run stands now."""
    workflow = run_summary(run, about, progress=total_progress(nodes) if nodes else None)
    workflow["spec"] = _spec(run, manifest.get("spec") or {})
    status = workflow["status"]
    if nodes and (used := total_used(nodes)):
        status["resourcesDuration"] = used
    status["nodes"] = nodes_json(nodes, estimates=about.estimates, run_name=run.name)
    status["conditions"] = _conditions(run, nodes)
    status["artifactRepositoryRef"] = (run.memo.get("artifactRepository") or {}).get("status") or _OWN_FOLDER
    collection = run.memo.get("artifactGC")
    if collection:
        status["artifactGCStatus"] = {"strategiesProcessed": collection["strategiesProcessed"]}
    claims = claimed_volumes(run)
    if claims:
        status["persistentVolumeClaims"] = claims
    if stored_templates:
        status["storedTemplates"] = dict(stored_templates)
    return {key: value for key, value in workflow.items() if value}


def nodes_json(
    nodes: Collection[Node], *, estimates: Mapping[str, int] | None = None, run_name: str = ""
) -> dict[str, JsonObject]:
    """Argo's `status.nodes`: NodeStatus by node id, in order of creation."""
    children = children_by_parent(nodes)
    totals = node_totals(nodes, children)
    thought = estimates or {}
    return {
        node.id: node_json(
            node,
            children=children.get(node.id, []),
            progress=totals.progress.get(node.id),
            used=totals.used.get(node.id),
            estimated_s=thought.get(node.name.removeprefix(run_name)) if thought else None,
        )
        for node in sorted(nodes, key=lambda node: node.idx)
    }


def _metadata(run: Run) -> JsonObject:
    labels = dict(run.labels)
    if run.phase:
        labels[PHASE_LABEL] = run.phase
    if run.phase in RUN_FINISHED:
        labels[COMPLETED_LABEL] = "true"
    metadata: JsonObject = {
        "name": run.name,
        "namespace": run.namespace,
        "uid": run.uid,
        "creationTimestamp": rfc3339(run.created_at),
        "labels": labels,
    }
    if run.annotations:
        metadata["annotations"] = dict(run.annotations)
    return metadata


def _status(run: Run, progress: Progress | None) -> JsonObject:
    status: JsonObject = {
        "phase": run.phase,
        "startedAt": rfc3339(run.started_at),
        "finishedAt": rfc3339(run.finished_at),
    }
    if run.message:
        status["message"] = run.message
    if run.outputs:
        status["outputs"] = run.outputs
    if progress is not None:
        status["progress"] = f"{progress[0]}/{progress[1]}"
    estimated = run.memo.get("estimatedDuration")
    if estimated:
        status["estimatedDuration"] = estimated
    return status


def _spec(run: Run, submitted: Mapping[str, Any]) -> JsonObject:
    """The submitted spec with what people changed since: suspension, shutdown and arguments."""
    spec = {key: value for key, value in submitted.items() if key not in ("suspend", "shutdown")}
    if run.suspended:
        spec["suspend"] = True
    if run.shutdown:
        spec["shutdown"] = run.shutdown
    if run.arguments:
        spec["arguments"] = _arguments(run, submitted.get("arguments") or {})
    return spec


def _arguments(run: Run, submitted: Mapping[str, Any]) -> JsonObject:
    """The submitted arguments with the values of the run; values for undeclared names stand at the end."""
    left = dict(run.arguments)
    parameters: list[JsonObject] = []
    for parameter in submitted.get("parameters") or []:
        value = left.pop(parameter.get("name", ""), None)
        parameters.append(parameter if value is None else {**parameter, "value": value})
    parameters.extend({"name": name, "value": value} for name, value in left.items())
    return {**submitted, "parameters": parameters}


def _conditions(run: Run, nodes: Collection[Node]) -> list[JsonObject]:
    """Argo's Completed and PodRunning; Argo writes the latter when it looks at a run that has had to wait."""
    conditions: list[JsonObject] = []
    if any(node.type == POD or (node.type == SUSPEND and _has_waited(node)) for node in nodes):
        running = ran_at_end(run) or any(node.type == POD and node.phase == RUNNING for node in nodes)
        conditions.append({"type": "PodRunning", "status": str(running)})
    if run.phase in RUN_FINISHED:
        conditions.append({"type": "Completed", "status": "True"})
    error = (run.memo.get("artifactGC") or {}).get("error")
    if error:
        conditions.append({"type": "ArtifactGCError", "status": "True", "message": error})
    for type_, message in noted(run):
        conditions.append({"type": type_, "status": "True", "message": message})
    return conditions


def _has_waited(node: Node) -> bool:
    return node.finished_at is None or node.finished_at != node.started_at
