"""Patches of objects: strategic, merge (RFC 7386) and json (RFC 6902). Pure; what is given stays as it is."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Final

from workflows.executors.agent.work import Failed
from workflows.spec import strategic_merge
from workflows.spec.schema import KINDS

_MOST_OPERATIONS: Final = 10_000
#: only part of the path is named
_END: Final = "-"


def merged(document: Any, patch: Any) -> Any:
    """JSON merge patch: null removes, lists are replaced."""
    if not isinstance(patch, dict):
        return patch
    result = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def strategically_merged(document: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Lists of Argo's kinds are merged by their keys; other kinds have none that could be."""
    kind = str(document.get("kind") or "")
    return strategic_merge(document, patch, kind) if kind in KINDS else dict(merged(document, patch))


def patched(document: Any, operations: Any) -> Any:
    """JSON patch. Raises Failed."""
    if not isinstance(operations, list) or len(operations) > _MOST_OPERATIONS:
        raise Failed("a json patch is a list of operations")
    result = copy.deepcopy(document)
    for operation in operations:
        if not isinstance(operation, dict):
            raise Failed("an operation of a json patch is an object")
        result = _applied(result, operation)
    return result


def _applied(document: Any, operation: dict[str, Any]) -> Any:
    path = _pointer(operation.get("path"))
    match operation.get("op"):
        case "add":
            return _put(document, path, _value(operation), insert=True)
        case "replace":
            _get(document, path)
            return _put(document, path, _value(operation), insert=False)
        case "remove":
            return _removed(document, path)
        case "test":
            if _get(document, path) != _value(operation):
                raise Failed(f"testing value {operation.get('path')} failed")
            return document
        case "copy":
            return _put(document, path, copy.deepcopy(_get(document, _source(operation))), insert=True)
        case "move":
            value = _get(document, _source(operation))
            return _put(_removed(document, _source(operation)), path, value, insert=True)
    raise Failed(f"unexpected kind of operation: {operation.get('op')!r}")


def _value(operation: dict[str, Any]) -> Any:
    if "value" not in operation:
        raise Failed(f"the operation {operation.get('op')} of a json patch needs a value")
    return copy.deepcopy(operation["value"])


def _source(operation: dict[str, Any]) -> list[str]:
    return _pointer(operation.get("from"))


def _pointer(text: Any) -> list[str]:
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise Failed(f"{text!r} is no path of a json patch")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _get(document: Any, path: Sequence[str]) -> Any:
    value = document
    for part in path:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list):
            value = value[_place(part, len(value) - 1)]
        else:
            raise Failed(f"doc is missing path: /{'/'.join(path)}")
    return value


def _put(document: Any, path: Sequence[str], value: Any, *, insert: bool) -> Any:
    if not path:
        return value
    holder = _get(document, path[:-1])
    if isinstance(holder, dict):
        holder[path[-1]] = value
    elif isinstance(holder, list):
        place = len(holder) if path[-1] == _END else _place(path[-1], len(holder))
        holder[place : place if insert else place + 1] = [value]
    else:
        raise Failed(f"doc is missing path: /{'/'.join(path)}")
    return document


def _removed(document: Any, path: Sequence[str]) -> Any:
    _get(document, path)
    if not path:
        return None
    holder = _get(document, path[:-1])
    del holder[path[-1] if isinstance(holder, dict) else int(path[-1])]
    return document


def _place(part: str, last: int) -> int:
    if not part.isascii() or not part.isdecimal() or int(part) > last:
        raise Failed(f"invalid array index {part!r}")
    return int(part)
