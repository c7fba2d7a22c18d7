"""The objects resource templates work on, where there is no cluster: kinds, and the protocol of their store.

The store is given by whoever configures the executor; it knows the database and the rights of users.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from workflows.engine.messages import JsonObject

ARGO: Final = "argoproj.io"


@dataclass(frozen=True, slots=True)
class Kind:
    """`plural` and `group` as they stand in Kubernetes' messages; names of kinds work in either form."""

    name: str
    plural: str
    group: str
    version: str

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def full(self) -> str:
        return f"{self.plural}.{self.group}" if self.group else self.plural


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("ConfigMap", "configmaps", "", "v1"),
        Kind("Secret", "secrets", "", "v1"),
        Kind("PersistentVolumeClaim", "persistentvolumeclaims", "", "v1"),
        Kind("Workflow", "workflows", ARGO, "v1alpha1"),
        Kind("WorkflowTemplate", "workflowtemplates", ARGO, "v1alpha1"),
        Kind("CronWorkflow", "cronworkflows", ARGO, "v1alpha1"),
    )
}
_SHORT: Final = {
    "cm": "ConfigMap", "wf": "Workflow", "wftmpl": "WorkflowTemplate", "cwf": "CronWorkflow",
    "cronwf": "CronWorkflow", "pvc": "PersistentVolumeClaim",
}  # fmt: skip


def kind_by_word(word: str) -> Kind | None:
    """The kind that kubectl's command line means: ``cm``, ``configmap``, ``workflows.argoproj.io``…"""
    plain = word.lower()
    if plain in _SHORT:
        return KINDS[_SHORT[plain]]
    for kind in KINDS.values():
        if plain in (kind.name.lower(), kind.plural, kind.full, f"{kind.name.lower()}.{kind.group}"):
            return kind
    return None


@dataclass(frozen=True, slots=True)
class Requester:
    """The attempt on whose behalf something is done; the rights are those of its run's creator."""

    run_uid: str
    run_name: str
    namespace: str
    node_id: str
    attempt: int

    @property
    def mark(self) -> str:
        """Tells what this attempt created from what others did, in any process; fits into a label."""
        text = f"{self.run_uid}/{self.node_id}/{self.attempt}"
        return hashlib.sha256(text.encode()).hexdigest()[:40]


#: from an object as it is to the object as it shall be; may be called again when another was faster
Change = Callable[[JsonObject], JsonObject]
#: called with uids of runs that changed, from any thread; must be quick
Hear = Callable[[Iterable[str]], None]


class ObjectStore(Protocol):
    """Everything raises NotFoundError, ForbiddenError, ConflictError, ManifestError or UserError as it fits,
    and EnvironmentFault when trying again can help. Values of Secrets are never among what is returned.
    """

    def create(self, by: Requester, manifest: JsonObject, *, owned: bool) -> JsonObject:
        """Raises ConflictError (`name-taken`) when the name is taken, unless by this very attempt.

        `owned` objects are deleted together with the requester's run.
        """

    def get(self, by: Requester, kind: str, name: str, *, whole: bool) -> JsonObject:
        """Without `whole`, spec and nodes of a Workflow may be left out."""

    def change(self, by: Requester, kind: str, name: str, change: Change) -> JsonObject: ...

    def delete(self, by: Requester, kind: str, name: str) -> bool:
        """False while it cannot be gone yet: a run ends first. To be called again then."""

    def names(self, by: Requester, kind: str, matches: Callable[[Mapping[str, str]], bool]) -> list[str]:
        """Names of objects whose labels match, in order."""

    def stop_created(self, by: Requester) -> None:
        """Stop the runs that this attempt created and that have not finished."""

    def run_deleted(self, run_uid: str, namespace: str) -> None:
        """Delete what the run owned."""

    def watch(self, hear: Hear) -> Callable[[], None]:
        """Hints about runs; the returned function ends them."""
