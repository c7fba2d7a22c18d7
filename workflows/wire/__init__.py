"""Values to what clients see: Argo JSON, columnar graphs, frames and topics. Not for reading or sending."""

from __future__ import annotations

from workflows.wire.graph import ROW, GraphView, OutOfStep, graph_json, unknown_ids
from workflows.wire.nodes import children_by_parent, node_detail, node_json
from workflows.wire.times import millis, rfc3339
from workflows.wire.topics import Topic, parse_topic, run_topic, runs_topic
from workflows.wire.workflow import RunAbout, nodes_json, run_summary, workflow_json

__all__ = [
    "ROW",
    "GraphView",
    "OutOfStep",
    "RunAbout",
    "Topic",
    "children_by_parent",
    "graph_json",
    "millis",
    "node_detail",
    "node_json",
    "nodes_json",
    "parse_topic",
    "rfc3339",
    "run_summary",
    "run_topic",
    "runs_topic",
    "unknown_ids",
    "workflow_json",
]
