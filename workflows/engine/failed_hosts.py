"""Hosts on which earlier attempts failed: a retryStrategy with `affinity` keeps later attempts away.

Only clusters have hosts to choose from; the launch order tells which to avoid. Not for retries themselves.
Source: Argo's `RetryOnDifferentHost` and `AddHostnamesToAffinity`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from workflows.engine import phases
from workflows.engine.messages import JsonObject
from workflows.engine.retry import RetryFrame

if TYPE_CHECKING:
    from workflows.engine.calls import Call
    from workflows.engine.node import Node

_HOST: Final = "kubernetes.io/hostname"


def away_from_failed_hosts(call: Call, affinity: JsonObject | None) -> JsonObject | None:
    """`affinity` with a rule against the hosts that the pod of `call` is to avoid.

    Earlier attempts do not change any more, so it is the same each time it is asked for.
    """
    frame, attempt = _retry_of(call)
    if frame is None or attempt is None or not _wants_other_hosts(frame.call):
        return affinity
    hosts = list(dict.fromkeys(node.host for node in _failed_pods(frame, attempt) if node.host))
    return _without(affinity or {}, hosts) if hosts else affinity


def _retry_of(call: Call) -> tuple[RetryFrame | None, Call | None]:
    """The retry that made `call`, else the one that made the template around it, and its attempt."""
    if isinstance(call.owner, RetryFrame):
        return call.owner, call
    around = call.owner.call
    if around is not None and isinstance(around.owner, RetryFrame):
        return around.owner, around
    return None, None


def _wants_other_hosts(call: Call) -> bool:
    retry = call.template.retry
    return retry is not None and (retry.raw.get("affinity") or {}).get("nodeAntiAffinity") is not None


def _failed_pods(frame: RetryFrame, attempt: Call) -> Iterator[Node]:
    """Failed pods of the attempts before `attempt`, wherever in them they are."""
    nodes = frame.core.nodes
    earlier = {made.id for made in frame.attempts[: frame.attempts.index(attempt)]}
    for node in nodes.values():
        if node.type == phases.POD and node.phase in phases.FAILED_OR_ERROR:
            inside: Node | None = node
            while inside is not None and inside.id not in earlier:
                inside = nodes.get(inside.boundary_id) if inside.boundary_id else None
            if inside is not None:
                yield node


def _without(affinity: JsonObject, hosts: list[str]) -> JsonObject:
    """`affinity` with a rule against `hosts`: joined with such a rule, or added to the first term."""
    changed: dict[str, Any] = copy.deepcopy(affinity)
    required = _sub(_sub(changed, "nodeAffinity"), "requiredDuringSchedulingIgnoredDuringExecution")
    terms = required.setdefault("nodeSelectorTerms", [])
    rule = {"key": _HOST, "operator": "NotIn", "values": hosts}
    for term in terms:
        if not term.get("matchExpressions"):
            term["matchExpressions"] = [rule]
            return changed
        for other in term["matchExpressions"]:
            if (other.get("key"), other.get("operator")) == (_HOST, "NotIn"):
                other["values"] = list(dict.fromkeys([*(other.get("values") or ()), *hosts]))
                return changed
    if terms:
        terms[0]["matchExpressions"].append(rule)
    else:
        terms.append({"matchExpressions": [rule]})
    return changed


def _sub(parent: dict[str, Any], key: str) -> dict[str, Any]:
    if parent.get(key) is None:
        parent[key] = {}
    found: dict[str, Any] = parent[key]
    return found
