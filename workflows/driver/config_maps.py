"""Which state of a namespace's ConfigMaps its runs have been told. Not for the values, see `loading`."""

from __future__ import annotations

from collections.abc import Collection

from workflows.store.load import config_map_versions

_NONE = (0, 0)


class ConfigMapVersions:
    """By namespace; namespaces without readers are forgotten."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[int, int]] = {}

    def note(self, namespace: str) -> None:
        """Call before a run of the namespace is told for the first time."""
        if namespace not in self._told:
            self._told |= _versions({namespace})

    def changed(self, namespaces: Collection[str]) -> set[str]:
        """Namespaces whose runs must be told anew; they count as told from here on."""
        found = _versions(namespaces)
        changed = {name for name in namespaces if self._told.get(name) != found[name]}
        self._told = found
        return changed


def _versions(namespaces: Collection[str]) -> dict[str, tuple[int, int]]:
    found = config_map_versions(namespaces) if namespaces else {}
    return {name: found.get(name, _NONE) for name in namespaces}
