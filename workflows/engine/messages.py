"""What goes into the engine and what comes out: facts, signals, orders and the decision.

All of them are plain frozen values that survive JSON. Times are integers: milliseconds since the
Unix epoch (`Millis`). Not for behaviour: who makes or consumes them lives elsewhere.
"""

from __future__ import annotations

from typing import Any

import msgspec

Millis = int
JsonObject = dict[str, Any]


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Base of facts, signals and orders; `tag=True` stores the class name so they can travel as JSON."""


# --- facts: what was observed outside -------------------------------------------------------------


class NodeStarted(Message, frozen=True):
    """The node's process or pod is running. `attempt` is the node's incarnation, see `Node.attempt`."""

    node_id: str
    attempt: int
    at: Millis
    host: str = ""


class NodeFinished(Message, frozen=True):
    """The node's process or pod ended.

    `phase` is Succeeded, Failed or Error. `exit_code` is None when no process ever ran.
    `message` is Argo's text, e.g. ``main: Error (exit code 1)``. `parameters` maps the names of the
    order's `output_paths` to file contents (one trailing newline removed); a name is missing when the
    file was. `result` is the captured standard output, None when it was not asked for. `artifacts` are the
    output artifacts that were saved, as Argo's JSON with the location each went to; saved logs are among
    them as ``CONTAINER-logs``.
    """

    node_id: str
    attempt: int
    at: Millis
    phase: str
    started_at: Millis | None = None
    message: str = ""
    exit_code: int | None = None
    parameters: dict[str, str] = {}
    result: str | None = None
    artifacts: list[JsonObject] = []
    host: str = ""


class NodeReady(Message, frozen=True):
    """The containers of a daemon are up and their readiness probes pass. `address` is where it is reached."""

    node_id: str
    attempt: int
    at: Millis
    address: str = ""


class NodeProgress(Message, frozen=True):
    """What the node's process wrote to its progress file: ``N/M``."""

    node_id: str
    attempt: int
    at: Millis
    progress: str


class NodeReported(Message, frozen=True):
    """What a plugin says of a node that has not ended: Pending or Running, and a message."""

    node_id: str
    attempt: int
    at: Millis
    phase: str
    message: str = ""


class ContainerChanged(Message, frozen=True):
    """A container of a containerSet started (Running) or ended (Succeeded, Failed, Error)."""

    node_id: str
    attempt: int
    at: Millis
    container: str
    phase: str
    message: str = ""
    exit_code: int | None = None


class ConfigMapsChanged(Message, frozen=True):
    """The ConfigMaps a run may read: name to {"data": {...}, "labels": {...}}."""

    config_maps: dict[str, JsonObject]


class MemoAnswer(Message, frozen=True):
    """What a cache holds for the call that asked; `outputs` of an entry may be None all the same."""

    call_id: str
    found: bool = False
    created_at: Millis = 0
    outputs: JsonObject | None = None


class LockRef(msgspec.Struct, frozen=True, kw_only=True):
    """A lock by Argo's name: ``NAMESPACE/Mutex/NAME``, ``NAMESPACE/ConfigMap/MAP/KEY`` or
    ``NAMESPACE/Database/KEY``. A mutex and a semaphore of the database are two locks even of one name.
    """

    name: str
    mutex: bool = False


class LocksGranted(Message, frozen=True):
    """The node, or the run itself where `node_id` is "", holds all locks it asked for."""

    node_id: str


class LocksWaiting(Message, frozen=True):
    """It waits for `lock`, of which `used` of `limit` are taken, by `holders` among others (Argo's holder
    keys). `position` counts from 1 in the queue, None far back.
    """

    node_id: str
    lock: LockRef
    used: int
    limit: int
    holders: list[str] = []
    position: int | None = None


class LocksRefused(Message, frozen=True):
    """It can never have them; `message` is Argo's text."""

    node_id: str
    message: str


class MetricRefused(Message, frozen=True):
    """A metric could not be kept, and why. Not a fact of any node."""

    message: str


# --- signals: what a person or the API asked for --------------------------------------------------


class Stop(Message, frozen=True):
    """`shutdown: Stop`. With a `selector` only the matching suspend nodes fail, the run goes on."""

    selector: str = ""
    message: str = ""
    actor: str = ""


class Terminate(Message, frozen=True):
    actor: str = ""


class SuspendRun(Message, frozen=True):
    actor: str = ""


class ResumeRun(Message, frozen=True):
    """Resume the run or, with a `selector`, only the matching suspend nodes; `values` answer supplied
    outputs.
    """

    selector: str = ""
    values: dict[str, str] = {}
    message: str = ""
    actor: str = ""


class SetNode(Message, frozen=True):
    """Change phase, message and outputs of the matching waiting suspend nodes (Argo's `node set`)."""

    selector: str
    phase: str = ""
    message: str = ""
    values: dict[str, str] = {}
    actor: str = ""


