"""sprig's maps. Source: sprig documentation, "Dictionaries".

Nothing is changed in place: ``set``, ``unset`` and ``merge`` give a changed copy, because values of the
scope must stay as they are. ``keys`` and ``values`` come sorted by key; Go leaves the order open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workflows.expr.errors import Fault, limit_fault
from workflows.expr.limits import LIMITS
from workflows.expr.operators import conversion_text
from workflows.expr.run import Run
from workflows.expr.sprig.cast import to_text
from workflows.expr.sprig.defaults import is_empty
from workflows.expr.values import StrList

Map = dict[str, Any]
_MAP: Final = "map[string]any"


def _copy(run: Run, source: Map, extra: int = 0) -> Map:
    run.allocate(len(source) + extra)
    return dict(source)


def _dict(run: Run, *values: Any) -> Map:
    run.allocate(len(values))
    result: Map = {}
    for index in range(0, len(values), 2):
        result[to_text(values[index])] = values[index + 1] if index + 1 < len(values) else ""
    return result


def _set(run: Run, source: Map, key: str, value: Any) -> Map:
    result = _copy(run, source, 1)
    result[key] = value
    return result


def _unset(run: Run, source: Map, key: str) -> Map:
    result = _copy(run, source)
    result.pop(key, None)
    return result


def _pluck(run: Run, key: str, *sources: Map) -> list[Any]:
    run.allocate(len(sources))
    return [source[key] for source in sources if key in source]


def _keys(run: Run, *sources: Map) -> StrList:
    run.allocate(sum(map(len, sources)))
    return StrList(key for source in sources for key in sorted(source))


def _values(run: Run, source: Map) -> list[Any]:
    run.allocate(len(source))
    return [source[key] for key in sorted(source)]


def _pick(run: Run, source: Map, *keys: str) -> Map:
    run.allocate(len(keys))
    return {key: source[key] for key in keys if key in source}


def _omit(run: Run, source: Map, *keys: str) -> Map:
    run.allocate(len(source))
    return {key: value for key, value in source.items() if key not in keys}


def _merger(*, overwrite: bool) -> Callable[..., Map]:
    def merge(run: Run, target: Map, *sources: Map) -> Map:
        for source in sources:
            target = _merged(run, target, source, overwrite=overwrite, depth=0)
        return target

    return merge


def _merged(run: Run, target: Map, source: Map, *, overwrite: bool, depth: int) -> Map:
    if depth > LIMITS.value_depth:
        raise limit_fault("value is nested too deeply")
    result = _copy(run, target, len(source))
    for key, value in source.items():
        present = result.get(key)
        if isinstance(value, dict) and isinstance(present, dict):
            result[key] = _merged(run, present, value, overwrite=overwrite, depth=depth + 1)
        elif overwrite or (is_empty(present) and value is not None):
            result[key] = value
    return result


def _dig(run: Run, *arguments: Any) -> Any:
    if len(arguments) < 3:
        raise Fault("dig needs at least three arguments")
    *path, fallback, value = arguments
    for key in path:
        if type(value) is not dict:
            raise Fault(conversion_text(value, "map[string]interface {}"))
        if type(key) is not str:
            raise Fault(conversion_text(key, "string"))
        if key not in value:
            return fallback
        value = value[key]
    return value


FUNCTIONS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "dict": ("any...", _dict),
    "get": (f"{_MAP}, string", lambda run, source, key: source.get(key, "")),
    "set": (f"{_MAP}, string, any", _set),
    "unset": (f"{_MAP}, string", _unset),
    "hasKey": (f"{_MAP}, string", lambda run, source, key: key in source),
    "pluck": (f"string, {_MAP}...", _pluck),
    "keys": (f"{_MAP}...", _keys),
    "values": (_MAP, _values),
    "pick": (f"{_MAP}, string...", _pick),
    "omit": (f"{_MAP}, string...", _omit),
    "merge": (f"{_MAP}, {_MAP}...", _merger(overwrite=False)),
    "mustMerge": (f"{_MAP}, {_MAP}...", _merger(overwrite=False)),
    "mergeOverwrite": (f"{_MAP}, {_MAP}...", _merger(overwrite=True)),
    "mustMergeOverwrite": (f"{_MAP}, {_MAP}...", _merger(overwrite=True)),
    "dig": ("any...", _dig),
}
