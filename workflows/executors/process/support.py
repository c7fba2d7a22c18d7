"""Which fields of a template local processes cannot honour. Pure.

Three kinds: honoured; of no consequence for what runs (placement, resources, what the engine does); all
others, known today or not, are reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from workflows.executors.process.environment import unknown_variables
from workflows.executors.process.volumes import unsupported_kind
from workflows.spec.yaml import Limits, parse

_TAG = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_PATCH_LIMITS = Limits(bytes=1 << 20, nodes=10_000)

_TEMPLATE_FIELDS = frozenset(
    {
        "name",
        "inputs",
        "outputs",
        "container",
        "script",
        "containerSet",
        "sidecars",
        "initContainers",
        "volumes",
        "daemon",
        "activeDeadlineSeconds",
        "affinity",
        "annotations",
        "archiveLocation",
        "automountServiceAccountToken",
        "executor",
        "failFast",
        "memoize",
        "metadata",
        "metrics",
        "nodeSelector",
        "parallelism",
        "podResources",
        "priority",
        "priorityClassName",
        "retryStrategy",
        "schedulerName",
        "serviceAccountName",
        "synchronization",
        "timeout",
        "tolerations",
    }
)
_CONTAINER_FIELDS = frozenset(
    {
        "name",
        "image",
        "command",
        "args",
        "env",
        "envFrom",
        "dependencies",
        "workingDir",
        "volumeMounts",
        "source",
        "mirrorVolumeMounts",
        "imagePullPolicy",
        "livenessProbe",
        "ports",
        "readinessProbe",
        "resizePolicy",
        "resources",
        "startupProbe",
        "stdin",
        "stdinOnce",
        "terminationMessagePath",
        "terminationMessagePolicy",
        "tty",
    }
)
_HARMLESS_SECURITY = frozenset(
    {
        "allowPrivilegeEscalation",
        "appArmorProfile",
        "fsGroup",
        "fsGroupChangePolicy",
        "procMount",
        "readOnlyRootFilesystem",
        "runAsGroup",
        "runAsNonRoot",
        "runAsUser",
        "seLinuxOptions",
        "seccompProfile",
        "supplementalGroups",
    }
)
_HARMLESS_PATCH = frozenset(
    {
        "affinity",
        "nodeSelector",
        "priorityClassName",
        "schedulerName",
        "serviceAccountName",
        "terminationGracePeriodSeconds",
        "tolerations",
        "topologySpreadConstraints",
    }
)
_HARMLESS_CONTAINER_PATCH = frozenset({"name", "resources", "imagePullPolicy"})


def unsupported_fields(template: Mapping[str, Any]) -> list[str]:
    """Field paths in a stable order; empty when all is well."""
    found = [name for name in template if not _is_fine(name, template)]
    for name in ("container", "script"):
        if template.get(name):
            found += _container(template[name], name)
    for name in ("initContainers", "sidecars"):
        for index, container in enumerate(template.get(name) or ()):
            found += _container(container, f"{name}[{index}]")
    for index, container in enumerate((template.get("containerSet") or {}).get("containers") or ()):
        found += _container(container, f"containerSet.containers[{index}]")
    for index, volume in enumerate(template.get("volumes") or ()):
        kind = unsupported_kind(volume)
        found += [f"volumes[{index}].{kind}"] if kind else []
    return sorted(found)


def unsupported_settings(spec: Mapping[str, Any]) -> list[str]:
    """The same for the spec of a run, its templates left out."""
    found: list[str] = []
    for index, volume in enumerate(spec.get("volumes") or ()):
        kind = unsupported_kind(volume)
        found += [f"volumes[{index}].{kind}"] if kind else []
    found += [
        name for name in ("podSpecPatch", "securityContext") if spec.get(name) and not _is_fine(name, spec)
    ]
    return found + [
        f"templateDefaults.{name}" for name in unsupported_fields(spec.get("templateDefaults") or {})
    ]


def is_harmless_patch(patch: str) -> bool:
    """Does a `podSpecPatch` leave alone what runs? Tags stand for values; what they become is asked again."""
    return all(
        not document.problems and _changes_little(document.value)
        for document in parse(_TAG.sub("0", patch), limits=_PATCH_LIMITS)
    )


def _changes_little(patch: Any) -> bool:
    if not isinstance(patch, dict):
        return patch is None
    containers = patch.get("containers") or ()
    return set(patch) <= _HARMLESS_PATCH | {"containers"} and all(
        isinstance(container, dict) and set(container) <= _HARMLESS_CONTAINER_PATCH
        for container in containers
    )


def _is_fine(name: str, template: Mapping[str, Any]) -> bool:
    value = template[name]
    if name in _TEMPLATE_FIELDS or value in (None, "", [], {}):
        return True
    if name == "podSpecPatch":
        return is_harmless_patch(str(value))
    return name == "securityContext" and not _security(value, "")


def _container(container: Mapping[str, Any], path: str) -> list[str]:
    found = [
        f"{path}.{name}"
        for name, value in container.items()
        if name not in _CONTAINER_FIELDS and name != "securityContext" and value not in (None, "", [], {})
    ]
    found += _security(container.get("securityContext") or {}, f"{path}.securityContext.")
    return found + [f"{path}.env{place}" for place in unknown_variables(container.get("env") or ())]


def _security(context: Mapping[str, Any], prefix: str) -> list[str]:
    found: Iterable[str] = set(context) - _HARMLESS_SECURITY - {"privileged", "capabilities"}
    if context.get("privileged"):
        found = {*found, "privileged"}
    if (context.get("capabilities") or {}).get("add"):
        found = {*found, "capabilities.add"}
    return [f"{prefix}{name}" for name in found]
