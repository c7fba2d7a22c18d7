"""Nodes and runs as plain JSON and back, as a database would keep them. Not the store's own rows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from workflows.engine import Node, Run

Row = dict[str, Any]


def node_row(node: Node) -> Row:
    return _plain({name: getattr(node, name) for name in Node.__slots__})


def run_row(run: Run) -> Row:
    return _plain({name: getattr(run, name) for name in Run.__slots__})


def node_from(row: Row) -> Node:
    return Node(**_plain(row))


def run_from(row: Row) -> Run:
    return Run(**_plain(row))


def node_rows(nodes: Iterable[Node]) -> dict[str, Row]:
    return {node.id: node_row(node) for node in nodes}


def _plain(row: Row) -> Row:
    """A deep copy that went through JSON text; raises for what is no JSON."""
    copy: Row = json.loads(json.dumps(row, allow_nan=False))
    return copy
