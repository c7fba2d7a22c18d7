"""Writes a pattern tree in the syntax of Python's `re`, where both mean the same."""

from __future__ import annotations

from typing import Final

from workflows.expr.regex.charset import CharSet
from workflows.expr.regex.nodes import (
    BEGIN_LINE,
    BEGIN_TEXT,
    END_LINE,
    END_TEXT,
    NO_WORD_BOUNDARY,
    WORD_BOUNDARY,
    Alternate,
    Assertion,
    Chars,
    Concat,
    Group,
    Node,
    Repeat,
)

_WORD: Final = "[0-9A-Za-z_]"
_BOUNDARY: Final = f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))"
_ASSERTIONS: Final = {
    BEGIN_TEXT: r"\A",
    END_TEXT: r"\Z",
    BEGIN_LINE: r"(?:\A|(?<=\n))",
    END_LINE: r"(?:\Z|(?=\n))",
    WORD_BOUNDARY: _BOUNDARY,
    NO_WORD_BOUNDARY: f"(?!{_BOUNDARY})",
}


def to_python(node: Node) -> str | None:
    """The pattern text, None when a set in it has no plain form."""
    parts: list[str] = []
    return "".join(parts) if _write(node, parts) else None


def _write(node: Node, parts: list[str]) -> bool:
    if isinstance(node, Chars):
        return _write_set(node.chars, parts)
    if isinstance(node, Assertion):
        parts.append(_ASSERTIONS[node.kind])
        return True
    if isinstance(node, Concat):
        return all(_write(part, parts) for part in node.parts)
    if isinstance(node, Alternate):
        return _write_alternatives(node.parts, parts)
    if isinstance(node, Group):
        parts.append("(")
        done = _write(node.node, parts)
        parts.append(")")
        return done
    return _write_repeat(node, parts) if isinstance(node, Repeat) else True


def _write_alternatives(nodes: list[Node], parts: list[str]) -> bool:
    parts.append("(?:")
    for index, node in enumerate(nodes):
        if index:
            parts.append("|")
        if not _write(node, parts):
            return False
    parts.append(")")
    return True


def _write_repeat(node: Repeat, parts: list[str]) -> bool:
    parts.append("(?:")
    if not _write(node.node, parts):
        return False
    high = "" if node.high is None else str(node.high)
    parts.append(f"){{{node.low},{high}}}{'' if node.greedy else '?'}")
    return True


def _write_set(chars: CharSet, parts: list[str]) -> bool:
    if not chars.is_plain:
        return False
    if not chars.ranges:
        parts.append(r"(?!)")
        return True
    parts.append("[" + "".join(f"{_code(low)}-{_code(high)}" for low, high in chars.ranges) + "]")
    return True


def _code(code: int) -> str:
    return f"\\U{code:08x}"
