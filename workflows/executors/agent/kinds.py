"""Which templates the agent carries out, what it needs for each kind, and what it cannot honour of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from workflows.artifacts import (
    Surroundings,
    load_input,
    open_driver,
    read_delivery,
    read_location,
)
from workflows.engine.messages import JsonObject, Kill, Launch
from workflows.executors.agent.data_work import DataWork, OpenSurroundings
from workflows.executors.agent.http_work import HTTPWork
from workflows.executors.agent.kubectl import read_flags
from workflows.executors.agent.objects import KINDS, Hear, ObjectStore, Requester, kind_by_word
from workflows.executors.agent.plugin_work import Plugins, PluginWork
from workflows.executors.agent.resource_work import ResourceWork
from workflows.executors.agent.settings import AgentSettings
from workflows.executors.agent.work import Ending, Failed, Note, Work, failed_node, failed_pod
from workflows.executors.base import ReadObject, no_objects
from workflows.spec import parse_documents
from workflows.spec.lint.tags import replace_tags

#: fields of templates, the first found decides
_FIELDS: Final = ("http", "plugin", "resource", "data")
#: what the engine does, and what only says where and with what a pod would run
_FINE: Final = frozenset(
    {
        "name", "inputs", "outputs", "activeDeadlineSeconds", "affinity", "annotations", "archiveLocation",
        "automountServiceAccountToken", "executor", "failFast", "memoize", "metadata", "metrics",
        "nodeSelector", "parallelism", "podResources", "podSpecPatch", "priority", "priorityClassName",
        "retryStrategy", "schedulerName", "securityContext", "serviceAccountName", "synchronization",
        "timeout", "tolerations",
    }
)  # fmt: skip
_MAX_MANIFEST: Final = 10 * 1024 * 1024


def kind_of(template: JsonObject) -> str:
    """The field by which the agent knows the template as its own, "" for those of other executors."""
    return next((name for name in _FIELDS if template.get(name) is not None), "")


class Kinds:
    """Makes the work of orders. Without a store there are no objects, without surroundings no artifacts."""

    def __init__(
        self,
        settings: AgentSettings,
        *,
        secrets: ReadObject = no_objects,
        store: ObjectStore | None = None,
        surroundings: OpenSurroundings | None = None,
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._store = store
        self._surroundings = surroundings or _no_surroundings
        self._plugins = Plugins(settings.plugins)

    def make(self, order: Launch, note: Note) -> Work:
        """Raises Failed."""
        match kind_of(order.template):
            case "http":
                return HTTPWork(order, note, self._settings, self._secrets)
            case "plugin":
                return PluginWork(order, note, self._settings, self._plugins)
            case "data":
                return DataWork(order, note, self._settings, self._surroundings)
            case "resource" if self._store is not None:
                return ResourceWork(order, note, self._settings, self._store, self._read_manifest)
            case "resource":
                raise Failed("this server keeps no objects")
        raise Failed("the agent does not know this kind of template")

    def failed(self, order: Launch, message: str) -> Ending:
        """The end of an order whose work could not be made."""
        is_pod = kind_of(order.template) in ("resource", "data")
        return failed_pod(message) if is_pod else failed_node(message)

    def unsupported(self, template: JsonObject) -> list[str]:
        found = [
            name
            for name, value in template.items()
            if name not in _FINE and name not in _FIELDS and value not in (None, "", [], {}, False)
        ]
        return sorted(found) + _unsupported_objects(template.get("resource") or {})

    def end_elsewhere(self, order: Kill) -> None:
        """An attempt that another process may have begun: what it created is ended all the same."""
        if order.kind == "resource" and self._store is not None:
            self._store.stop_created(
                Requester(order.run_uid, "", order.namespace, order.node_id, order.attempt)
            )

    def watch(self, hear: Hear) -> Callable[[], None]:
        return self._store.watch(hear) if self._store is not None else lambda: None

    def run_deleted(self, run_uid: str, namespace: str) -> None:
        self._plugins.forget(run_uid)
        if self._store is not None:
            self._store.run_deleted(run_uid, namespace)

    def _read_manifest(self, order: Launch, name: str) -> str:
        artifacts = (order.template.get("inputs") or {}).get("artifacts") or ()
        artifact = next((each for each in artifacts if each.get("name") == name), None)
        location = read_location(artifact) if artifact is not None else None
        if artifact is None or location is None:
            raise Failed(f"the artifact {name!r} of manifestFrom was not delivered")
        driver = open_driver(location, self._surroundings(order.namespace))
        with tempfile.TemporaryDirectory(prefix="sluice-agent-") as folder:
            target = Path(folder, "manifest")
            load_input(driver, location.key, target, read_delivery(artifact))
            if not target.is_file() or target.stat().st_size > _MAX_MANIFEST:
                raise Failed(f"the artifact {name!r} of manifestFrom is no file of at most 10 MiB")
            return target.read_text(errors="replace")


def _no_surroundings(namespace: str) -> Surroundings:
    raise Failed("this server has no artifact stores")


def _unsupported_objects(resource: Any) -> list[str]:
    """Kinds that only a cluster has, as far as they are known before tags are resolved."""
    word = _kind_in_flags(resource)
    if word and "{{" not in word and kind_by_word(word) is None:
        return [f"resource.flags (objects of kind {word[:80]} need a cluster)"]
    text = str(resource.get("manifest") or "")
    documents = parse_documents(replace_tags(text, lambda _: "x")) if text else []
    raw = documents[0].raw if len(documents) == 1 else None
    kind = str((raw or {}).get("kind") or "")
    if not kind or kind in KINDS or "{{" in _line_of_kind(text):
        return []
    return [f"resource.manifest (objects of kind {kind[:80]} need a cluster)"]


def _kind_in_flags(resource: Any) -> str:
    try:
        words = read_flags([str(flag) for flag in resource.get("flags") or ()]).words
    except Failed:
        # Told when it runs: a tag may still make a flag of it.
        return ""
    return words[0].partition("/")[0] if words else ""


def _line_of_kind(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip().startswith(("kind:", '"kind":'))), "")
