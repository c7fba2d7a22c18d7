"""Fits parsed values to the fields they stand in, in place, and finds unknown and mistyped fields.

This is what makes ``value: 1.10`` the text "1.1", ``env: [{value: yes}]`` the text "true" and
``entrypoint: [a]`` an error. Null fields are left out, as in Go. Not for the meaning of fields: see `lint`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from math import isfinite
from typing import Any, Final

from workflows.errors import Problem
from workflows.spec import codes
from workflows.spec.marks import Path, PathPart
from workflows.spec.scalars import Letter, text_of
from workflows.spec.schema import REMOVED, FieldType, struct_fields

_DROP: Final[Any] = object()
_MOST_INTEGRAL: Final = 1e21
_LONGEST_NAME: Final = 80

#: Kubernetes' form of an amount such as 500m or 1Gi
_QUANTITY = re.compile(r"[-+]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*\Z", re.ASCII)

_NAMES: Final = {
    "s": "text",
    "S": "text",
    "t": "text",
    "Q": "an amount such as 500m or 1Gi",
    "i": "an integer",
    "n": "a number",
    "b": "true or false",
    "I": "an integer or text",
    "o": "a mapping",
    "struct": "a mapping",
    "map": "a mapping",
    "list": "a list",
}


def convert(value: Any, struct: str, *, special: bool, most: int = 200) -> list[tuple[Path, Problem]]:
    """Convert the object `value` of type `struct` in place; returns at most `most` faults with their paths.

    `special` is False when the value holds no floats and no `Letter`s: free-form parts are skipped then.
    """
    converter = _Converter(special, most)
    converter.struct(value, struct)
    return converter.problems


def settle(value: Any) -> Any:
    """`value` with letters as booleans and integral floats as integers, as JSON has them; in place."""
    if value.__class__ is dict:
        for key, item in value.items():
            value[key] = settle(item)
    elif value.__class__ is list:
        value[:] = map(settle, value)
    elif value.__class__ is Letter:
        return value.truth
    elif value.__class__ is float:
        return _number(value)
    return value


def _number(value: float) -> Any:
    if not isfinite(value):
        return text_of(value)
    return int(value) if value.is_integer() and abs(value) < _MOST_INTEGRAL else value


class _Converter:
    def __init__(self, special: bool, most: int) -> None:
        self._special = special
        self._most = most
        self._path: list[PathPart] = []
        self.problems: list[tuple[Path, Problem]] = []

    def struct(self, value: dict[str, Any], struct: str) -> None:
        fields = struct_fields(struct)
        path = self._path
        changed: list[tuple[str, Any]] = []
        for key, item in value.items():
            field = fields.get(key)
            if field is None:
                self._unknown(struct, key, fields)
                continue
            if item.__class__ is str and field.shape in _TEXTS:
                continue
            path.append(key)
            fitted = self._fit(item, field)
            path.pop()
            if fitted is not item:
                changed.append((key, fitted))
        for key, item in changed:
            if item is _DROP:
                del value[key]
            else:
                value[key] = item

    def _fit(self, value: Any, field: FieldType) -> Any:
        if value is None and field.shape != "*":
            return _DROP
        return _FITTERS[field.shape](self, value, field)

    def _struct(self, value: Any, field: FieldType) -> Any:
        if value.__class__ is not dict:
            return self._wrong(value, field)
        self.struct(value, field.struct)
        return value

    def _list(self, value: Any, field: FieldType) -> Any:
        if value.__class__ is not list or field.item is None:
            return self._wrong(value, field)
        for index, item in enumerate(value):
            self._path.append(index)
            fitted = self._fit(item, field.item)
            self._path.pop()
            value[index] = _EMPTY.get(field.item.shape, dict)() if fitted is _DROP else fitted
        return value

    def _map(self, value: Any, field: FieldType) -> Any:
        if value.__class__ is not dict or field.item is None:
            return self._wrong(value, field)
        for key, item in value.items():
            self._path.append(key)
            fitted = self._fit(item, field.item)
            self._path.pop()
            value[key] = _EMPTY.get(field.item.shape, dict)() if fitted is _DROP else fitted
        return value

    def _text(self, value: Any, field: FieldType) -> Any:
        if isinstance(value, str):
            if field.shape == "Q" and not _QUANTITY.match(value):
                return self._wrong(value, field)
            return str(value)
        if isinstance(value, bool | int | float):
            return text_of(value, any_string=field.shape in "SQ")
        return self._wrong(value, field)

    def _integer(self, value: Any, field: FieldType) -> Any:
        fitted = _number(value) if value.__class__ is float else value
        if fitted.__class__ is int and -(2**63) <= fitted < 2**63:
            return fitted
        return self._wrong(value, field)

    def _any_number(self, value: Any, field: FieldType) -> Any:
        if value.__class__ is int or (value.__class__ is float and isfinite(value)):
            return value
        return self._wrong(value, field)

    def _boolean(self, value: Any, field: FieldType) -> Any:
        if value.__class__ is bool:
            return value
        return value.truth if value.__class__ is Letter else self._wrong(value, field)

    def _integer_or_text(self, value: Any, field: FieldType) -> Any:
        return str(value) if isinstance(value, str) else self._integer(value, field)

    def _object(self, value: Any, field: FieldType) -> Any:
        return self._anything(value, field) if value.__class__ is dict else self._wrong(value, field)

    def _anything(self, value: Any, field: FieldType) -> Any:
        return settle(value) if self._special else value

    def _wrong(self, value: Any, field: FieldType) -> Any:
        expected = _NAMES[field.shape]
        message = f"`{self._path[-1]}` must be {expected}, not {_description(value)}"
        if isinstance(self._path[-1], int):
            message = f"items of `{self._path[-2]}` must be {expected}, not {_description(value)}"
        if len(self.problems) < self._most:
            self.problems.append((tuple(self._path), Problem(codes.WRONG_TYPE, message)))
        return _DROP

    def _unknown(self, struct: str, key: str, fields: dict[str, FieldType]) -> None:
        if len(self.problems) >= self._most:
            return
        message = f"unknown field `{key[:_LONGEST_NAME]}`"
        problem = Problem(
            codes.UNKNOWN_FIELD, message, remedy=REMOVED.get((struct, key)) or suggestion(key, fields)
        )
        self.problems.append(((*self._path, key), problem))


def suggestion(name: str, known: Iterable[str]) -> str:
    """ "did you mean …?" when `name` resembles a known one, else what else can be done."""
    if len(name) <= _LONGEST_NAME:
        letters = name.replace("_", "").replace("-", "").lower()
        close = [other for other in known if other.lower() == letters] or get_close_matches(
            name, known, n=1, cutoff=0.7
        )
        if close:
            return f"did you mean `{close[0]}`?"
    return "remove it or correct the name"


def _description(value: Any) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"{str(value)[:40]!r}" if isinstance(value, str) else f"the number {value}"


_TEXTS: Final = frozenset("sStI")
_EMPTY: Final[dict[str, Callable[[], Any]]] = {
    "list": list,
    "s": str,
    "S": str,
    "t": str,
    "Q": str,
    "i": int,
    "n": int,
    "b": bool,
    "I": str,
}
_FITTERS: Final[dict[str, Callable[[_Converter, Any, FieldType], Any]]] = {
    "struct": _Converter._struct,
    "list": _Converter._list,
    "map": _Converter._map,
    "s": _Converter._text,
    "S": _Converter._text,
    "t": _Converter._text,
    "Q": _Converter._text,
    "i": _Converter._integer,
    "n": _Converter._any_number,
    "b": _Converter._boolean,
    "I": _Converter._integer_or_text,
    "o": _Converter._object,
    "*": _Converter._anything,
}
