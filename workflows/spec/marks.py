"""Where in the text a field path is: line and column, found by reading the text a second time.

Only needed when there is a problem to show, so that reading valid text costs nothing for it.
Not for values: see `yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from yaml import YAMLError
from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.events import AliasEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent, StreamEndEvent

from workflows.spec.scalars import key_text, resolve

PathPart = str | int
Path = tuple[PathPart, ...]


@dataclass(slots=True)
class Mark:
    """A node's place, counted from 1, and its children by key or index; `key` is the place of its key."""

    line: int
    column: int
    key: tuple[int, int] | None = None
    children: dict[PathPart, Mark] = field(default_factory=dict)

    def find(self, path: Sequence[PathPart], *, at_key: bool) -> tuple[int, int]:
        """Place of the node at `path`, or of the deepest node above it that exists."""
        mark = self
        for part in path:
            child = mark.children.get(part)
            if child is None:
                return mark.line, mark.column
            mark = child
        return mark.key if at_key and mark.key is not None else (mark.line, mark.column)


def read_marks(text: str, *, line_offset: int, document: int, depth: int) -> Mark | None:
    """Marks of the `document`-th document (from 0) of `text`; None when it cannot be read."""
    reader = _Reader(text, line_offset, depth)
    try:
        return reader.document(document)
    except (YAMLError, RecursionError, ValueError, KeyError):
        return None


class _Reader:
    def __init__(self, text: str, line_offset: int, depth: int) -> None:
        self._event: Callable[[], Any] = CParser(text).get_event
        self._line = line_offset + 1
        self._depth = depth
        self._anchors: dict[str, Mark] = {}

    def document(self, number: int) -> Mark | None:
        seen = -1
        while True:
            event = self._event()
            if isinstance(event, StreamEndEvent):
                return None
            if isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent):
                seen += 1
                self._anchors = {}
                mark = self._node(event, self._depth)
                if seen == number:
                    return mark

    def _node(self, event: Any, depth: int) -> Mark:
        if depth == 0:
            raise RecursionError
        mark = Mark(event.start_mark.line + self._line, event.start_mark.column + 1)
        if isinstance(event, AliasEvent):
            mark.children = self._anchors[str(event.anchor)].children
            return mark
        if isinstance(event, MappingStartEvent):
            self._mapping(mark, depth)
        elif isinstance(event, SequenceStartEvent):
            self._sequence(mark, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = mark
        return mark

    def _mapping(self, mark: Mark, depth: int) -> None:
        inherited: dict[PathPart, Mark] = {}
        while isinstance(key := self._event(), ScalarEvent | AliasEvent):
            value = self._node(self._event(), depth - 1)
            start: Any = key.start_mark
            value.key = start.line + self._line, start.column + 1
            if isinstance(key, ScalarEvent):
                if key.value == "<<" and key.implicit[0]:
                    for source in (value, *value.children.values()):
                        inherited = {**source.children, **inherited}
                else:
                    mark.children[_name(key)] = value
        mark.children = {**inherited, **mark.children}

    def _sequence(self, mark: Mark, depth: int) -> None:
        index = 0
        while isinstance(
            event := self._event(), ScalarEvent | AliasEvent | MappingStartEvent | SequenceStartEvent
        ):
            mark.children[index] = self._node(event, depth - 1)
            index += 1


def _name(key: Any) -> str:
    plain = key.tag is None and key.implicit[0] and len(key.value) < 100
    return (key_text(resolve(key.value)) if plain else key.value) or key.value


def render_path(path: Path) -> str:
    """A path for people: ``spec.templates[0].name``; keys that are no words stand in brackets and quotes."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.replace("-", "_").isidentifier():
            text += f".{part}" if text else part
        else:
            text += f'["{part[:120]}"]'
    return text
