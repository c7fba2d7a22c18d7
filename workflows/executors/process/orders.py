"""From a `Launch` order to the message that makes the shepherd carry it out. Pure."""

from __future__ import annotations

from typing import Any

from workflows.engine.messages import JsonObject, Launch
from workflows.executors.process.containers import CannotRunError, build_container, main_container
from workflows.executors.process.names import attempt_folder
from workflows.executors.process.settings import ProcessSettings
from workflows.executors.process.support import is_harmless_patch, unsupported_fields
from workflows.executors.process.volumes import build_mounts, check_path


def build_key(run_uid: str, node_id: str, attempt: int, *, capture_result: bool) -> list[Any]:
    """What the shepherd hands back with every word about the attempt, so that nobody has to remember it."""
    return [run_uid, node_id, attempt, capture_result]


def build_order(order: Launch, settings: ProcessSettings) -> JsonObject:
    """The `Order` message. Raises CannotRunError."""
    _check_support(order)
    template = order.template
    main = main_container(template)
    source = template["script"].get("source") or "" if template.get("script") else None
    inits = [_mirrored(container, main) for container in template.get("initContainers") or ()]
    containers = [build_container(order, container, settings) for container in inits]
    containers.append(build_container(order, main, settings, takes_script=source is not None))
    if len({container["name"] for container in containers}) < len(containers):
        raise CannotRunError("two containers of the template have the same name")
    return {
        "name": attempt_folder(order.run_uid, order.node_id, order.attempt),
        "key": build_key(order.run_uid, order.node_id, order.attempt, capture_result=order.capture_result),
        "containers": containers,
        "outputs": {
            name: check_path(path, f"output parameter '{name}'") for name, path in order.output_paths.items()
        },
        "files": _files(template),
        "mounts": build_mounts(order, [*inits, main]),
        "script": source,
        "deadline_seconds": order.active_deadline_seconds,
    }


def _check_support(order: Launch) -> None:
    fields = unsupported_fields(order.template)
    patch = str(order.pod.get("podSpecPatch") or "")
    if patch and not is_harmless_patch(patch):
        fields.append("spec.podSpecPatch")
    if fields:
        raise CannotRunError(f"local processes do not support {', '.join(fields)}")


def _mirrored(container: JsonObject, main: JsonObject) -> JsonObject:
    """Argo's `mirrorVolumeMounts`: the container also mounts what the main container does."""
    if not container.get("mirrorVolumeMounts"):
        return container
    own = container.get("volumeMounts") or []
    return {**container, "volumeMounts": [*own, *(main.get("volumeMounts") or ())]}


def _files(template: JsonObject) -> dict[str, str]:
    """Input artifacts that bring their contents along."""
    artifacts = (template.get("inputs") or {}).get("artifacts") or ()
    return {
        check_path(str(artifact["path"]), f"input artifact '{artifact['name']}'"): str(
            artifact["raw"].get("data") or ""
        )
        for artifact in artifacts
        if "raw" in artifact and artifact.get("path")
    }
