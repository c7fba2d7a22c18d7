"""From `Launch` orders to messages that make the shepherd carry them out, and to what is fetched before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.engine.messages import JsonObject, Launch
from workflows.executors.process.claims import Claims
from workflows.executors.process.containers import build_container, build_probe, main_containers
from workflows.executors.process.inputs import InputArtifact, plan_inputs
from workflows.executors.process.names import attempt_folder
from workflows.executors.process.object_volumes import OBJECT_KINDS, Files, files_of
from workflows.executors.process.objects import Objects
from workflows.executors.process.refusal import CannotRunError
from workflows.executors.process.settings import ProcessSettings
from workflows.executors.process.support import is_harmless_patch, unsupported_fields
from workflows.executors.process.volumes import (
    build_mounts,
    check_path,
    claim_folders,
    staged_name,
    volumes_of,
)
from workflows.spec import parse_duration

#: more containers in one node than anybody needs
_MAX_CONTAINERS = 100
_MAX_TRIES = 1000


@dataclass(frozen=True, slots=True)
class Built:
    """`message` is the `Order` message; `artifacts`, and `folders` by name, are staged before it is sent."""

    message: JsonObject
    namespace: str
    artifacts: tuple[InputArtifact, ...] = ()
    folders: Mapping[str, Files] | None = None

    @property
    def needs_staging(self) -> bool:
        return bool(self.artifacts or self.folders)


def build_key(run_uid: str, node_id: str, attempt: int, *, capture_result: bool) -> list[Any]:
    """What the shepherd hands back with every word about the attempt, so that nobody has to remember it."""
    return [run_uid, node_id, attempt, capture_result]


def build_order(order: Launch, settings: ProcessSettings, objects: Objects, claims: Claims) -> Built:
    """Raises CannotRunError."""
    _check_support(order)
    template = order.template
    mains = main_containers(template)
    inits = _mirrored(template.get("initContainers"), mains)
    sidecars = _mirrored(template.get("sidecars"), mains)
    inputs = plan_inputs(template, mains)
    everything = [*inits, *mains, *sidecars]
    folders = claim_folders(order, everything, claims)
    message: JsonObject = {
        "name": attempt_folder(order.run_uid, order.node_id, order.attempt),
        "key": build_key(order.run_uid, order.node_id, order.attempt, capture_result=order.capture_result),
        "containers": _containers(order, inits, mains, sidecars, settings, objects),
        "outputs": {
            name: check_path(path, f"output parameter '{name}'") for name, path in order.output_paths.items()
        },
        "files": inputs.files,
        "mounts": [*build_mounts(order, everything, folders), *inputs.mounts],
        "script": template["script"].get("source") or "" if template.get("script") else None,
        "deadline_seconds": order.active_deadline_seconds,
    }
    if inputs.placements:
        message["placements"] = [
            {**each, "claim": folders[each["volume"]]} if each["volume"] in folders else each
            for each in inputs.placements
        ]
    if template.get("daemon") or template.get("containerSet"):
        message["is_watched"] = True
    _add_outputs(message, order)
    return Built(
        message, order.namespace, inputs.artifacts, _object_folders(order, objects, message["mounts"])
    )


def _containers(
    order: Launch,
    inits: Sequence[JsonObject],
    mains: Sequence[JsonObject],
    sidecars: Sequence[JsonObject],
    settings: ProcessSettings,
    objects: Objects,
) -> list[JsonObject]:
    takes_script = bool(order.template.get("script"))
    built = [{**build_container(order, each, settings, objects), "role": "init"} for each in inits]
    for each in mains:
        main = build_container(order, each, settings, objects, takes_script=takes_script)
        if order.template.get("containerSet"):
            main |= _set_fields(each, order.template["containerSet"])
        built.append(main)
    built += [{**build_container(order, each, settings, objects), "role": "sidecar"} for each in sidecars]
    if len(built) > _MAX_CONTAINERS:
        raise CannotRunError(f"the template has {len(built)} containers, more than {_MAX_CONTAINERS}")
    if len({container["name"] for container in built}) < len(built):
        raise CannotRunError("two containers of the template have the same name")
    if order.template.get("daemon"):
        for given, container in zip((*inits, *mains, *sidecars), built, strict=True):
            probe = build_probe(given, container["environment"])
            if probe is not None:
                container["probe"] = probe
    return built


def _set_fields(container: JsonObject, container_set: JsonObject) -> JsonObject:
    """What a container of a set has beyond other containers. As in Argo, `retries` counts all tries."""
    strategy = container_set.get("retryStrategy") or {}
    names = {str(each["name"]) for each in container_set["containers"]}
    dependencies = [str(name) for name in container.get("dependencies") or ()]
    for name in dependencies:
        if name not in names:
            raise CannotRunError(f"container {container['name']} depends on {name}, which is not in the set")
    try:
        tries = min(max(int(strategy.get("retries") or 1), 1), _MAX_TRIES)
    except (TypeError, ValueError):
        raise CannotRunError(f"containerSet.retryStrategy: {strategy['retries']!r} retries") from None
    duration = str(strategy.get("duration") or "")
    return {
        "dependencies": dependencies,
        "tries": tries,
        "pause_seconds": parse_duration(duration) / 1000 if duration else 0,
    }


def _add_outputs(message: JsonObject, order: Launch) -> None:
    """What is to be saved when the containers have ended, for `saving` to read when that is so."""
    template = order.template
    location = template.get("archiveLocation") or {}
    artifacts = [each for each in (template.get("outputs") or {}).get("artifacts") or () if each.get("path")]
    archives_logs = bool(location.get("archiveLogs"))
    if not artifacts and not archives_logs:
        return
    message["artifacts"] = {str(each["name"]): _output_path(each) for each in artifacts}
    message["saving"] = {
        "namespace": order.namespace,
        "artifacts": artifacts,
        "location": location,
        "logs": [each["name"] for each in message["containers"] if each.get("role", "main") == "main"]
        if archives_logs
        else [],
    }


def _output_path(artifact: JsonObject) -> str:
    path = check_path(str(artifact["path"]), f"output artifact '{artifact['name']}'")
    if path == "/":
        raise CannotRunError(f"output artifact '{artifact['name']}': all of / cannot be saved")
    return path


def _object_folders(order: Launch, objects: Objects, mounts: Sequence[JsonObject]) -> dict[str, Files]:
    """Contents of the mounted volumes that are made of Secrets and the like."""
    mounted = {str(mount.get("staged", "")).partition("/")[0] for mount in mounts}
    return {
        staged_name(name): files_of(volume, order, objects)
        for name, volume in volumes_of(order).items()
        if OBJECT_KINDS & set(volume) and staged_name(name) in mounted
    }


def _check_support(order: Launch) -> None:
    fields = unsupported_fields(order.template)
    patch = str(order.pod.get("podSpecPatch") or "")
    if patch and not is_harmless_patch(patch):
        fields.append("spec.podSpecPatch")
    if fields:
        raise CannotRunError(f"local processes do not support {', '.join(fields)}")


def _mirrored(containers: Sequence[JsonObject] | None, mains: Sequence[JsonObject]) -> list[JsonObject]:
    """Argo's `mirrorVolumeMounts`: the container also mounts what the main containers do."""
    theirs = [mount for main in mains for mount in main.get("volumeMounts") or ()]
    return [
        {**container, "volumeMounts": [*(container.get("volumeMounts") or ()), *theirs]}
        if container.get("mirrorVolumeMounts")
        else container
        for container in containers or ()
    ]
