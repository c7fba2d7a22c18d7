"""Each kind of object that resource templates may work on, as Kubernetes would show and change it.

All act with the rights of a user. Not for whose those are, nor for what a run owns: see `object_store`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Protocol

from workflows.engine.messages import JsonObject
from workflows.engine.phases import RUN_FINISHED
from workflows.errors import ConflictError, UserError
from workflows.executors.agent import Change
from workflows.models import ConfigEntry, Secret
from workflows.services import claims, config_entries, control, retention, runs, secrets, templates
from workflows.services.access import Access, Actor
from workflows.services.presentation import show_summary, show_workflow
from workflows.services.secrets import secret_values
from workflows.services.submit import submit
from workflows.services.templates import Edit
from workflows.store.configuration import read_secret
from workflows.store.runlist import RunFilter
from workflows.wire import rfc3339

Matches = Callable[[Mapping[str, str]], bool]

#: stands for each value of a Secret; whoever writes it back changes nothing
HIDDEN: Final = base64.b64encode(b"(hidden)").decode()
#: runs looked at for a selector
_MOST_RUNS: Final = 10_000


class ObjectKind(Protocol):
    """`name` of a manifest is complete; errors are those of `executors.agent.ObjectStore`."""

    def create(self, actor: Actor, namespace: str, manifest: JsonObject) -> JsonObject: ...

    def get(self, actor: Actor, namespace: str, name: str, *, whole: bool) -> JsonObject: ...

    def change(self, actor: Actor, namespace: str, name: str, change: Change) -> JsonObject: ...

    def delete(self, actor: Actor, namespace: str, name: str) -> bool: ...

    def labelled(self, actor: Actor, namespace: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Name and labels of every object."""


