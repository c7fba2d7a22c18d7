"""How the runs of an entry come about on a real server: what must be there first, and who starts them.

A run starts by itself, from a stored template, by a schedule's trigger, or by an event, as its entry says.
Not for what happens then.
"""

from __future__ import annotations

import json
import re
from typing import Any

from tests.conformance.corpus import Corpus, Entry
from tests.conformance.server import Server
from workflows.spec import parse_documents

Json = dict[str, Any]

#: places for a lock that a manifest expects in the database of the controller
_LIMIT = 2
_OF_EVENT = re.compile(r"payload\.([a-zA-Z]\w*)")


def prepare(server: Server, corpus: Corpus, entry: Entry, namespace: str) -> None:
    """Store what the entry needs and what its own file holds besides runs. Raises Refused."""
    texts = [(corpus.folder / file).read_text() for file in entry.libraries]
    documents = [raw for text in [*texts, entry.text] for raw in _objects(text)]
    if "event-endpoint" in entry.needs:
        documents += _bindings_of(corpus, entry, documents)
    documents += [_repositories(raw) for raw in documents if "artifactRepositoryRef" in raw.get("spec", {})]
    kept = [raw for raw in documents if _is_stored(raw, entry)]
    if kept:
        server.submit(namespace, "\n---\n".join(map(json.dumps, kept)))
    for raw in documents:
        for key in sorted(_database_keys(raw.get("spec"))):
            server.set_limit(namespace, key, _LIMIT)


def begin(server: Server, corpus: Corpus, entry: Entry, namespace: str) -> list[str]:
    """Uids of the runs of an entry, in the order of its documents. Raises Refused."""
    documents = _objects(entry.text)
    if not entry.about.get("submit"):
        runs = [raw for raw in documents if raw["kind"] == "Workflow"]
        return [uid for raw in runs for uid in server.submit(namespace, json.dumps(raw))]
    stored = next(raw for raw in documents if raw["kind"].endswith(("Template", "CronWorkflow")))
    name = stored["metadata"]["name"]
    if "event-endpoint" in entry.needs:
        binding = _bindings_of(corpus, entry, documents)[0]
        payload = {word: f"some {word}" for word in _OF_EVENT.findall(json.dumps(binding))}
        return server.send_event(namespace, "conformance", payload)
    if stored["kind"] == "CronWorkflow":
        return [server.trigger(namespace, name)]
    reference = {"name": name, "clusterScope": stored["kind"] == "ClusterWorkflowTemplate"}
    run = {
        "apiVersion": stored["apiVersion"],
        "kind": "Workflow",
        "metadata": {"generateName": f"{name}-"},
        "spec": {"workflowTemplateRef": reference},
    }
    return server.submit(namespace, json.dumps(run))


def _objects(text: str) -> list[Json]:
    return [document.raw or {} for document in parse_documents(text)]


def _is_stored(raw: Json, entry: Entry) -> bool:
    """Runs are started later; a schedule is only wanted when it is to start one."""
    return raw["kind"] != "Workflow" and (raw["kind"] != "CronWorkflow" or entry.is_from_schedule)


def _bindings_of(corpus: Corpus, entry: Entry, documents: list[Json]) -> list[Json]:
    """The event bindings beside the entry that submit one of its templates."""
    names = {raw["metadata"].get("name") for raw in documents}
    beside = sorted((corpus.folder / entry.file).parent.glob("*.yaml"))
    found = [raw for path in beside for raw in _objects(path.read_text())]
    return [
        raw
        for raw in found
        if raw.get("kind") == "WorkflowEventBinding"
        and raw["spec"]["submit"]["workflowTemplateRef"]["name"] in names
    ]


def _repositories(raw: Json) -> Json:
    """The artifact repository that a manifest names, as the recorder had one: here, the server's folder."""
    reference = raw["spec"]["artifactRepositoryRef"]
    name = reference.get("configMap", "artifact-repositories")
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name},
        "data": {reference["key"]: "plugin: {name: folder}"},
    }


def _database_keys(value: Any) -> set[str]:
    """Keys of the semaphores of the lock database, wherever they are."""
    if isinstance(value, list):
        return {key for item in value for key in _database_keys(item)}
    if not isinstance(value, dict):
        return set()
    found = {key for item in value.values() for key in _database_keys(item)}
    database = value.get("database")
    return found | {database["key"]} if isinstance(database, dict) and "key" in database else found
