"""Container sets, sidecars and init containers. Not for what Kubernetes checks in a container.

Source: Argo's `ContainerSetTemplate.Validate` and `validateLeaf`.
"""

from __future__ import annotations

from typing import Final

from workflows.spec import codes
from workflows.spec.durations import DurationError, parse_go_duration
from workflows.spec.lint.names import check_names
from workflows.spec.lint.report import Report
from workflows.spec.lint.walk import Visit, Walk
from workflows.spec.marks import Path
from workflows.spec.template import ContainerSetTemplate, Template

_RESERVED: Final = ("wait", "supervisor")
_RESERVED_PREFIX: Final = "artifact-plugin-"


def is_reserved(name: str) -> bool:
    """Whether the name belongs to a container the engine may add to a pod."""
    return name in _RESERVED or name.startswith(_RESERVED_PREFIX)


def check_sidecars(report: Report, template: Template, path: Path) -> None:
    for index, sidecar in enumerate(template.sidecars):
        name = str(sidecar.get("name", ""))
        if is_reserved(name):
            said = f'templates.{template.name}.sidecars: "{name}" is a reserved Argo container name'
            at = (*path, "sidecars", index, "name")
            report.error(codes.RESERVED_NAME, f"the container name {name!r} is reserved", at, argo=said)


def check_init_containers(report: Report, template: Template, path: Path) -> None:
    for index, container in enumerate(template.init_containers):
        if not container.get("name"):
            at = (*path, "initContainers", index)
            said = "initContainers must all have container name"
            report.error(codes.MISSING_NAME, "an init container needs a name", at, argo=said)


def check_container_set(walk: Walk, visit: Visit) -> None:
    template, report = visit.template, walk.report
    containers = template.container_set
    if containers is None:
        return
    argo, path = f"templates.{template.name}.containerSet.", (*visit.path, "containerSet")
    if not containers.containers:
        message = "a container set needs at least one container"
        report.error(
            codes.MISSING_FIELD, message, path, argo=f"{argo}containers must have at least one container"
        )
        return
    names = [str(item.get("name", "")) for item in containers.containers]
    check_names(report, names, (*path, "containers"), f"{argo}containers", parameters=False)
    _check_mounts(report, containers, path, argo)
    _check_dependencies(report, containers, names, path, argo)
    inputs, outputs = template.inputs, template.outputs
    if (inputs.artifacts or outputs.parameters or outputs.artifacts) and "main" not in names:
        said = f'{argo}containers must have a container named "main" for input or output'
        message = "a container set with artifacts or outputs needs a container named main"
        report.error(codes.MISSING_NAME, message, (*path, "containers"), argo=said)
    for index, name in enumerate(names):
        if is_reserved(name):
            said = f'{argo}containers: "{name}" is a reserved Argo container name'
            at = (*path, "containers", index, "name")
            report.error(codes.RESERVED_NAME, f"the container name {name!r} is reserved", at, argo=said)
    _check_retry(report, containers, path)


def _check_mounts(report: Report, containers: ContainerSetTemplate, path: Path, argo: str) -> None:
    taken: dict[str, str] = {}
    for index, mount in enumerate(containers.volume_mounts):
        place = str(mount.get("mountPath", ""))
        if place in taken:
            said = f"{argo}volumeMounts[{index}].mountPath '{place}' already mounted in {taken[place]}"
            at = (*path, "volumeMounts", index, "mountPath")
            report.error(codes.PATH_TAKEN, f"{place!r} is already the place of {taken[place]}", at, argo=said)
        taken[place] = f"volumeMounts.{mount.get('name', '')}"


def _check_dependencies(
    report: Report, containers: ContainerSetTemplate, names: list[str], path: Path, argo: str
) -> None:
    needs = {
        name: list(item.get("dependencies", ()))
        for name, item in zip(names, containers.containers, strict=True)
    }
    for index, name in enumerate(names):
        for other in needs[name]:
            if other not in needs:
                said = f"{argo}containers.{name} dependency '{other}' not defined"
                message = f"the container {name!r} waits for {other!r}, which does not exist"
                at = (*path, "containers", index, "dependencies")
                report.error(codes.UNKNOWN_DEPENDENCY, message, at, argo=said)
    trail = _cycle({name: needs[name] for name in sorted(needs)})
    if trail:
        cycle = trail[trail.index(trail[-1]) :]
        message = f"containers wait for each other: {' -> '.join(cycle)}"
        said = f"{argo}containers dependency cycle detected: {'->'.join(trail)}"
        report.error(codes.DEPENDENCY_CYCLE, message, (*path, "containers"), argo=said)


def _cycle(needs: dict[str, list[str]]) -> list[str]:
    """The way into a cycle and once round it, as Argo walks it; empty when there is none."""
    done: set[str] = set()
    for start in needs:
        trail = {start: None}
        iterators = [iter(needs[start])]
        while iterators:
            other = next((name for name in iterators[-1] if name in needs and name not in done), None)
            if other is None:
                iterators.pop()
                done.add(trail.popitem()[0])
            elif other == start:
                way = [*trail][1:]
                return [*way, start, *way[:1]] if way else [start, start]
            elif other in trail:
                return [*[*trail][1:], other]
            else:
                trail[other] = None
                iterators.append(iter(needs[other]))
    return []


def _check_retry(report: Report, containers: ContainerSetTemplate, path: Path) -> None:
    retry = containers.retry_strategy
    if retry is None or not retry.duration or "{{" in retry.duration:
        return
    at = (*path, "retryStrategy", "duration")
    try:
        if parse_go_duration(retry.duration) < 0:
            report.error(codes.BAD_DURATION, "the duration must not be negative", at)
    except DurationError as fault:
        report.error(codes.BAD_DURATION, fault.message, at, remedy="use for instance 30s or 5m")