class ConfigMaps:
    def create(self, actor: Actor, namespace: str, manifest: JsonObject) -> JsonObject:
        return self._put(actor, namespace, manifest, create=True)

    def get(self, actor: Actor, namespace: str, name: str, *, whole: bool) -> JsonObject:
        return _config_map(config_entries.get_config_map(actor, namespace, name), namespace)

    def change(self, actor: Actor, namespace: str, name: str, change: Change) -> JsonObject:
        found = self.get(actor, namespace, name, whole=True)
        return self._put(actor, namespace, _same_name(change(found), name), create=False)

    def delete(self, actor: Actor, namespace: str, name: str) -> bool:
        config_entries.delete_config_map(actor, namespace, name)
        return True

    def labelled(self, actor: Actor, namespace: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        for row in config_entries.list_config_maps(actor, namespace):
            yield row.name, row.labels

    @staticmethod
    def _put(actor: Actor, namespace: str, manifest: JsonObject, *, create: bool) -> JsonObject:
        metadata = manifest["metadata"]
        row = config_entries.put_config_map(
            actor,
            namespace,
            metadata["name"],
            _texts(manifest.get("data")),
            labels=_texts(metadata.get("labels")),
            annotations=_texts(metadata.get("annotations")),
            create=create,
            update=not create,
        )
        return _config_map(row, namespace)


class Secrets:
    """Values go in and never come out."""

    def create(self, actor: Actor, namespace: str, manifest: JsonObject) -> JsonObject:
        return self._put(actor, namespace, manifest, secret_values(manifest), create=True)

    def get(self, actor: Actor, namespace: str, name: str, *, whole: bool) -> JsonObject:
        return _secret(secrets.get_secret(actor, namespace, name), namespace)

    def change(self, actor: Actor, namespace: str, name: str, change: Change) -> JsonObject:
        found = self.get(actor, namespace, name, whole=True)
        changed = _same_name(change(found), name)
        kept = {key for key, value in (changed.get("data") or {}).items() if value == HIDDEN}
        new = secret_values(
            {**changed, "data": {k: v for k, v in (changed.get("data") or {}).items() if k not in kept}}
        )
        before = read_secret(namespace, name) or {}
        values = {key: before[key] for key in kept if key in before} | new
        return self._put(actor, namespace, changed, values, create=False)

    def delete(self, actor: Actor, namespace: str, name: str) -> bool:
        secrets.delete_secret(actor, namespace, name)
        return True

    def labelled(self, actor: Actor, namespace: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        for row in secrets.list_secrets(actor, namespace):
            yield row.name, row.labels

    @staticmethod
    def _put(
        actor: Actor, namespace: str, manifest: JsonObject, values: Mapping[str, bytes], *, create: bool
    ) -> JsonObject:
        metadata = manifest["metadata"]
        row = secrets.put_secret(
            actor,
            namespace,
            metadata["name"],
            values,
            labels=_texts(metadata.get("labels")),
            kind=str(manifest.get("type") or secrets.OPAQUE),
            create=create,
            update=not create,
        )
        return _secret(row, namespace)


class VolumeClaims:
    """Kept by the executor; of one that is there labels and annotations can change, as in Kubernetes."""

    def create(self, actor: Actor, namespace: str, manifest: JsonObject) -> JsonObject:
        return claims.create_claim(actor, namespace, manifest["metadata"]["name"], manifest)

    def get(self, actor: Actor, namespace: str, name: str, *, whole: bool) -> JsonObject:
        return claims.get_claim(actor, namespace, name)

    def change(self, actor: Actor, namespace: str, name: str, change: Change) -> JsonObject:
        changed = _same_name(change(self.get(actor, namespace, name, whole=True)), name)
        return claims.relabel_claim(actor, namespace, name, changed)

    def delete(self, actor: Actor, namespace: str, name: str) -> bool:
        claims.delete_claim(actor, namespace, name)
        return True

    def labelled(self, actor: Actor, namespace: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        for manifest in claims.list_claims(actor, namespace):
            yield manifest["metadata"]["name"], manifest["metadata"]["labels"]


class Workflows:
    """A Workflow that is created is a run that begins; of a run only the control fields can change."""

    def create(self, actor: Actor, namespace: str, manifest: JsonObject) -> JsonObject:
        [run] = submit(actor, namespace=namespace, text=manifest)
        return show_summary(runs.get_run(actor, run.uid), Access(actor))

    def get(self, actor: Actor, namespace: str, name: str, *, whole: bool) -> JsonObject:
        record = runs.get_run_by_name(actor, namespace, name)
        return (show_workflow if whole else show_summary)(record, Access(actor))

    def change(self, actor: Actor, namespace: str, name: str, change: Change) -> JsonObject:
        found = self.get(actor, namespace, name, whole=True)
        wanted = _same_name(change(found), name)
        self._steer(actor, found, wanted)
        return self.get(actor, namespace, name, whole=False)

    def delete(self, actor: Actor, namespace: str, name: str) -> bool:
        record = runs.get_run_by_name(actor, namespace, name)
        if record.run.phase not in RUN_FINISHED:
            if record.run.shutdown != "Terminate":
                control.terminate(actor, record.run.uid)
            return False
        try:
            retention.delete_run(actor, record.run.uid)
        except ConflictError:
            return False
        return True

    def labelled(self, actor: Actor, namespace: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        cursor, seen = "", 0
        while seen < _MOST_RUNS:
            page = runs.list_runs(actor, RunFilter(namespaces=[namespace]), limit=500, cursor=cursor)
            for record in page.runs:
                seen += 1
                yield record.run.name, record.run.labels
            if page.next_cursor is None:
                return
            cursor = page.next_cursor

    @staticmethod
    def _steer(actor: Actor, found: JsonObject, wanted: JsonObject) -> None:
        """What of a difference is a wish that the engine can carry out."""
        uid = found["metadata"]["uid"]
        before, after = found.get("spec") or {}, wanted.get("spec") or {}
        names = ("suspend", "shutdown")
        if _without(before, names) != _without(after, names) or _metadata(found) != _metadata(wanted):
            raise UserError(
                "of a Workflow that was created only spec.suspend and spec.shutdown can be changed here",
                code="not-changeable",
            )
        if after.get("shutdown") and after.get("shutdown") != before.get("shutdown"):
            end = {"Stop": control.stop, "Terminate": control.terminate}.get(after["shutdown"])
            if end is None:
                raise UserError(f"spec.shutdown is Stop or Terminate, not {after['shutdown']!r}")
            end(actor, uid)
        elif bool(after.get("suspend")) != bool(before.get("suspend")):
            (control.suspend if after.get("suspend") else control.resume)(actor, uid)


class Templates:
    """WorkflowTemplates and CronWorkflows; each change makes a revision."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def create(self, actor: Actor, namespace: str, manifest: JsonObject) -> JsonObject:
        return self._store(actor, namespace, manifest, Edit(update=False))

    def get(self, actor: Actor, namespace: str, name: str, *, whole: bool) -> JsonObject:
        row = templates.get_template(actor, kind=self._kind, name=name, namespace=namespace)
        return _template(row.manifest, namespace, row.created_at)

    def change(self, actor: Actor, namespace: str, name: str, change: Change) -> JsonObject:
        row = templates.get_template(actor, kind=self._kind, name=name, namespace=namespace)
        changed = _same_name(change(row.manifest), name)
        return self._store(actor, namespace, changed, Edit(create=False, expected=row.revision))

    def delete(self, actor: Actor, namespace: str, name: str) -> bool:
        templates.delete_template(actor, kind=self._kind, name=name, namespace=namespace)
        return True

    def labelled(self, actor: Actor, namespace: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        for row in templates.list_templates(actor, namespace=namespace, kind=self._kind):
            yield row.name, row.labels

    @staticmethod
    def _store(actor: Actor, namespace: str, manifest: JsonObject, edit: Edit) -> JsonObject:
        [row] = templates.store_text(actor, namespace=namespace, text=manifest, edit=edit)
        return _template(row.manifest, namespace, row.created_at)


OBJECT_KINDS: Final[Mapping[str, ObjectKind]] = {
    "ConfigMap": ConfigMaps(),
    "Secret": Secrets(),
    "PersistentVolumeClaim": VolumeClaims(),
    "Workflow": Workflows(),
    "WorkflowTemplate": Templates("WorkflowTemplate"),
    "CronWorkflow": Templates("CronWorkflow"),
}


def _config_map(row: ConfigEntry, namespace: str) -> JsonObject:
    metadata = {
        "name": row.name,
        "namespace": namespace,
        "labels": row.labels,
        "annotations": row.annotations,
    }
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": dict(row.data)}


def _secret(row: Secret, namespace: str) -> JsonObject:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": row.name, "namespace": namespace, "labels": row.labels},
        "type": row.type,
        "data": dict.fromkeys(row.data, HIDDEN),
    }


def _template(manifest: JsonObject, namespace: str, created_at: int) -> JsonObject:
    metadata = {
        **manifest["metadata"],
        "namespace": namespace,
        "creationTimestamp": rfc3339(created_at),
    }
    return {**manifest, "metadata": metadata}


def _same_name(manifest: JsonObject, name: str) -> JsonObject:
    metadata = manifest.get("metadata")
    given = metadata.get("name") if isinstance(metadata, dict) else None
    if given != name:
        raise UserError(f"the name of an object cannot be changed from {name!r} to {given!r}")
    return manifest


def _texts(values: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in (values or {}).items()}


def _without(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in names}


def _metadata(workflow: JsonObject) -> tuple[dict[str, str], dict[str, str]]:
    metadata = workflow.get("metadata") or {}
    return _texts(metadata.get("labels")), _texts(metadata.get("annotations"))
