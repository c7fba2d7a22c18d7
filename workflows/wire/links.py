"""Links of the settings for one run or node: ``${…}`` in their addresses filled in. Not for reading settings.

Source: Argo's links page and the pages that fill them in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from workflows.engine.messages import JsonObject, Millis
from workflows.wire.times import millis

_PLACEHOLDER: Final = re.compile(r"\$\{([^{}]*)\}")


def links_of_run(links: Iterable[JsonObject], workflow: JsonObject, now: Millis) -> list[JsonObject]:
    """Those of scope `workflow`; `workflow` is the run as it is shown."""
    scope = {
        "metadata": workflow["metadata"],
        "status": _with_epochs(workflow["status"], now),
        "workflow": workflow,
    }
    return _filled(links, {"workflow"}, scope)


def links_of_node(
    links: Iterable[JsonObject], workflow: JsonObject, node: JsonObject, pod_name: str, now: Millis
) -> list[JsonObject]:
    """Those of scopes `pod` and `pod-logs`; `metadata` and `status` are the pod's."""
    scope = {
        "metadata": {"namespace": workflow["metadata"].get("namespace", ""), "name": pod_name},
        "status": _with_epochs(node, now),
        "workflow": workflow,
    }
    return _filled(links, {"pod", "pod-logs"}, scope)


def _filled(links: Iterable[JsonObject], scopes: set[str], values: JsonObject) -> list[JsonObject]:
    return [link | {"url": filled(link["url"], values)} for link in links if link["scope"] in scopes]


def filled(url: str, values: Mapping[str, Any]) -> str:
    """Each ``${a.b}`` becomes the value there, percent-encoded, or nothing when there is none.

    Encoded, which Argo does not do: values are written by users, and must not change where a link leads.
    """
    return _PLACEHOLDER.sub(lambda match: quote(_text(values, match[1]), safe=""), url)


def _text(values: Mapping[str, Any], path: str) -> str:
    """Keys may hold dots themselves, as those of labels do: the longest that fits counts."""
    if not path:
        return ""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        found = values.get(".".join(parts[:length]))
        if found is None:
            continue
        rest = ".".join(parts[length:])
        if isinstance(found, Mapping) and rest:
            return _text(found, rest)
        if not rest and isinstance(found, str | int | float):
            return str(found).lower() if isinstance(found, bool) else str(found)
    return ""


def _with_epochs(status: JsonObject, now: Millis) -> JsonObject:
    """Times in milliseconds as well; what has not been yet is now."""
    epochs = {
        f"{name}Epoch": millis(status[name]) if status.get(name) else now
        for name in ("startedAt", "finishedAt")
    }
    return status | epochs
