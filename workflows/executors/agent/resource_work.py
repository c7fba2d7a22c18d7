"""resource templates: kubectl's actions on objects that Sluice keeps itself, conditions, outputs.

Source: Argo's `ExecResource`, `WaitResource`, `SaveResourceParameters`. Not for the objects, see `objects`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from workflows.engine.messages import JsonObject, Launch
from workflows.errors import EnvironmentFault, NotFoundError, SluiceError
from workflows.executors.agent.conditions import judge, parse_selector
from workflows.executors.agent.jq import run_filter
from workflows.executors.agent.json_path import render
from workflows.executors.agent.kubectl import CommandLine, no_such_kind, read_flags, worded
from workflows.executors.agent.objects import KINDS, Kind, ObjectStore, Requester, kind_by_word
from workflows.executors.agent.patches import merged, patched, strategically_merged
from workflows.executors.agent.settings import AgentSettings
from workflows.executors.agent.work import Ending, Failed, Note, Pause, failed_pod, succeeded_pod
from workflows.spec import parse_documents

_NO_MORE: Final = "no more retries "
_GONE: Final = "The resource has been deleted while its status was still being checked. Will not be retried: "
_TRIES: Final = 5

#: reads the text of the input artifact of that name
ReadManifest = Callable[[Launch, str], str]


class ResourceWork:
    """First the action, then waiting until a condition holds, then the outputs."""

    is_slow = False

    def __init__(
        self,
        order: Launch,
        note: Note,
        settings: AgentSettings,
        store: ObjectStore,
        read_manifest: ReadManifest,
    ) -> None:
        self._order = order
        self._note = note
        self._settings = settings
        self._store = store
        self._read_manifest = read_manifest
        self._template: dict[str, Any] = order.template["resource"]
        self._by = Requester(order.run_uid, order.run_name, order.namespace, order.node_id, order.attempt)
        self._action = str(self._template.get("action") or "")
        self._kind: Kind | None = None
        self._name = ""
        self._uid = ""
        self._tries = 0

    def advance(self) -> Ending | Pause:
        try:
            return self._advance()
        except EnvironmentFault as fault:
            self._tries += 1
            if self._tries >= _TRIES:
                raise
            self._note(f"{fault}; trying again")
            return Pause(0.2 * 2.0**self._tries)

    def _advance(self) -> Ending | Pause:
        if self._kind is None:
            done = self._act()
            if isinstance(done, Pause) or done is None:
                return done or succeeded_pod()
        if not self._holds():
            return Pause(self._settings.poll_seconds, topic=self._uid)
        return succeeded_pod(parameters=self._outputs())

    def failed(self, message: str) -> Ending:
        self._note(message)
        return failed_pod(message)

    def limit(self) -> None:
        return None

    def cancel(self) -> None:
        """Nothing blocks for long."""

    def killed(self) -> None:
        if self._action == "create":
            self._store.stop_created(self._by)

    # --- the action --------------------------------------------------------------------------------

    def _act(self) -> JsonObject | Pause | None:
        """The object worked on, None when there is none to look at afterwards."""
        line = read_flags([str(flag) for flag in self._template.get("flags") or ()])
        if line.namespace and line.namespace != self._order.namespace:
            raise Failed(f"{_NO_MORE}Error from server (Forbidden): other namespaces cannot be reached")
        text = self._manifest()
        if not text and not (line.words or line.selector):
            raise Failed("Must provide at least one of flags or manifest.")
        if self._action == "delete":
            return self._delete(line, text)
        is_patch_of_named = self._action == "patch" and bool(line.words)
        manifest = {} if is_patch_of_named or not text else _object_of(text)
        kind, name = self._target(line, manifest)
        self._note(f"{self._action} {kind.full} {name or manifest['metadata'].get('generateName', '')}")
        try:
            found = self._carry_out(kind, name, manifest, text)
        except EnvironmentFault:
            raise
        except SluiceError as fault:
            raise Failed(_NO_MORE + worded(fault, self._action, kind, name, self._order.namespace)) from fault
        self._kind, self._name = kind, str(found["metadata"]["name"])
        self._uid = str(found["metadata"].get("uid") or "")
        self._note(f"{kind.full} {self._name}")
        return found

    def _manifest(self) -> str:
        source = (self._template.get("manifestFrom") or {}).get("artifact")
        if source is not None:
            return self._read_manifest(self._order, str(source.get("name") or ""))
        return str(self._template.get("manifest") or "")

    def _target(self, line: CommandLine, manifest: JsonObject) -> tuple[Kind, str]:
        """Kind and name, "" for a name to be generated."""
        if not manifest:
            return _named(line)
        api_version, word = str(manifest.get("apiVersion") or ""), str(manifest.get("kind") or "")
        metadata = manifest.get("metadata") or {}
        name = str(metadata.get("name") or "")
        kind = KINDS.get(word)
        if kind is None or kind.api_version != api_version:
            raise Failed(_NO_MORE + no_such_kind(api_version, name, word))
        if metadata.get("namespace") not in (None, "", self._order.namespace):
            raise Failed(f"{_NO_MORE}Error from server (Forbidden): other namespaces cannot be reached")
        if not name and not (self._action == "create" and metadata.get("generateName")):
            if metadata.get("generateName"):
                raise Failed(
                    f"{_NO_MORE}error: from {metadata['generateName']}: cannot use generate name with apply"
                )
            raise Failed(f"{_NO_MORE}error: resource name may not be empty")
        return kind, name

    def _carry_out(self, kind: Kind, name: str, manifest: JsonObject, text: str) -> JsonObject:
        store, by = self._store, self._by
        match self._action:
            case "get":
                return store.get(by, kind.name, name, whole=False)
            case "create":
                return store.create(by, manifest, owned=self._is_owned())
            case "apply":
                try:
                    return store.change(by, kind.name, name, lambda found: merged(found, manifest))
                except NotFoundError:
                    return store.create(by, manifest, owned=self._is_owned())
            case "replace":
                return store.change(by, kind.name, name, lambda _: manifest)
            case "patch":
                return store.change(by, kind.name, name, self._patch(text))
        raise Failed(f"unknown action {self._action!r}")

    def _is_owned(self) -> bool:
        return bool(self._template.get("setOwnerReference"))

    def _patch(self, text: str) -> Callable[[JsonObject], JsonObject]:
        strategy = str(self._template.get("mergeStrategy") or "strategic")
        patch = _value_of(text)
        if strategy == "json":
            return lambda found: dict(patched(found, patch))
        if not isinstance(patch, dict):
            raise Failed(f"{_NO_MORE}error: unable to parse the patch: it is no object")
        if strategy == "merge":
            return lambda found: dict(merged(found, patch))
        return lambda found: strategically_merged(found, patch)

    def _delete(self, line: CommandLine, text: str) -> Pause | None:
        template = self._template
        if (
            template.get("successCondition")
            or template.get("failureCondition")
            or (self._order.template.get("outputs") or {}).get("parameters")
        ):
            raise Failed("successCondition, failureCondition and outputs are not supported for delete action")
        kind, names = self._to_delete(line, text)
        try:
            gone = [self._is_gone(kind, name) for name in names]
        except EnvironmentFault:
            raise
        except SluiceError as fault:
            raise Failed(_NO_MORE + worded(fault, "delete", kind, "", self._order.namespace)) from fault
        return None if all(gone) else Pause(min(1.0, self._settings.poll_seconds))

    def _to_delete(self, line: CommandLine, text: str) -> tuple[Kind, list[str]]:
        if line.selector or line.all_of_kind:
            kind = _kind_of(line)
            return kind, self._store.names(self._by, kind.name, _matcher(line))
        kind, name = self._target(line, _object_of(text) if text else {})
        return kind, [name]

    def _is_gone(self, kind: Kind, name: str) -> bool:
        """What is not there is as good as deleted: Argo gives kubectl ``--ignore-not-found``."""
        try:
            gone = self._store.delete(self._by, kind.name, name)
        except NotFoundError:
            return True
        if gone:
            self._note(f"{kind.full} {name} deleted")
        return gone

    # --- conditions and outputs --------------------------------------------------------------------

    def _holds(self) -> bool:
        conditions = [self._template.get(name) or "" for name in ("successCondition", "failureCondition")]
        if not any(conditions):
            return True
        success, failure = (
            _parsed(what, str(text)) for what, text in zip(("success", "fail"), conditions, strict=True)
        )
        whole = any(req.key.startswith(("spec", "status.nodes")) for req in [*success, *failure])
        return judge(self._look(whole=whole), success, failure)

    def _look(self, *, whole: bool) -> JsonObject:
        kind = self._kind or KINDS["Workflow"]
        try:
            return self._store.get(self._by, kind.name, self._name, whole=whole)
        except NotFoundError as fault:
            raise Failed(f"{_GONE}{kind.full} {self._name!r} not found") from fault

    def _outputs(self) -> Mapping[str, str]:
        declared = (self._order.template.get("outputs") or {}).get("parameters") or ()
        wanted = [
            (str(entry["name"]), source)
            for entry in declared
            if (source := entry.get("valueFrom") or {}) and (source.get("jsonPath") or source.get("jqFilter"))
        ]
        if not wanted:
            return {}
        found = self._look(whole=True)
        return {
            name: render(str(source["jsonPath"]), found)
            if source.get("jsonPath")
            else run_filter(str(source["jqFilter"]), found)
            for name, source in wanted
        }


def _parsed(what: str, text: str) -> Any:
    try:
        return parse_selector(text)
    except Failed as fault:
        raise Failed(f"{what} condition '{text}' failed to parse: {fault}") from fault


def _object_of(text: str) -> JsonObject:
    documents = parse_documents(text)
    if len(documents) > 1:
        raise Failed(f"{_NO_MORE}error: a resource template works on one object, not {len(documents)}")
    if not documents or documents[0].raw is None:
        reason = documents[0].problems[0].message if documents else "it is empty"
        raise Failed(f"{_NO_MORE}error: error parsing /tmp/manifest.yaml: {reason}")
    return {"metadata": {}, **documents[0].raw}


def _value_of(text: str) -> Any:
    """A patch: any value, not only an object, and null stays null."""
    wrapped = parse_documents(f"patch:\n{_indented(text)}")
    raw = wrapped[0].raw if wrapped else None
    if raw is None or "patch" not in raw:
        raise Failed(f"{_NO_MORE}error: unable to parse the patch")
    return raw["patch"]


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _named(line: CommandLine) -> tuple[Kind, str]:
    """From ``KIND NAME`` or ``KIND/NAME`` on the command line."""
    words = line.words[0].split("/", 1) if line.words and "/" in line.words[0] else list(line.words)
    if len(words) != 2:
        raise Failed(f"{_NO_MORE}error: resource(s) were provided, but no name was specified")
    return _kind_of(line), words[1]


def _kind_of(line: CommandLine) -> Kind:
    word = line.words[0].partition("/")[0] if line.words else ""
    kind = kind_by_word(word)
    if kind is None:
        raise Failed(f'{_NO_MORE}error: the server doesn\'t have a resource type "{word}"')
    return kind


def _matcher(line: CommandLine) -> Callable[[Mapping[str, str]], bool]:
    return lambda labels: all(
        requirement.matches(labels.get(requirement.key)) for requirement in line.selector
    )
