"""The bookkeeping under all frames: nodes, phases, worklist, timers, and the decision being made.

One instance a run. Frames change nodes only through this class, so counters, change numbers and the decision
cannot disagree with the rows. Not for any rule of the language.
"""

from __future__ import annotations

import heapq
from collections import deque
from typing import TYPE_CHECKING, Any

from workflows.engine import names
from workflows.engine.artifact_repository import Repository
from workflows.engine.artifacts import exported, set_run_artifact
from workflows.engine.clock import SECOND
from workflows.engine.decision import Decision
from workflows.engine.errors import EngineError
from workflows.engine.frame import retire
from workflows.engine.messages import JsonObject, LookUpMemo, Millis, Order, Record, ReleaseLocks
from workflows.engine.node import Node, Run
from workflows.engine.phases import CONTAINER, FULFILLED, POD, RETRY, TASK_GROUP
from workflows.engine.scope import RunVariables
from workflows.expr import Context

if TYPE_CHECKING:
    from workflows.engine.calls import Call
    from workflows.engine.frame import Frame
    from workflows.engine.limits import Counter
    from workflows.engine.program import Program

#: nodes a run may have before it is stopped; a guard against runaway recursion, not a promise
MAX_NODES = 2_000_000


class Core:
    """State that belongs to no single frame."""

    def __init__(self, program: Program, run: Run) -> None:
        self.program = program
        self.run = run
        self.now: Millis = run.created_at
        self.nodes: dict[str, Node] = {}
        #: names of nodes whose id is not Argo's, because another node has that
        self._other_ids: dict[str, str] = {}
        #: nodes of types Retry and TaskGroup: ids of their children in order of creation
        self.kids: dict[str, list[str]] = {}
        #: calls whose node is not fulfilled, or whose node does not exist yet, by node id
        self.calls: dict[str, Call] = {}
        #: launched nodes that are not fulfilled
        self.active: dict[str, Call] = {}
        #: counters of boundaries with a parallelism limit or failFast, by the boundary's node id
        self.counters: dict[str, Counter] = {}
        self.run_counter: Counter | None = None
        self.variables = RunVariables(program, run)
        self.context = Context(now_ms=run.created_at)
        self.config_maps: dict[str, JsonObject] = {}
        self.repository = Repository(run, program.spec)
        #: daemons that are ready, by the id of the node around them, "" for the run itself
        self.daemons: dict[str, list[Call]] = {}
        #: pods of container sets: ids of the nodes of their containers
        self.containers: dict[str, list[str]] = {}
        #: composites that ended before their children; only then can there be pods from which nothing follows
        self.early_ends = 0
        #: frames that end once the pods of composites that ended early have ended
        self.waiting_for_orphans: list[Frame] = []
        #: calls that wait for the answer of a cache, by node id
        self.asking: dict[str, Call] = {}
        #: ids of calls that hold locks or wait for them
        self.locked: set[str] = set()
        #: calls that may not start because the run is suspended
        self.held: list[Call] = []
        self._loaded: dict[str, list[Node]] = {}
        self._next_idx = 0
        self._work: deque[Frame] = deque()
        self._timers: list[tuple[Millis, int, str, str]] = []
        self._begin()

    # --- the decision ------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._created: dict[str, Node] = {}
        self._updated: dict[str, Node] = {}
        self._deleted: list[str] = []
        self._orders: list[Order] = []
        self._lookups: list[LookUpMemo] = []
        self._records: list[Record] = []
        self._run_changed = False
        #: a pod was still Running when this decision was made, see `status_conditions`
        self.saw_running_pod = False

    def decide(self) -> Decision:
        """Hand out what changed since the last call."""
        decision = Decision(
            created=list(self._created.values()),
            updated=list(self._updated.values()),
            deleted=self._deleted,
            run_changed=self._run_changed,
            orders=self._orders,
            lookups=self._lookups,
            records=self._records,
            wake_at=self._timers[0][0] if self._timers and not self.run.suspended else None,
        )
        self._begin()
        return decision

    def order(self, order: Order) -> None:
        self._orders.append(order)

    def look_up(self, question: LookUpMemo) -> None:
        self._lookups.append(question)

    def record(self, record: Record) -> None:
        """Have something written together with the nodes of this decision."""
        self._records.append(record)

    def touch_run(self) -> None:
        """Note that the run row changed."""
        self.run.seq += 1
        self._run_changed = True

    # --- nodes -------------------------------------------------------------------------------------

    def node_id(self, name: str) -> str:
        """The id of the node of that name, or the id it would get.

        Argo's ids have 32 bits: in a run of 100,000 nodes two names are likely to share one. The later
        of them gets another id here, where Argo takes it for the earlier one.
        """
        if name in self._other_ids:
            return self._other_ids[name]
        wanted = names.node_id(self.run.name, name)
        node = self.nodes.get(wanted)
        count = 0
        while node is not None and node.name != name:
            count += 1
            node = self.nodes.get(f"{wanted}x{count}")
        return f"{wanted}x{count}" if count else wanted

    def _index(self, node: Node) -> None:
        self.nodes[node.id] = node
        if node.id != names.node_id(self.run.name, node.name):
            self._other_ids[node.name] = node.id

    def load(self, node: Node) -> None:
        """Take over a stored node."""
        self._index(node)
        self._next_idx = max(self._next_idx, node.idx + 1)
        if node.boundary_id:
            self._loaded.setdefault(node.boundary_id, []).append(node)
        if node.type in (RETRY, TASK_GROUP):
            self.kids.setdefault(node.id, [])
        elif node.type == CONTAINER:
            self.containers.setdefault(node.boundary_id, []).append(node.id)
        for parent in node.parents:
            if parent in self.kids:
                self.kids[parent].append(node.id)

    def add(
        self,
        name: str,
        type: str,
        phase: str,
        *,
        boundary: Node | None,
        parents: list[str],
        message: str = "",
        template_name: str = "",
        template_ref: JsonObject | None = None,
        template_scope: str = "",
        flag: dict[str, bool] | None = None,
        waiting: JsonObject | None = None,
    ) -> Node:
        """Create a node. Its id must be new. A `waiting` one counts for no limit until `revive`."""
        if len(self.nodes) >= MAX_NODES:
            raise EngineError(f"the run has reached the limit of {MAX_NODES} nodes")
        run = self.run
        run.seq += 1
        node = Node(
            id=self.node_id(name),
            idx=self._next_idx,
            name=name,
            display_name=names.display_name(name, boundary.name if boundary else None),
            type=type,
            phase=phase,
            boundary_id=boundary.id if boundary else "",
            parents=parents,
            template_name=template_name,
            template_ref=template_ref,
            template_scope=template_scope,
            message=message,
            started_at=self.now,
            finished_at=self.now if phase in FULFILLED else None,
            flag=flag,
            attempt=run.attempt,
            waiting=waiting,
            seq=run.seq,
        )
        self._next_idx += 1
        self._index(node)
        self._created[node.id] = node
        self._run_changed = True
        run.node_count += 1
        counts = run.phase_counts
        counts[phase] = counts.get(phase, 0) + 1
        if type in (RETRY, TASK_GROUP):
            self.kids[node.id] = []
        elif type == CONTAINER:
            self.containers.setdefault(node.boundary_id, []).append(node.id)
        for parent in parents:
            if parent in self.kids:
                self.kids[parent].append(node.id)
        if waiting is None:
            self._count_new(node)
        return node

    def _count_new(self, node: Node) -> None:
        counter = self.counters.get(node.boundary_id)
        if counter is not None:
            counter.count(node, "", node.phase)
        if node.type == POD and self.run_counter is not None:
            self.run_counter.count(node, "", node.phase)

    def revive(
        self, node: Node, type: str, phase: str, message: str, *, flag: dict[str, bool] | None
    ) -> None:
        """Make of a node that waited what `add` would make of a new one."""
        counts = self.run.phase_counts
        counts[node.phase] -= 1
        counts[phase] = counts.get(phase, 0) + 1
        node.type, node.phase, node.message, node.flag, node.waiting = type, phase, message, flag, None
        node.forget_lock()
        if type in (RETRY, TASK_GROUP):
            self.kids.setdefault(node.id, [])
        self._count_new(node)
        if phase in FULFILLED:
            node.finished_at = self.now
            self.leave(node.id)
        self.touch(node)

    def touch(self, node: Node) -> None:
        """Note that a row changed in place."""
        self.run.seq += 1
        node.seq = self.run.seq
        self._run_changed = True
        if node.id not in self._created:
            self._updated[node.id] = node

    def set_phase(self, node: Node, phase: str, message: str | None = None) -> None:
        """Move a node to `phase` and, unless None, give it `message`; tell the frame that owns it."""
        before = node.phase
        if message is not None:
            node.message = message
        if before != phase:
            counted = before if node.waiting is None or not node.at_lock else ""
            if node.type == POD and self.run_counter is not None:
                self.run_counter.count(node, counted, phase)
            counts = self.run.phase_counts
            counts[before] -= 1
            counts[phase] = counts.get(phase, 0) + 1
            node.phase = phase
            if phase in FULFILLED:
                if node.finished_at is None:
                    node.finished_at = self.now
                node.waiting = None
            counter = self.counters.get(node.boundary_id)
            if counter is not None:
                counter.count(node, counted, phase)
        self.touch(node)
        if before != phase:
            call = self.calls.get(node.id)
            if call is not None:
                call.moved()

    def install(self, boundary: Node, counter: Counter) -> None:
        """Have `counter` count the children of `boundary`, those from before a restart included."""
        self.counters[boundary.id] = counter
        counter.recount(node for node in self._loaded.pop(boundary.id, ()) if not node.at_lock)

    def remove(self, node: Node) -> None:
        """Take a node away, as a manual retry does. Nothing may still refer to it."""
        del self.nodes[node.id]
        self._other_ids.pop(node.name, None)
        self._updated.pop(node.id, None)
        if self._created.pop(node.id, None) is None:
            self._deleted.append(node.id)
        self.run.node_count -= 1
        self.run.phase_counts[node.phase] -= 1
        self.run.seq += 1
        self._run_changed = True

    # --- questions ---------------------------------------------------------------------------------

    def deadline(self) -> Millis | None:
        """When the run must have ended, exit handlers apart; None when it may take for ever."""
        seconds = self.program.spec.active_deadline_seconds
        if seconds is None or self.run.started_at is None:
            return None
        return self.run.started_at // SECOND * SECOND + seconds * SECOND

    def deadline_passed(self) -> bool:
        deadline = self.deadline()
        return deadline is not None and self.now > deadline

    def stops(self, call: Call) -> bool:
        """Whether a stop or terminate keeps this call from running: a stop leaves exit handlers alone."""
        shutdown = self.run.shutdown
        return bool(shutdown) and not (shutdown == "Stop" and call.on_exit)

    def export(self, outputs: JsonObject | None) -> None:
        """Make outputs that have a globalName outputs of the run; the last writer wins."""
        for entry in (outputs or {}).get("parameters", ()):
            name = entry.get("globalName")
            if name and entry.get("value") is not None:
                self.variables.set_output(name, entry["value"])
                _set_output(self.run, name, entry["value"])
                self.touch_run()
        for artifact in (outputs or {}).get("artifacts", ()):
            if artifact.get("globalName"):
                self.run.outputs = self.run.outputs or {}
                if set_run_artifact(self.run.outputs, exported(artifact)):
                    self.touch_run()

    def composite_ended(self, node: Node, *, early: bool) -> None:
        """A steps or DAG node ends; `early` when something inside it is still open."""
        self.counters.pop(node.id, None)
        if early:
            self.early_ends += 1

    def must_wait_for_orphans(self, frame: Frame, node: Node) -> bool:
        """Whether pods are still active under composites inside `node` that ended before them.

        If so, `frame` is advanced again once one of them has ended.
        """
        if not self.early_ends or not any(
            self._is_inside(call.node, node) for call in self.active.values() if not call.made.daemoned
        ):
            return False
        self.waiting_for_orphans.append(frame)
        return True

    def add_daemon(self, call: Call) -> None:
        """The daemon of `call` is ready, or was before a restart; it ends with the node around it."""
        boundary_id = call.boundary.id if call.boundary is not None else ""
        self.daemons.setdefault(boundary_id, []).append(call)

    def end_daemons(self, boundary_id: str) -> None:
        """The node around them, or the run, ends."""
        for call in self.daemons.pop(boundary_id, ()):
            retire(call)

    def leave(self, call_id: str) -> None:
        """Note that a call is over: its node is fulfilled, or about to be."""
        self.calls.pop(call_id, None)
        if call_id in self.locked:
            self.unlock(call_id)
        if self.active.pop(call_id, None) is not None and self.waiting_for_orphans:
            waiting, self.waiting_for_orphans = self.waiting_for_orphans, []
            for frame in waiting:
                self.enqueue(frame)

    def unlock(self, call_id: str) -> None:
        """Give back the locks that a call holds or waits for."""
        self.locked.discard(call_id)
        node = self.nodes[call_id]
        if node.extra is not None:
            node.forget_lock()
            self.touch(node)
        self.record(ReleaseLocks(node_id=call_id, node_idx=node.idx))

    def _is_inside(self, inner: Node | None, outer: Node) -> bool:
        while inner is not None and inner.boundary_id:
            if inner.boundary_id == outer.id:
                return True
            inner = self.nodes.get(inner.boundary_id)
        return False

    def rebuilt(self) -> Core:
        """A fresh core over the same nodes, with the decision made so far: no frame survives a manual
        retry.
        """
        core = Core(self.program, self.run)
        core.now, core.context, core.config_maps = self.now, self.context, self.config_maps
        for node in sorted(self.nodes.values(), key=lambda node: node.idx):
            core.load(node)
        core._created, core._updated = self._created, self._updated
        core._deleted, core._orders = self._deleted, self._orders
        core._lookups, core._records = self._lookups, self._records
        core._run_changed = self._run_changed
        core._next_idx = self._next_idx
        return core

    # --- worklist and timers -----------------------------------------------------------------------

    def enqueue(self, frame: Frame) -> None:
        """Have the frame's `advance` called once, after what is running now."""
        if not frame.queued:
            frame.queued = True
            self._work.append(frame)

    def drain(self) -> None:
        """Advance frames until nothing is left to do."""
        work = self._work
        while work:
            frame = work.popleft()
            frame.queued = False
            if not frame.closed:
                frame.advance()

    def at(self, when: Millis, kind: str, node_id: str) -> None:
        """Ask for `timer(kind)` on the call of `node_id` at `when`; a timer that lost its meaning does
        nothing.

        Those of the same moment go off in the order of their nodes, so that a restart changes nothing.
        """
        node = self.nodes.get(node_id)
        heapq.heappush(self._timers, (when, -1 if node is None else node.idx, kind, node_id))

    def forget_timers(self) -> None:
        self._timers.clear()

    def due(self) -> list[tuple[str, str]]:
        """Take the timers whose time has come: (kind, node id), earliest first."""
        ready = []
        while self._timers and self._timers[0][0] <= self.now:
            _, _, kind, node_id = heapq.heappop(self._timers)
            ready.append((kind, node_id))
        return ready


def _set_output(run: Run, name: str, value: Any) -> None:
    outputs = run.outputs = run.outputs or {}
    parameters = outputs.setdefault("parameters", [])
    for parameter in parameters:
        if parameter["name"] == name:
            parameter["value"] = value
            return
    parameters.append({"name": name, "value": value})
