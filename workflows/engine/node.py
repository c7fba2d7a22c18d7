"""A node and a run as the engine keeps them: mutable inside the engine, one row each in the database.

Field meanings follow Argo's `status.nodes[*]` and `status`; times are `Millis`. Edges are kept on the child
(`parents`), because a child is written once while a parent may have 100,000 children; `children` on the wire
is the inverse. Not for behaviour: who changes these fields is decided by the frames.
"""

from __future__ import annotations

from typing import Any

from workflows.engine.messages import JsonObject, Millis
from workflows.engine.phases import FULFILLED

#: `Node.waiting["reason"]` of a node that has not begun because it lacks a lock
AT_LOCK = "lock"
#: the field of a node, in `extra`, that names the lock it waits for
SYNCHRONIZATION = "synchronizationStatus"


class Node:
    """One row of the node table. `id` is Argo's node id; `idx` counts nodes of the run in order of creation.

    attempt   incarnation of this node id, raised when a manual retry creates it anew; names processes and
              pods
    parents   ids of the nodes that this node is a child of (Argo: `children` of those)
    flag      Argo's nodeFlag, {"hooked": True} and/or {"retried": True}, or None
    waiting   why the node does not go on: {"reason": "...", ...}, None when it does
    memo      private to the engine, needed to restore the state from rows (e.g. the items of a loop)
    extra     rarely set Argo fields as they go on the wire (memoizationStatus, synchronizationStatus,
              progress, ...)
    seq       the run's change counter when this row changed last
    """

    __slots__ = (
        "attempt", "boundary_id", "display_name", "extra", "finished_at", "flag", "host", "id", "idx",
        "inputs", "memo", "message", "name", "outbound", "outputs", "parents", "phase", "seq",
        "started_at", "template_name", "template_ref", "template_scope", "type", "waiting",
    )  # fmt: skip

    def __init__(
        self,
        *,
        id: str,
        idx: int,
        name: str,
        display_name: str,
        type: str,
        phase: str,
        boundary_id: str = "",
        parents: list[str] | None = None,
        template_name: str = "",
        template_ref: JsonObject | None = None,
        template_scope: str = "",
        message: str = "",
        started_at: Millis | None = None,
        finished_at: Millis | None = None,
        inputs: JsonObject | None = None,
        outputs: JsonObject | None = None,
        outbound: list[str] | None = None,
        flag: dict[str, bool] | None = None,
        host: str = "",
        attempt: int = 0,
        waiting: JsonObject | None = None,
        memo: JsonObject | None = None,
        extra: JsonObject | None = None,
        seq: int = 0,
    ) -> None:
        self.id = id
        self.idx = idx
        self.name = name
        self.display_name = display_name
        self.type = type
        self.phase = phase
        self.boundary_id = boundary_id
        self.parents = parents if parents is not None else []
        self.template_name = template_name
        self.template_ref = template_ref
        self.template_scope = template_scope
        self.message = message
        self.started_at = started_at
        self.finished_at = finished_at
        self.inputs = inputs
        self.outputs = outputs
        self.outbound = outbound
        self.flag = flag
        self.host = host
        self.attempt = attempt
        self.waiting = waiting
        self.memo = memo
        self.extra = extra
        self.seq = seq

    @property
    def fulfilled(self) -> bool:
        return self.phase in FULFILLED

    @property
    def at_lock(self) -> bool:
        """It waits for a lock and so counts for no limit."""
        return self.waiting is not None and self.waiting.get("reason") == AT_LOCK

    @property
    def daemoned(self) -> bool:
        """It runs until the template around it ends, and counts as done for what follows."""
        return self.extra is not None and "daemoned" in self.extra

    def forget_daemon(self) -> None:
        """It is no daemon any more. The caller stores it."""
        if self.daemoned:
            self.extra = {
                key: value for key, value in (self.extra or {}).items() if key != "daemoned"
            } or None

    def forget_lock(self) -> None:
        """It waits for no lock any more. The caller stores it."""
        if self.extra is not None and SYNCHRONIZATION in self.extra:
            self.extra = {key: value for key, value in self.extra.items() if key != SYNCHRONIZATION} or None

    @property
    def settled(self) -> bool:
        return self.phase in FULFILLED or (self.extra is not None and "daemoned" in self.extra)

    @property
    def hooked(self) -> bool:
        return self.flag is not None and self.flag.get("hooked", False)

    @property
    def retried(self) -> bool:
        return self.flag is not None and self.flag.get("retried", False)

    def __repr__(self) -> str:
        return f"<Node {self.name} {self.type} {self.phase}>"


class Run:
    """One row of the run table, as far as the engine knows it.

    phase     "" until the engine has started it, then Pending, Running, Succeeded, Failed or Error
    shutdown  "", "Stop" or "Terminate"; `suspended` is Argo's spec.suspend as it stands now
    outputs   {"parameters": [{"name", "value"}]} exported by globalName, or None
    arguments the run's parameters as given at submit or changed by a manual retry: name -> value
    attempt   how often the run was retried by hand
    memo      private to the engine
    """

    __slots__ = (
        "annotations", "arguments", "attempt", "created_at", "finished_at", "labels", "memo", "message",
        "name", "namespace", "node_count", "outputs", "phase", "phase_counts", "seq", "shutdown",
        "started_at", "suspended", "uid",
    )  # fmt: skip

    def __init__(
        self,
        *,
        uid: str,
        name: str,
        namespace: str,
        created_at: Millis,
        phase: str = "",
        message: str = "",
        started_at: Millis | None = None,
        finished_at: Millis | None = None,
        labels: dict[str, str] | None = None,
        annotations: dict[str, str] | None = None,
        arguments: dict[str, str] | None = None,
        outputs: JsonObject | None = None,
        suspended: bool = False,
        shutdown: str = "",
        attempt: int = 0,
        seq: int = 0,
        node_count: int = 0,
        phase_counts: dict[str, int] | None = None,
        memo: dict[str, Any] | None = None,
    ) -> None:
        self.uid = uid
        self.name = name
        self.namespace = namespace
        self.created_at = created_at
        self.phase = phase
        self.message = message
        self.started_at = started_at
        self.finished_at = finished_at
        self.labels = labels if labels is not None else {}
        self.annotations = annotations if annotations is not None else {}
        self.arguments = arguments if arguments is not None else {}
        self.outputs = outputs
        self.suspended = suspended
        self.shutdown = shutdown
        self.attempt = attempt
        self.seq = seq
        self.node_count = node_count
        self.phase_counts = phase_counts if phase_counts is not None else {}
        self.memo = memo if memo is not None else {}

    def __repr__(self) -> str:
        return f"<Run {self.namespace}/{self.name} {self.phase or 'new'}>"
