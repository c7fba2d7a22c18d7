"""What pods asked for, multiplied by how long they ran: Argo's `resourcesDuration`, in whole seconds.

A pod whose seconds are all zero keeps none, which is why short nodes cost nothing. The sums of composites are
made when they are shown, see `wire.usage`. Source: Argo's `resource.DurationForPod`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

from workflows.engine.messages import JsonObject, NodeFinished

if TYPE_CHECKING:
    from workflows.engine.calls import Call
    from workflows.engine.core import Core
    from workflows.engine.node import Node

#: the field of a node, and the key in the run's memo
FIELD = "resourcesDuration"

#: name of a resource -> thousandths asked for, of one container
Asked = dict[str, int]

_QUANTITY = re.compile(r"([-+]?[0-9]*\.?[0-9]*)(?:([eE][-+]?[0-9]{1,3})|([numkMGTPE]|[KMGTPE]i)?)", re.ASCII)
_SUFFIXES: dict[str, Fraction] = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    **{letter: Fraction(1000 ** (power + 1)) for power, letter in enumerate("kMGTPE")},
    **{f"{letter}i": Fraction(1024 ** (power + 1)) for power, letter in enumerate("KMGTPE")},
}
#: what a container is taken to ask for, and how much of each resource counts as one
_DEFAULT: Asked = {"cpu": 100, "memory": 100 * 2**20 * 1000}
_UNITS = {"memory": 100 * 2**20 * 1000, "storage": 10 * 2**30 * 1000, "ephemeral-storage": 10 * 2**30 * 1000}
_UNIT = 1000
#: what every reader of JSON takes for a whole number
_MOST = 2**53


def asked_by(template: JsonObject) -> list[Asked]:
    """What each container of a template asks for; those that prepare a pod do not count."""
    containers = [template.get("container") or template.get("script")]
    containers += (template.get("containerSet") or {}).get("containers") or []
    containers += template.get("sidecars") or []
    return [_asked(container) for container in containers if container is not None]


def note_usage(call: Call, node: Node, fact: NodeFinished) -> None:
    """Keep what a finished pod used, on the node and in the sum of the run."""
    seconds = (fact.at - (fact.started_at or node.started_at or fact.at)) // 1000
    if seconds < 1 or not call.template.is_pod:
        return
    used = usage(call.template.resources, seconds)
    if any(used.values()):
        node.extra = {**(node.extra or {}), FIELD: used}
        _add(call.core.run.memo.setdefault(FIELD, {}), used)


def usage(containers: Iterable[Asked], seconds: int) -> dict[str, int]:
    """Seconds by name of resource."""
    total: dict[str, int] = {}
    for asked in containers:
        _add(total, {name: amount * seconds // _UNITS.get(name, _UNIT) for name, amount in asked.items()})
    return total


def of_node(core: Core, node: Node) -> Mapping[str, int]:
    """What the node used, {} for nodes that are no pods and for short ones."""
    used: Mapping[str, int] = (node.extra or {}).get(FIELD, {})
    return used


def recount(core: Core) -> None:
    """Sum up anew, after nodes were taken away."""
    total: dict[str, int] = {}
    for node in core.nodes.values():
        if node.extra is not None:
            _add(total, node.extra.get(FIELD, {}))
    if total or FIELD in core.run.memo:
        core.run.memo[FIELD] = total


def thousandths(text: Any) -> int:
    """A quantity such as ``100m`` or ``1.5Gi`` times a thousand, rounded up; 0 for what makes no sense."""
    match = _QUANTITY.fullmatch(str(text).strip())
    if match is None or not any(letter.isdigit() for letter in match[1]):
        return 0
    amount = Fraction(match[1]) * (Fraction(f"1{match[2]}") if match[2] else _SUFFIXES[match[3] or ""])
    return max(0, ceil(amount * 1000))


def _asked(container: JsonObject) -> Asked:
    resources = container.get("resources") or {}
    given = {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
    return {**_DEFAULT, **{name: thousandths(quantity) for name, quantity in given.items()}}


def _add(total: dict[str, int], more: Mapping[str, int]) -> None:
    for name, seconds in more.items():
        total[name] = min(total.get(name, 0) + seconds, _MOST)
