"""The nodes of a graph view as a tree, as people read it. Not for drawing.

A node hangs under the group that made it (step of a step group, item of a loop, attempt of a retry), which is
told by its name, else under the steps or DAG node around it. Other parents only say what it came after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.engine.messages import JsonObject
from workflows.engine.phases import RETRY, STEP_GROUP, TASK_GROUP

#: Type of a group to what follows its name in the names of its members.
_MEMBER_SIGN = {STEP_GROUP: ".", TASK_GROUP: "(", RETRY: "("}


@dataclass(frozen=True, slots=True)
class TreeNode:
    """`children` stand in order of creation."""

    node: JsonObject
    children: list[TreeNode] = field(default_factory=list)


def tree(nodes: Mapping[int, JsonObject]) -> list[TreeNode]:
    """The roots: the entry node, exit handlers, and nodes whose parents are unknown."""
    branches = {idx: TreeNode(nodes[idx]) for idx in sorted(nodes)}
    roots: list[TreeNode] = []
    for branch in branches.values():
        parent = _tree_parent(branch.node, nodes)
        (roots if parent is None else branches[parent].children).append(branch)
    return roots


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
