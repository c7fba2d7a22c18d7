"""Templates that do something themselves. Not for steps and DAGs. Source: Argo's `validateLeaf`."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from workflows.spec import codes
from workflows.spec.arguments import Arguments, Artifact, Inputs, Parameter
from workflows.spec.durations import is_whole_number
from workflows.spec.lint.containers import check_container_set, check_sidecars
from workflows.spec.lint.expressions import check_expression
from workflows.spec.lint.resources import check_resource
from workflows.spec.lint.scope import check_tags
from workflows.spec.lint.walk import Visit, Walk
from workflows.spec.template import Template
from workflows.spec.value import JsonObject


def check_leaf(walk: Walk, visit: Visit) -> None:
    template = visit.template
    argo = f"templates.{template.name}: "
    check_tags(walk.report, _without_given_inputs(visit), visit.scope, visit.path, argo=argo)
    check_tags(walk.report, template.inputs, visit.scope, (*visit.path, "inputs"), argo=argo, required=False)
    kind = _KINDS.get(template.kind)
    if kind is not None:
        kind(walk, visit)
    check_sidecars(walk.report, template, visit.path)
    _check_deadline(walk, visit)
    if template.parallelism is not None:
        said = f"templates.{template.name}.parallelism is only valid for steps and dag templates"
        message = "`parallelism` is only possible in steps and DAG templates"
        walk.report.error(codes.NOT_ALLOWED_HERE, message, (*visit.path, "parallelism"), argo=said)


def _without_given_inputs(visit: Visit) -> Template:
    """The template without what its caller's arguments replace: Argo does not look at tags in that."""
    inputs, given = visit.template.inputs, visit.arguments
    if not inputs.parameters and not inputs.artifacts:
        return visit.template
    parameters = [replace(item, value=_argument(item, given)) for item in inputs.parameters]
    artifacts = [_given_artifact(item, given) for item in inputs.artifacts]
    return replace(visit.template, inputs=Inputs(parameters=parameters, artifacts=artifacts))


def _given_artifact(artifact: Artifact, given: Arguments | None) -> Artifact:
    if given is None:
        return Artifact(name=artifact.name, path=artifact.path)
    passed = next((item for item in given.artifacts if item.name == artifact.name), artifact)
    return replace(passed, path=artifact.path)


def _argument(parameter: Parameter, given: Arguments | None) -> str | None:
    if given is None:
        return None
    return next((item.value for item in given.parameters if item.name == parameter.name), parameter.value)


def _check_container(walk: Walk, visit: Visit) -> None:
    container = visit.template.container
    if container is not None:
        _check_mounts(walk, visit, container)
        _check_image(walk, visit, container, "container")


def _check_script(walk: Walk, visit: Visit) -> None:
    if visit.template.script is not None:
        _check_image(walk, visit, visit.template.script, "script")


def _check_mounts(walk: Walk, visit: Visit, container: JsonObject) -> None:
    """No two volumes or artifacts in one place."""
    template = visit.template
    taken: dict[str, str] = {}
    for index, mount in enumerate(container.get("volumeMounts", ())):
        place = str(mount.get("mountPath", ""))
        argo = f"templates.{template.name}.container.volumeMounts[{index}].mountPath"
        _take(walk, taken, place, argo, (*visit.path, "container", "volumeMounts", index, "mountPath"))
        taken[place] = f"container.volumeMounts.{mount.get('name', '')}"
    for index, artifact in enumerate(template.inputs.artifacts):
        place = posixpath.normpath(artifact.path) if artifact.path else ""
        argo = f"templates.{template.name}.inputs.artifacts[{index}].path"
        if place:
            _take(walk, taken, place, argo, (*visit.path, "inputs", "artifacts", index, "path"))
            taken[place] = f"inputs.artifacts.{artifact.name}"


def _take(walk: Walk, taken: Mapping[str, str], place: str, argo: str, path: tuple[str | int, ...]) -> None:
    if place in taken:
        message = f"{place!r} is already the place of {taken[place]}"
        said = f"{argo} '{place}' already mounted in {taken[place]}"
        walk.report.error(codes.PATH_TAKEN, message, path, argo=said)


def _check_image(walk: Walk, visit: Visit, container: JsonObject, field: str) -> None:
    if container.get("image"):
        return
    defaults = visit.holder.spec.template_defaults
    default = getattr(defaults, field) if defaults is not None else None
    if default is None or not default.get("image"):
        said = f"templates.{visit.template.name}.{field}.image may not be empty"
        walk.report.error(codes.MISSING_FIELD, f"`{field}` needs an `image`", (*visit.path, field), argo=said)


def _check_deadline(walk: Walk, visit: Visit) -> None:
    deadline = visit.template.active_deadline_seconds
    if deadline is None:
        return
    number = int(deadline) if isinstance(deadline, int) or is_whole_number(deadline) else None
    if (number is not None and number >= 0) or (number is None and "{{" in str(deadline)):
        return
    said = (
        f"templates.{visit.template.name}.activeDeadlineSeconds must be a positive integer > 0"
        " or an argo variable"
    )
    message = f"`activeDeadlineSeconds` must be a number of seconds or a tag, not {str(deadline)[:60]!r}"
    walk.report.error(codes.BAD_NUMBER, message, (*visit.path, "activeDeadlineSeconds"), argo=said)


def _check_http(walk: Walk, visit: Visit) -> None:
    http = visit.template.http
    if http is not None:
        if not http.url:
            walk.report.error(codes.MISSING_FIELD, "`http` needs a `url`", (*visit.path, "http"))
        check_expression(walk.report, http.success_condition, (*visit.path, "http", "successCondition"))


def _check_data(walk: Walk, visit: Visit) -> None:
    data = visit.template.data
    for index, step in enumerate(data.transformation if data is not None else ()):
        at = (*visit.path, "data", "transformation", index, "expression")
        check_expression(walk.report, step.expression, at)


def _check_plugin(walk: Walk, visit: Visit) -> None:
    plugin = visit.template.plugin
    if plugin is not None and len(plugin) != 1:
        message = f"`plugin` needs exactly one entry, the plugin's name, and has {len(plugin)}"
        argo = f"expected exactly one key, got {len(plugin)}"
        walk.report.error(codes.WRONG_TYPE, message, (*visit.path, "plugin"), argo=argo)


_KINDS: Final[dict[str, Callable[[Walk, Visit], Any]]] = {
    "container": _check_container,
    "container_set": check_container_set,
    "script": _check_script,
    "resource": check_resource,
    "http": _check_http,
    "data": _check_data,
    "plugin": _check_plugin,
}


def is_agent_kind(template: Template) -> bool:
    """Whether the template makes no pod of its own but runs beside others."""
    return template.kind in ("http", "plugin")
