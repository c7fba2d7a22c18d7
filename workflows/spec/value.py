"""The base of all manifest values. Not for behaviour: values only hold what the manifest says."""

from __future__ import annotations

from typing import Any

import msgspec

#: A Kubernetes object the engine passes through without looking inside.
JsonObject = dict[str, Any]
#: Kubernetes' `IntOrString`: a number, or text which usually holds a tag.
IntOrString = int | str

#: Fields whose Argo name is not the camelCase of the Python name.
_IRREGULAR = {
    "from_": "from",
    "pod_gc": "podGC",
    "artifact_gc": "artifactGC",
    "volume_claim_gc": "volumeClaimGC",
}


def argo_name(name: str) -> str:
    """Argo's name of a field: ``retry_strategy`` is ``retryStrategy``, ``pod_gc`` is ``podGC``."""
    if name in _IRREGULAR:
        return _IRREGULAR[name]
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


class Value(msgspec.Struct, frozen=True, kw_only=True, rename=argo_name, omit_defaults=True, gc=False):
    """A view on stored JSON: Python names, Argo's names on the wire, absent fields left out.

    Unknown fields are ignored here; the linter reports them. Manifests are trees, so the cycle
    collector has nothing to find in them (`gc=False`).
    """