class RetryRun(Message, frozen=True):
    """Manual retry of a finished run: failed nodes are done again, successful ones kept."""

    restart_successful: bool = False
    selector: str = ""
    parameters: dict[str, str] = {}
    actor: str = ""


#: facts about one launched node
NodeFact = NodeStarted | NodeFinished | NodeReady | NodeProgress | NodeReported | ContainerChanged
LockFact = LocksGranted | LocksWaiting | LocksRefused
Fact = NodeFact | ConfigMapsChanged | MemoAnswer | MetricRefused | LockFact
Signal = Stop | Terminate | SuspendRun | ResumeRun | SetNode | RetryRun

# --- orders: what the driver must have done outside ------------------------------------------------


class Launch(Message, frozen=True):
    """Start one node. Self-contained: whoever carries it out reads no run state.

    `template` is the fully substituted Argo template (camelCase JSON), of any kind for which something is
    done outside the engine. Where it has artifacts, its `inputs.artifacts` have their full locations, its
    `archiveLocation` is where output artifacts without a location of their own go, the key resolved, and
    `archiveLocation.archiveLogs` says whether to save the logs there. Carrying it out twice for the same
    (`run_uid`, `node_id`, `attempt`) must have the effect of once.
    """

    run_uid: str
    run_name: str
    namespace: str
    node_id: str
    node_name: str
    attempt: int
    pod_name: str
    template: JsonObject
    #: output parameter name -> absolute path of the file to read when the main container ended
    output_paths: dict[str, str] = {}
    #: keep the last 256 KiB of standard output as `result`
    capture_result: bool = False
    #: seconds the pod may be active (Argo: pod `activeDeadlineSeconds`), None for no limit
    active_deadline_seconds: int | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    #: run-level pod settings (volumes, service account, node selector…), camelCase, for executors that use
    #: them
    pod: JsonObject = {}


class Kill(Message, frozen=True):
    """End a node that was ordered: SIGTERM, after `grace_seconds` SIGKILL. Unknown nodes are no error.

    `kind` is that of the node's template (``http``, ``container``…), "" when whoever orders it cannot tell.
    The executor answers with the usual NodeFinished unless the node had already ended.
    """

    run_uid: str
    node_id: str
    attempt: int
    pod_name: str = ""
    namespace: str = ""
    grace_seconds: int = 30
    kind: str = ""


class Cleanup(Message, frozen=True):
    """Free what an executor keeps for a run (folders, finished pods). Sent when a run is deleted.

    With `claims`, keys as in the `claimKeys` of a launch order, only these volume claims of the run go.
    """

    run_uid: str
    namespace: str = ""
    claims: tuple[str, ...] = ()


Order = Launch | Kill | Cleanup

# --- questions and records: what the driver does in the same step as the commit --------------------


class LookUpMemo(Message, frozen=True):
    """What does the cache hold under the key? Answered with `MemoAnswer`."""

    namespace: str
    call_id: str
    cache: str
    key: str


class SaveMemo(Message, frozen=True):
    """Keep outputs in the cache of the run's namespace, in place of what is there."""

    node_id: str
    cache: str
    key: str
    at: Millis
    outputs: JsonObject | None = None


class CollectArtifacts(Message, frozen=True):
    """The run has ended, and some of its artifacts are to be deleted, not before `due_at`."""

    due_at: Millis


class HitMemo(Message, frozen=True):
    """An entry of a cache was used, whether or not it was young enough."""

    cache: str
    key: str
    at: Millis


#: stands for the run itself where the idx of a node is asked for
RUN_IDX = -1


class AcquireLocks(Message, frozen=True):
    """The node, or the run itself where `node_id` is "", wants all of `locks`. Answered with a `LockFact`
    each time it is asked; what was granted stays so until `ReleaseLocks` or the end of the run.
    """

    node_id: str
    locks: list[LockRef]
    node_idx: int = RUN_IDX
    priority: int = 0


class ReleaseLocks(Message, frozen=True):
    """The node gives back what it holds, and waits for nothing any more."""

    node_id: str
    node_idx: int


class RecordMetric(Message, frozen=True):
    """Count a metric of the run's namespace.

    `kind` is counter, gauge or histogram, `operation` Set, Add or Sub. `labels` are sorted.
    With `since` it is a gauge in real time: it shows the seconds from there to `until`, or to now, and
    `value` means nothing.
    """

    name: str
    help: str
    kind: str
    labels: list[tuple[str, str]]
    operation: str
    at: Millis
    value: float = 0
    buckets: list[float] = []
    since: Millis | None = None
    until: Millis | None = None


class StopMetrics(Message, frozen=True):
    """What the run tells in real time has ended."""

    at: Millis


Record = RecordMetric | StopMetrics | SaveMemo | AcquireLocks | ReleaseLocks | HitMemo | CollectArtifacts
