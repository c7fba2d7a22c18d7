"""sprig's defaults, JSON and reflection. Source: sprig documentation, "Default Functions", "Reflection"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workflows.expr.errors import LIMIT, Fault
from workflows.expr.gojson import marshal, marshal_indent, unmarshal
from workflows.expr.gotime import Duration, NamedInt, Time
from workflows.expr.operators import deep_equal
from workflows.expr.run import Run
from workflows.expr.values import Function, kind_name, type_name


def is_empty(value: Any) -> bool:
    """Zero, false, nil and everything of length 0."""
    if isinstance(value, Duration):
        return value.ns == 0
    if isinstance(value, NamedInt):
        return value.value == 0
    if isinstance(value, Time | Function):
        return False
    return not value


def _default(run: Run, fallback: Any, *given: Any) -> Any:
    return fallback if not given or is_empty(given[0]) else given[0]


def _coalesce(run: Run, *values: Any) -> Any:
    return next((value for value in values if not is_empty(value)), None)


def _from_json(run: Run, text: str) -> Any:
    try:
        return _must_from_json(run, text)
    except Fault as fault:
        if fault.code == LIMIT:
            raise
        return None


def _must_from_json(run: Run, text: str) -> Any:
    run.characters(len(text) >> 2)
    run.allocate(text.count(",") + text.count(":") + 1)
    return unmarshal(text)


def _writer(write: Callable[[Any], str], *, strict: bool) -> Callable[[Run, Any], str]:
    def call(run: Run, value: Any) -> str:
        try:
            text = write(value)
        except Fault as fault:
            if strict or fault.code == LIMIT:
                raise
            return ""
        run.characters(len(text))
        return text

    return call


def _raw(value: Any) -> str:
    return marshal(value, escape_html=False)


def _deep_copy(run: Run, value: Any) -> Any:
    if isinstance(value, dict):
        run.allocate(len(value))
        return type(value)((key, _deep_copy(run, item)) for key, item in value.items())
    if isinstance(value, list):
        run.allocate(len(value))
        return type(value)(_deep_copy(run, item) for item in value)
    return value


FUNCTIONS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "default": ("any, any...", _default),
    "empty": ("any", lambda run, value: is_empty(value)),
    "coalesce": ("any...", _coalesce),
    "all": ("any...", lambda run, *values: not any(map(is_empty, values))),
    "any": ("any...", lambda run, *values: not all(map(is_empty, values))),
    "ternary": ("any, any, bool", lambda run, yes, no, test: yes if test else no),
    "fromJson": ("string", _from_json),
    "mustFromJson": ("string", _must_from_json),
    "toJson": ("any", _writer(marshal, strict=False)),
    "mustToJson": ("any", _writer(marshal, strict=True)),
    "toPrettyJson": ("any", _writer(marshal_indent, strict=False)),
    "mustToPrettyJson": ("any", _writer(marshal_indent, strict=True)),
    "toRawJson": ("any", _writer(_raw, strict=True)),
    "mustToRawJson": ("any", _writer(_raw, strict=True)),
    "deepCopy": ("any", _deep_copy),
    "mustDeepCopy": ("any", _deep_copy),
    "typeOf": ("any", lambda run, value: type_name(value)),
    "typeIs": ("string, any", lambda run, name, value: name == type_name(value)),
    "typeIsLike": ("string, any", lambda run, name, value: type_name(value) in (name, "*" + name)),
    "kindOf": ("any", lambda run, value: kind_name(value)),
    "kindIs": ("string, any", lambda run, name, value: name == kind_name(value)),
    "deepEqual": ("any, any", lambda run, a, b: deep_equal(a, b, run)),
    "fail": ("string", lambda run, message: _fail(message)),
}


def _fail(message: str) -> Any:
    raise Fault(message)
