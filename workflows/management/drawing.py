"""A run as lines of text, in the manner of `argo get`. Not for reading it or for writing to a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflows.engine.messages import JsonObject, Millis
from workflows.engine.node import Run
from workflows.engine.phases import (
    ERROR,
    FAILED,
    OMITTED,
    PENDING,
    RUNNING,
    SKIPPED,
    STEP_GROUP,
    SUCCEEDED,
    SUSPEND,
)
from workflows.wire import GraphView, rfc3339
from workflows.wire.tree import TreeNode, tree

GLYPHS = {
    PENDING: "◷",
    RUNNING: "●",
    SUCCEEDED: "✔",
    SKIPPED: "○",
    FAILED: "✖",
    ERROR: "⚠",
    OMITTED: "○",
}
_WAITING = "ǁ"


@dataclass(frozen=True, slots=True)
class _Line:
    """One node; `lead` is the drawing in front of its first column."""

    lead: str
    node: JsonObject


def draw_run(run: Run, view: GraphView, *, now: Millis) -> list[str]:
    facts = [
        ("Name", run.name),
        ("Namespace", run.namespace),
        ("Status", "Suspended" if run.suspended and not run.finished_at else run.phase or PENDING),
        ("Message", run.message),
        ("Created", rfc3339(run.created_at)),
        ("Duration", duration(run.started_at, run.finished_at, now=now)),
    ]
    outputs = [
        (f"  {output.get('name')}", str(output.get("value", "")))
        for output in (run.outputs or {}).get("parameters", [])
    ]
    shown = [*facts, *([("Outputs", " "), *outputs] if outputs else [])]
    lines = [f"{name + ':':<12}{value}".rstrip() for name, value in shown if value]
    return [*lines, "", *draw_nodes(view, now=now)] if view.nodes else lines


def draw_nodes(view: GraphView, *, now: Millis) -> list[str]:
    """A table whose first column is the tree."""
    rows = [("STEP", "TEMPLATE", "DURATION", "MESSAGE")]
    rows += [_cells(line, now) for root in tree(view.nodes) for line in _lines(root)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]).rstrip()
        for row in rows
    ]


def duration(started: Millis | None, finished: Millis | None, *, now: Millis) -> str:
    if started is None:
        return ""
    seconds = max(0, (finished or now) - started) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours}h{minutes}m"
    return f"{minutes}m{seconds % 60}s" if minutes else f"{seconds}s"


def _cells(line: _Line, now: Millis) -> tuple[str, str, str, str]:
    node = line.node
    waits = node["type"] == SUSPEND and node["phase"] == RUNNING
    glyph = _WAITING if waits else GLYPHS.get(node["phase"], "?")
    message = node["message"] or (node["waiting"] or {}).get("message", "")
    return (
        f"{line.lead}{glyph} {node['displayName']}",
        node["templateName"],
        duration(node["startedAt"], node["finishedAt"], now=now),
        " ".join(message.split()),
    )


def _lines(root: TreeNode) -> Iterator[_Line]:
    """Depth first without recursion, as workflows may nest deeply."""
    stack: list[tuple[str, str, TreeNode]] = [(" ", " ", root)]
    while stack:
        lead, below, branch = stack.pop()
        yield _Line(lead, branch.node)
        stack.extend(reversed(list(_children(below, branch.children))))


def _children(below: str, children: Sequence[TreeNode]) -> Iterator[tuple[str, str, TreeNode]]:
    """A step group is not a line of its own but the fork its steps hang on."""
    forks = [child.children if child.node["type"] == STEP_GROUP else [child] for child in children]
    forks = [fork for fork in forks if fork]
    for place, fork in enumerate(forks):
        is_last = place == len(forks) - 1
        arm, rest = ("└─", "  ") if is_last else ("├─", "│ ")
        if len(fork) == 1:
            yield below + arm, below + rest, fork[0]
            continue
        for number, branch in enumerate(fork):
            ends = number == len(fork) - 1
            twig = arm + "┬─" if number == 0 else rest + ("└─" if ends else "├─")
            yield below + twig, below + rest + ("  " if ends else "│ "), branch
