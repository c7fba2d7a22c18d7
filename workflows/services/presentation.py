"""Runs as clients see them: what the store reads, put through `wire`, with what the actor may do.

For API and socket, which show the same. Callers have checked that the actor may see the run.
"""

from __future__ import annotations

from dataclasses import replace

from workflows.engine.messages import JsonObject
from workflows.services.access import Access
from workflows.services.estimates import node_estimates
from workflows.services.library import KINDS
from workflows.store import load, lock_news, read
from workflows.store.read import RunRecord
from workflows.wire import RunAbout, graph_json, run_summary, unknown_ids, workflow_json
from workflows.wire.actions import allowed_actions
from workflows.wire.stored_templates import stored_templates


def show_summary(record: RunRecord, access: Access) -> JsonObject:
    """An entry of the run list."""
    return run_summary(record.run, _about(record, access))


def show_workflow(record: RunRecord, access: Access) -> JsonObject:
    """The whole Workflow object, nodes included."""
    made_from = read.get_manifest(record.run_id)
    nodes = load.load_nodes(record.run_id)
    shown = workflow_json(
        record.run,
        nodes,
        manifest=made_from.workflow,
        about=replace(_about(record, access), estimates=node_estimates(record.run)),
        stored_templates=stored_templates(nodes, made_from.library, made_from.workflow),
    )
    if not record.run.finished_at:
        held = lock_news.synchronization_of(record.run_id, f"{record.run.namespace}/{record.run.name}")
        if held:
            shown["status"]["synchronization"] = held
    shown["sluice"]["templates"] = [
        {"kind": KINDS[scope], "name": name, "revision": number}
        for (scope, name), number in sorted(made_from.revisions.items())
    ]
    return shown


def show_graph(record: RunRecord, *, since: int = 0) -> JsonObject:
    """The graph by columns, or what changed after `since`."""
    found = read.read_graph(record.run_id, since=since)
    missing = unknown_ids(found.rows) if found.since else set()
    return graph_json(
        found.rows,
        since=found.since,
        seq=found.seq,
        deleted=found.deleted,
        others=read.idx_of(record.run_id, sorted(missing)) if missing else None,
    )


def _about(record: RunRecord, access: Access) -> RunAbout:
    rights = access.rights(record.run.namespace)
    return RunAbout(creator=record.creator, allowed_actions=allowed_actions(record.run, rights))
