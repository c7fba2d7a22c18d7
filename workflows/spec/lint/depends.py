"""Dependencies between tasks: what `depends` and `dependencies` name, the order of tasks, who is before whom.

Source: Argo's `GetTaskDependencies` and `TopologicalSorting`. Not for evaluating `depends`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from workflows.spec.template import DAGTask

_NAME = r"[a-zA-Z0-9][-a-zA-Z0-9]*"
_MENTION = re.compile(rf"({_NAME}?\.[A-Z][a-zA-Z]+)|({_NAME})")
_RESULT = re.compile(rf"({_NAME}?)\.([A-Z][a-zA-Z]+)")
RESULTS: Final = (
    "Succeeded",
    "Failed",
    "Errored",
    "Skipped",
    "Omitted",
    "Daemoned",
    "AnySucceeded",
    "AllFailed",
)
LOOP_RESULTS: Final = frozenset({"AnySucceeded", "AllFailed"})


def dependencies_of(task: DAGTask) -> dict[str, bool]:
    """Names of the tasks this one waits for, in order; True where a result of a loop is asked for."""
    if not task.depends:
        return {name: False for listed in task.dependencies for name in _mentioned(listed)}
    return _mentioned(task.depends)


def _mentioned(text: str) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for match in _MENTION.finditer(text):
        if match[1]:
            name, _, result = match[1].partition(".")
            found[name] = found.get(name, False) or result in LOOP_RESULTS
        else:
            found[match[2]] = False
    return found


def unknown_results(depends: str) -> list[tuple[str, str]]:
    """Pairs of task and result where the result is none that Argo knows."""
    return [(match[1], match[2]) for match in _RESULT.finditer(depends) if match[2] not in RESULTS]


@dataclass(slots=True)
class TaskGraph:
    """`waits_for` maps each task to existing tasks it waits for; `order` has those outside cycles, sorted."""

    waits_for: dict[str, tuple[str, ...]]
    order: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        followers: dict[str, list[str]] = {name: [] for name in self.waits_for}
        unmet = {}
        for name, needed in self.waits_for.items():
            unmet[name] = len(needed)
            for other in needed:
                followers[other].append(name)
        ready = deque(name for name, count in unmet.items() if count == 0)
        while ready:
            name = ready.popleft()
            self.order.append(name)
            for other in followers[name]:
                unmet[other] -= 1
                if unmet[other] == 0:
                    ready.append(other)

    def cycle(self) -> list[str]:
        """A cycle such as a, b, a, always the same one for the same tasks; empty when there is none."""
        sorted_out = set(self.order)
        start = next((name for name in self.waits_for if name not in sorted_out), None)
        if start is None:
            return []
        trail: dict[str, int] = {}
        name = start
        while name not in trail:
            trail[name] = len(trail)
            name = next(other for other in self.waits_for[name] if other not in sorted_out)
        names = list(trail)[trail[name] :]
        return [*names, names[0]]

    def strangers(self, mentioned: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
        """Of the tasks each task mentions, those that do not come before it.

        Sets of predecessors are integers with a bit per task, dropped as soon as no later task needs them.
        """
        position = {name: index for index, name in enumerate(self.order)}
        waiting = dict.fromkeys(self.order, 0)
        for name in self.order:
            for other in self.waits_for[name]:
                waiting[other] += 1
        before: dict[str, int] = {}
        found: dict[str, set[str]] = {}
        for name in self.order:
            bits = 0
            for other in self.waits_for[name]:
                bits |= before[other] | 1 << position[other]
                waiting[other] -= 1
                if not waiting[other]:
                    del before[other]
            if waiting[name]:
                before[name] = bits
            strange = {other for other in mentioned.get(name, ()) if not _in(bits, position.get(other))}
            if strange:
                found[name] = strange
        return found


def _in(bits: int, position: int | None) -> bool:
    return position is not None and bool(bits >> position & 1)
