"""Nodes that have artifacts, read without the rest of the run. Not for what is stored in the stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from workflows.engine.messages import JsonObject
from workflows.store.rows import node_keys, parse_optional

#: idx of the first node less one
BEFORE_ALL = -1


@dataclass(frozen=True, slots=True)
class NodeArtifacts:
    """A node with the artifacts that went in and came out, as Argo's JSON."""

    idx: int
    node_id: str
    display_name: str
    inputs: Sequence[JsonObject]
    outputs: Sequence[JsonObject]


def nodes_with_artifacts(run_id: int, *, after: int = BEFORE_ALL, limit: int) -> list[NodeArtifacts]:
    """Nodes in order of creation behind the one with idx `after`; some may turn out to have no artifact."""
    first, last = node_keys(run_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT idx, node_id, display_name, inputs, outputs FROM workflows_node "
            "WHERE id BETWEEN %s AND %s AND (inputs LIKE %s OR outputs LIKE %s) ORDER BY id LIMIT %s",
            [first + after + 1, last, _WITH_ARTIFACTS, _WITH_ARTIFACTS, limit],
        )
        return [
            NodeArtifacts(idx, node_id, display_name, _artifacts(inputs), _artifacts(outputs))
            for idx, node_id, display_name, inputs, outputs in cursor.fetchall()
        ]


_WITH_ARTIFACTS = '%"artifacts":%'


def _artifacts(text: str) -> list[JsonObject]:
    found = (parse_optional(text) or {}).get("artifacts")
    return list(found or ())
