"""YAML text to plain JSON values, one document at a time, with limits against hostile input.

Built on libyaml's events: scalars follow `scalars`, keys become text, duplicate keys are faults, aliases are
copied, ``<<`` merges. Floats and `Letter`s stay as they are; `conversion` settles them by their field.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from yaml import MarkedYAMLError, YAMLError
from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.reader import ReaderError

from workflows.errors import Problem
from workflows.spec import codes
from workflows.spec.scalars import Letter, key_text, resolve


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one text. `nodes` counts scalars and containers, `aliased` those that aliases copy."""

    bytes: int = 32 * 2**20
    documents: int = 1_000
    depth: int = 100
    nodes: int = 2_000_000
    aliased: int = 50_000
    problems: int = 200


@dataclass(frozen=True, slots=True)
class Parsed:
    """One document: its value, None when broken or empty, and its faults.

    `special`: it holds floats or `Letter`s.
    """

    value: Any
    problems: tuple[Problem, ...]
    special: bool


class Rejected(Exception):
    """Reading cannot go on: a syntax error or a limit."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


#: no key is pending, or no value was resolved
_ABSENT: Final[Any] = object()
#: stands for the key ``<<`` while its value is awaited
_MERGE_KEY: Final[Any] = object()
_MERGE: Final = "<<"
_TAG_PREFIX: Final = "tag:yaml.org,2002:"
_LONGEST_RESOLVED: Final = 400


@dataclass(slots=True)
class _Frame:
    """A container that is being filled. `merged` are the keys that came from ``<<`` and may be set again."""

    container: Any
    start: Any
    nodes_before: int
    key: Any = _ABSENT
    merged: set[str] | None = None


def parse(text: str, *, limits: Limits, line_offset: int = 0) -> Iterator[Parsed]:
    """Every document of `text`; after a syntax error the rest of `text` is skipped.

    `line_offset` is added to the lines of problems. Raises nothing: faults are in `Parsed.problems`.
    """
    reader = _Reader(text, limits, line_offset)
    while True:
        try:
            parsed = reader.next_document()
        except Rejected as fault:
            yield Parsed(None, (*reader.problems, fault.problem), False)
            return
        if parsed is None:
            return
        yield parsed


class _Reader:
    def __init__(self, text: str, limits: Limits, line_offset: int) -> None:
        self._event: Callable[[], Any] = CParser(text).get_event
        self._limits = limits
        self._line_offset = line_offset
        self._nodes = 0
        self._aliased = 0
        self._special = False
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        self.problems: list[Problem] = []

    def next_document(self) -> Parsed | None:
        """None at the end of the text. Raises `Rejected`."""
        self.problems = []
        self._special = False
        self._anchors = {}
        try:
            return self._document()
        except MarkedYAMLError as fault:
            mark = fault.problem_mark or fault.context_mark
            raise self._rejected(codes.YAML_SYNTAX, _sentence(fault), mark) from fault
        except ReaderError as fault:
            message = f"the text holds a character that YAML does not allow (position {fault.position})"
            raise self._rejected(codes.YAML_CHARACTER, message, None) from fault
        except (YAMLError, ValueError) as fault:
            raise self._rejected(codes.YAML_SYNTAX, f"not YAML: {fault}", None) from fault

    def _document(self) -> Parsed | None:
        event = self._event()
        while not isinstance(event, DocumentStartEvent):
            if isinstance(event, StreamEndEvent):
                return None
            event = self._event()
        value = self._value()
        while not isinstance(self._event(), DocumentEndEvent):
            pass
        return Parsed(value, tuple(self.problems), self._special)

    def _value(self) -> Any:
        """The node that starts at the next event; iterative, since depth comes from outside."""
        event_of = self._event
        stack: list[_Frame] = []
        limit = self._limits.nodes
        while True:
            event = event_of()
            kind = event.__class__
            if kind is ScalarEvent:
                value = self._scalar(event)
            elif kind is AliasEvent:
                value = self._alias(event, len(stack))
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._open(event, stack)
                continue
            else:
                value = self._close(stack)
            self._nodes += 1
            if self._nodes > limit:
                raise self._too_large(event)
            if not stack:
                return value
            frame = stack[-1]
            container = frame.container
            if container.__class__ is list:
                container.append(value)
            elif frame.key is _ABSENT:
                frame.key = value if value.__class__ is str and value != _MERGE else self._key(event, value)
            elif frame.key in container or frame.key is _MERGE_KEY:
                self._set_again(frame, value, event)
            else:
                container[frame.key] = value
                frame.key = _ABSENT

    def _open(self, event: Any, stack: list[_Frame]) -> None:
        if len(stack) >= self._limits.depth:
            message = f"the text nests deeper than {self._limits.depth} levels"
            raise self._rejected(codes.TOO_DEEP, message, event.start_mark)
        container: Any = {} if event.__class__ is MappingStartEvent else []
        stack.append(_Frame(container, event, self._nodes))

    def _close(self, stack: list[_Frame]) -> Any:
        frame = stack.pop()
        anchor = frame.start.anchor
        if anchor is not None:
            size = self._nodes - frame.nodes_before + 1
            self._anchors[anchor] = (frame.container, size, _depth(frame.container))
        return frame.container

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        tag = event.tag
        if tag is not None and tag != "!":
            value = self._tagged(event, tag, text)
        elif tag == "!" or not event.implicit[0] or len(text) > _LONGEST_RESOLVED:
            value = text
        else:
            value = resolve(text)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1, 0)
        if value.__class__ is float or value.__class__ is Letter:
            self._special = True
        return value

    def _tagged(self, event: Any, tag: str, text: str) -> Any:
        name = tag.removeprefix(_TAG_PREFIX)
        if name == tag or name not in _TAGGED:
            return text
        value = _TAGGED[name](text)
        if value is _ABSENT:
            message = f"{text!r} cannot be read as !!{name}"
            self._problem(codes.YAML_TAG, message, event, remedy="remove the tag or correct the value")
            return None
        return value

    def _alias(self, event: Any, depth: int) -> Any:
        if event.anchor not in self._anchors:
            message = f"the alias *{event.anchor} refers to no anchor before it"
            raise self._rejected(codes.YAML_ALIAS, message, event.start_mark)
        value, size, height = self._anchors[event.anchor]
        self._aliased += size
        self._nodes += size - 1
        if self._aliased > self._limits.aliased or self._nodes > self._limits.nodes:
            raise self._too_large(event)
        if depth + height > self._limits.depth:
            message = f"the text nests deeper than {self._limits.depth} levels"
            raise self._rejected(codes.TOO_DEEP, message, event.start_mark)
        return _copy(value)

    def _key(self, event: Any, value: Any) -> Any:
        if value == _MERGE and event.__class__ is ScalarEvent:
            return _MERGE_KEY if event.implicit[0] else value
        text = None if isinstance(value, dict | list) else key_text(value)
        if text is None:
            message = "a key must be a text, a number or a boolean"
            raise self._rejected(codes.YAML_KEY, message, event.start_mark)
        return text

    def _set_again(self, frame: _Frame, value: Any, event: Any) -> None:
        key = frame.key
        frame.key = _ABSENT
        if key is _MERGE_KEY:
            self._merge(frame, value, event)
        elif frame.merged is not None and key in frame.merged:
            frame.merged.discard(key)
            frame.container[key] = value
        else:
            self._problem(
                codes.DUPLICATE_KEY, f"the key {key!r} is given twice", event, remedy="remove one of them"
            )

    def _merge(self, frame: _Frame, value: Any, event: Any) -> None:
        sources = value if isinstance(value, list) else [value]
        if not all(isinstance(source, dict) for source in sources):
            raise self._rejected(codes.YAML_KEY, "<< needs a mapping or a list of mappings", event.start_mark)
        merged = frame.merged = set() if frame.merged is None else frame.merged
        for source in sources:
            for key, item in source.items():
                if key not in frame.container:
                    frame.container[key] = item
                    merged.add(key)
                elif key not in merged:
                    message = f"the key {key!r} is given and then merged over"
                    self._problem(codes.DUPLICATE_KEY, message, event, remedy="put << first")

    def _problem(self, code: str, message: str, event: Any, *, remedy: str = "") -> None:
        if len(self.problems) < self._limits.problems:
            self.problems.append(self._located(Problem(code, message, remedy=remedy), event.start_mark))

    def _rejected(self, code: str, message: str, mark: Any) -> Rejected:
        return Rejected(self._located(Problem(code, message), mark))

    def _too_large(self, event: Any) -> Rejected:
        message = (
            f"the text has more than {self._limits.nodes} values, or {self._limits.aliased} through aliases"
        )
        return self._rejected(codes.TOO_LARGE, message, event.start_mark)

    def _located(self, problem: Problem, mark: Any) -> Problem:
        if mark is None:
            return problem
        return problem.at(line=mark.line + 1 + self._line_offset, column=mark.column + 1)


def _sentence(fault: MarkedYAMLError) -> str:
    parts = [part for part in (fault.context, fault.problem) if part]
    return "not YAML: " + ", ".join(parts)


def _copy(value: Any) -> Any:
    """A deep copy; the depth is bounded by `Limits.depth`."""
    if value.__class__ is dict:
        return {key: _copy(item) for key, item in value.items()}
    if value.__class__ is list:
        return [_copy(item) for item in value]
    return value


def _depth(value: Any) -> int:
    if value.__class__ is dict:
        return 1 + max(map(_depth, value.values()), default=0)
    if value.__class__ is list:
        return 1 + max(map(_depth, value), default=0)
    return 0


def _binary(text: str) -> Any:
    try:
        return b64decode(text, validate=False).decode("utf-8")
    except ValueError:
        return _ABSENT


def _of_type(*types: type) -> Any:
    def read(text: str) -> Any:
        value = resolve(text)
        return value if value.__class__ in types else _ABSENT

    return read


def _as_float(text: str) -> Any:
    value = resolve(text)
    return float(value) if value.__class__ in (int, float) else _ABSENT


def _as_bool(text: str) -> Any:
    value = resolve(text)
    return value.truth if isinstance(value, Letter) else value if isinstance(value, bool) else _ABSENT


_TAGGED: Final[dict[str, Any]] = {
    "str": str,
    "binary": _binary,
    "timestamp": str,
    "int": _of_type(int),
    "float": _as_float,
    "bool": _as_bool,
    "null": _of_type(type(None)),
}
