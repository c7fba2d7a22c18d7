"""Tables, constraints and indexes. Behaviour lives in `services` and `store`; times are Millis in bigints."""

from __future__ import annotations

from workflows.models.access import ApiToken, Namespace, NamespaceRole
from workflows.models.artifact import ArtifactCollection
from workflows.models.event import Event, EventOutcome
from workflows.models.library import ConfigEntry, Template
from workflows.models.lock import Lock, LockClaim, LockLimit
from workflows.models.memo import Memo
from workflows.models.metric import MetricFamily, MetricSeries
from workflows.models.node import DeletedNode, Node
from workflows.models.queue import EngineMember, Signal
from workflows.models.revision import Revision
from workflows.models.run import Run, RunLabel, RunManifest
from workflows.models.schedule import Backfill, Schedule, Slot
from workflows.models.secret import Secret
from workflows.models.upload import Upload, UploadUse

__all__ = [
    "ApiToken",
    "ArtifactCollection",
    "Backfill",
    "ConfigEntry",
    "DeletedNode",
    "EngineMember",
    "Event",
    "EventOutcome",
    "Lock",
    "LockClaim",
    "LockLimit",
    "Memo",
    "MetricFamily",
    "MetricSeries",
    "Namespace",
    "NamespaceRole",
    "Node",
    "Revision",
    "Run",
    "RunLabel",
    "RunManifest",
    "Schedule",
    "Secret",
    "Signal",
    "Slot",
    "Template",
    "Upload",
    "UploadUse",
]
