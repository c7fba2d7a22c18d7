"""Reading parameters from ConfigMaps, of which the driver gives the run a copy.

Source: Argo's `GetConfigMapValue` and `substituteAndGetConfigMapValue`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workflows.engine.errors import EngineError
from workflows.engine.texts import STRICT, render
from workflows.expr import UnresolvedError

if TYPE_CHECKING:
    from workflows.engine.core import Core
    from workflows.engine.parameters import CompiledConfigMapKey

#: the label a ConfigMap must carry to be read as a source of parameters
LABEL = "workflows.argoproj.io/configmap-type"
LABEL_VALUE = "Parameter"


class KeyNotFound(EngineError):
    """There is no such ConfigMap or key: a default may stand in."""


def config_map_value(core: Core, place: str, source: CompiledConfigMapKey, scope: Mapping[str, Any]) -> str:
    """The value of a key, or the default when it does not exist. `place` names the parameter in the error."""
    try:
        name = render(source.name, scope, core.context, STRICT)
        key = render(source.key, scope, core.context, STRICT)
    except UnresolvedError as error:
        raise EngineError(f"failed to substitute configMapKeyRef: {error.message}") from None
    try:
        return _read(core, name, key)
    except KeyNotFound as error:
        if source.default is not None:
            return source.default
        raise EngineError(f"unable to retrieve {place} from ConfigMap: {error.message}") from None


def _read(core: Core, name: str, key: str) -> str:
    config_map = core.config_maps.get(name)
    if config_map is None:
        raise KeyNotFound(
            f"ConfigMap '{name}' does not exist. Please make sure it has the label {LABEL}: {LABEL_VALUE} "
            "to be detectable by the controller"
        )
    if (config_map.get("labels") or {}).get(LABEL) != LABEL_VALUE:
        raise EngineError(
            f"ConfigMap '{name}' needs to have the label {LABEL}: {LABEL_VALUE} to load parameters"
        )
    value = (config_map.get("data") or {}).get(key)
    if value is None:
        raise KeyNotFound(f"ConfigMap '{name}' does not have the key '{key}'")
    return str(value)
