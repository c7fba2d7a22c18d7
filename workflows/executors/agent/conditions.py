"""Conditions of resource templates: a label selector whose labels are paths into the object.

Source: Kubernetes' `labels.Parse` and `Requirement`, and Argo's `matchConditions`. Not for what nodes are
selected by.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from workflows.executors.agent.work import Failed

_TOKEN = re.compile(r"\s*(?:(==|!=|[=!<>(),])|([^=!<>(),\s]+))")
_KEY = re.compile(r"(?:[a-z0-9.-]{1,253}/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")
_WHOLE: Final = re.compile(r"[-+]?[0-9]{1,19}")
_LONGEST: Final = 10_000
_EQUAL: Final = frozenset({"=", "==", "in"})
_UNEQUAL: Final = frozenset({"!=", "notin"})


@dataclass(frozen=True, slots=True)
class Requirement:
    """`operator` is one of =, ==, !=, in, notin, exists, absent, >, <."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, value: str | None) -> bool:
        """`value` is what the key leads to, None when it leads nowhere."""
        if self.operator in _EQUAL:
            return value is not None and value in self.values
        if self.operator in _UNEQUAL:
            return value is None or value not in self.values
        if self.operator in ("exists", "absent"):
            return (value is not None) is (self.operator == "exists")
        if value is None or not _WHOLE.fullmatch(value):
            return False
        given, bound = int(value), int(self.values[0])
        return given > bound if self.operator == ">" else given < bound

    def __str__(self) -> str:
        match self.operator:
            case "exists":
                return self.key
            case "absent":
                return f"!{self.key}"
            case "in" | "notin":
                return f"{self.key} {self.operator} ({','.join(sorted(self.values))})"
        return f"{self.key}{self.operator}{self.values[0]}"


def parse_selector(text: str) -> list[Requirement]:
    """Requirements by key, as Kubernetes sorts them. Raises Failed."""
    if len(text) > _LONGEST:
        raise Failed(f"a selector of more than {_LONGEST} characters")
    tokens = _Tokens(text)
    found: list[Requirement] = []
    while tokens.peek():
        found.append(_requirement(tokens))
        if tokens.peek():
            tokens.expect(",")
    return sorted(found, key=lambda requirement: requirement.key)


def judge(document: Any, success: Sequence[Requirement], failure: Sequence[Requirement]) -> bool:
    """Whether all of `success` holds; without any, it does. Raises Failed when one of `failure` holds."""
    for requirement in failure:
        if requirement.matches(look_up(document, requirement.key)):
            raise Failed(f"failure condition '{requirement}' evaluated true")
    return all(requirement.matches(look_up(document, requirement.key)) for requirement in success)


def look_up(document: Any, path: str) -> str | None:
    """The text at a dotted path, numbers counting list entries; None when there is nothing. Source: gjson."""
    value = document
    for part in path.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return as_text(value)


def as_text(value: Any) -> str:
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class _Tokens:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._place = 0

    def peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self._place += 1
        return token

    def expect(self, wanted: str) -> None:
        token = self.take()
        if token != wanted:
            raise Failed(f"found '{token}', expected: '{wanted}'")


def _tokens(text: str) -> Iterator[str]:
    place = 0
    while match := _TOKEN.match(text, place):
        yield match[1] or match[2]
        place = match.end()


def _requirement(tokens: _Tokens) -> Requirement:
    if tokens.peek() == "!":
        tokens.take()
        return Requirement(_key(tokens.take()), "absent")
    key = _key(tokens.take())
    operator = tokens.peek()
    if operator in ("", ","):
        return Requirement(key, "exists")
    tokens.take()
    if operator in ("in", "notin"):
        return Requirement(key, operator, _value_list(tokens))
    if operator not in ("=", "==", "!=", ">", "<"):
        raise Failed(f"found '{operator}', expected: in, notin, =, ==, !=, gt, lt")
    value = _value(tokens.take() if tokens.peek() != "," else "")
    if operator in ("<", ">") and not _WHOLE.fullmatch(value):
        raise Failed("for 'Gt', 'Lt' operators, the value must be an integer")
    return Requirement(key, operator, (value,))


def _value_list(tokens: _Tokens) -> tuple[str, ...]:
    tokens.expect("(")
    values = [_value(tokens.take() if tokens.peek() not in (",", ")") else "")]
    while tokens.peek() == ",":
        tokens.take()
        values.append(_value(tokens.take() if tokens.peek() not in (",", ")") else ""))
    tokens.expect(")")
    return tuple(values)


def _checked(pattern: re.Pattern[str], what: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise Failed(f"{what}: Invalid value: {json.dumps(text[:80])}")
        return text

    return check


_key = _checked(_KEY, "key")
_value = _checked(_VALUE, "values")
