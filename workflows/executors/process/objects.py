"""Values that containers get from Secrets and ConfigMaps: which keys, by Kubernetes' rules.

Nothing here is stored or shown; a message names keys, never values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.executors.base import ReadObject, no_objects
from workflows.executors.process.refusal import CannotRunError

_CONFIG_ERROR = "Pod failed before {} container starts due to CreateContainerConfigError: {}"


@dataclass(frozen=True, slots=True)
class Objects:
    """Where Secrets and ConfigMaps are read."""

    secrets: ReadObject = no_objects
    config_maps: ReadObject = no_objects

    def read(self, kind: str, namespace: str, name: str) -> Mapping[str, bytes] | None:
        """All keys of a ``secret`` or ``configmap``; None when there is none."""
        return (self.secrets if kind == "secret" else self.config_maps)(namespace, name)

    def variable(self, kind: str, namespace: str, source: Mapping[str, Any], container: str) -> str | None:
        """The value of a `secretKeyRef` or `configMapKeyRef`; None for an optional one that is not there.

        Raises CannotRunError.
        """
        name, key = str(source.get("name") or ""), str(source.get("key") or "")
        found = self.read(kind, namespace, name)
        if found is not None and key in found:
            return found[key].decode(errors="replace")
        if source.get("optional"):
            return None
        fault = f'{kind} "{name}" not found'
        if found is not None:
            fault = f"couldn't find key {key} in {_KINDS[kind]} {namespace}/{name}"
        raise CannotRunError(_CONFIG_ERROR.format(container, fault))

    def variables(
        self, kind: str, namespace: str, source: Mapping[str, Any], container: str
    ) -> dict[str, str]:
        """All keys of a `secretRef` or `configMapRef`. Raises CannotRunError."""
        name = str(source.get("name") or "")
        found = self.read(kind, namespace, name)
        if found is None and not source.get("optional"):
            raise CannotRunError(_CONFIG_ERROR.format(container, f'{kind} "{name}" not found'))
        return {key: value.decode(errors="replace") for key, value in (found or {}).items()}


_KINDS = {"secret": "Secret", "configmap": "ConfigMap"}
