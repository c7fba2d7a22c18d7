"""The nodes of a graph view as a tree, as people read it. Not for drawing.

A node hangs under the group that made it (step of a step group, item of a loop, attempt of a retry), which is
told by its name, else under the steps or DAG node around it. Other parents only say what it came after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.engine.messages import JsonObject
from workflows.engine.phases import RETRY, STEP_GROUP, TASK_GROUP

#: Type of a group to what follows its name in the names of its members.
_MEMBER_SIGN = {STEP_GROUP: ".", TASK_GROUP: "(", RETRY: "("}


@dataclass(frozen=True, slots=True)
class TreeRow:
    """`last` tells for each level from the top whether the ancestor there, or the row itself, is the last."""

    node: JsonObject
    last: tuple[bool, ...]

    @property
    def depth(self) -> int:
        return len(self.last) - 1


def tree_rows(nodes: Mapping[int, JsonObject]) -> list[TreeRow]:
    """Rows from top to bottom; siblings stand in order of creation."""
    below: dict[int | None, list[JsonObject]] = {}
    for idx in sorted(nodes):
        below.setdefault(_tree_parent(nodes[idx], nodes), []).append(nodes[idx])
    rows: list[TreeRow] = []
    stack = _rows_of(below.get(None, ()), ())
    while stack:
        row = stack.pop()
        rows.append(row)
        stack.extend(_rows_of(below.get(row.node["idx"], ()), row.last))
    return rows


def _rows_of(children: Sequence[JsonObject], above: tuple[bool, ...]) -> list[TreeRow]:
    """The last one first, as they are taken from the end."""
    return [TreeRow(node, (*above, place == 0)) for place, node in enumerate(reversed(children))]


def _tree_parent(node: JsonObject, nodes: Mapping[int, JsonObject]) -> int | None:
    for parent in node["parents"]:
        group = nodes.get(parent)
        if group is not None and _is_member(node["name"], group):
            return int(parent)
    boundary = node["boundary"]
    return boundary if boundary in nodes else None


def _is_member(name: str, group: JsonObject) -> bool:
    sign = _MEMBER_SIGN.get(group["type"])
    return sign is not None and name.startswith(group["name"] + sign)
