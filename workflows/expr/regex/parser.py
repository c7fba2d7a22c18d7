"""Parses RE2 syntax as Go's regexp/syntax does in Perl mode, with its error texts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from workflows.expr.errors import Fault, limit_fault
from workflows.expr.limits import LIMITS
from workflows.expr.regex.charset import (
    DIGITS,
    MAX_CODE,
    POSIX,
    SPACES,
    WORD,
    CharSet,
    Property,
    Range,
    negate,
    property_test,
)
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
    Empty,
    Group,
    Node,
    Repeat,
)

MAX_REPEAT: Final = 1_000

_PERL_CLASSES: Final = {"d": DIGITS, "s": SPACES, "w": WORD}
_SIMPLE_ESCAPES: Final = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ASSERTIONS: Final = {"A": BEGIN_TEXT, "z": END_TEXT, "b": WORD_BOUNDARY, "B": NO_WORD_BOUNDARY}
_REPEAT: Final = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_NAMED_GROUP: Final = re.compile(r"\(\?P?<([^>]*)>")
_GROUP_NAME: Final = re.compile(r"[A-Za-z0-9_]+")
_FLAGS: Final = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_HEX: Final = re.compile(r"\\x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))")
_POSIX_CLASS: Final = re.compile(r"\[:(\^?)([a-z]*):\]")


@dataclass(frozen=True, slots=True)
class _Flags:
    i: bool = False
    m: bool = False
    s: bool = False
    U: bool = False


@dataclass(slots=True)
class _Frame:
    """An open group: its finished alternatives, the current one and the flags to go back to."""

    flags: _Flags
    alternatives: list[Node]
    parts: list[Node]
    index: int
    name: str


def parse(pattern: str) -> tuple[Node, tuple[str, ...]]:
    """The tree and the names of the groups (index 0 is the whole match)."""
    if len(pattern) > LIMITS.regex_program:
        raise limit_fault(f"regular expression of {len(pattern)} characters exceeds the limit")
    parser = _Parser(pattern)
    return parser.parse(), tuple(parser.names)


def _fault(problem: str, piece: str) -> Fault:
    return Fault(f"error parsing regexp: {problem}: `{piece}`")


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.flags = _Flags()
        self.names = [""]
        self.stack: list[_Frame] = [_Frame(self.flags, [], [], 0, "")]
        #: the operator just read, empty after anything else: ``a**`` is refused
        self.last_repeat = ""

    def parse(self) -> Node:
        while self.at < len(self.pattern):
            self.item(self.pattern[self.at])
        if len(self.stack) > 1:
            raise _fault("missing closing )", self.pattern)
        return self.close(self.stack.pop())

    def item(self, char: str) -> None:
        if char in "*+?" or (char == "{" and _REPEAT.match(self.pattern, self.at)):
            self.repeat(char)
            return
        self.last_repeat = ""
        if char == "(":
            self.open_group()
        elif char == ")":
            self.close_group()
        elif char == "|":
            frame = self.stack[-1]
            frame.alternatives.append(self.sequence(frame.parts))
            frame.parts = []
            self.at += 1
        elif char == "[":
            self.push(Chars(self.char_class()))
        elif char == "\\":
            self.escape()
        else:
            self.plain(char)

    def push(self, node: Node) -> None:
        self.stack[-1].parts.append(node)

    def plain(self, char: str) -> None:
        self.at += 1
        if char == ".":
            self.push(Chars(CharSet([(0, MAX_CODE)] if self.flags.s else negate([(0x0A, 0x0A)]))))
        elif char == "^":
            self.push(Assertion(BEGIN_LINE if self.flags.m else BEGIN_TEXT))
        elif char == "$":
            self.push(Assertion(END_LINE if self.flags.m else END_TEXT))
        else:
            self.push(self.literal(char))

    def literal(self, char: str) -> Chars:
        return Chars(CharSet([(ord(char), ord(char))], fold=self.flags.i))

    # --- groups -----------------------------------------------------------------------------------

    def sequence(self, parts: list[Node]) -> Node:
        return parts[0] if len(parts) == 1 else Concat(parts) if parts else Empty()

    def close(self, frame: _Frame) -> Node:
        last = self.sequence(frame.parts)
        node = Alternate([*frame.alternatives, last]) if frame.alternatives else last
        return Group(node, frame.index, frame.name) if frame.index else node

    def open_group(self) -> None:
        if len(self.stack) > LIMITS.depth:
            raise _fault("expression nests too deeply", self.pattern)
        if not self.pattern.startswith("(?", self.at):
            self.at += 1
            self.push_group(self.flags, "")
        elif match := _NAMED_GROUP.match(self.pattern, self.at):
            self.named_group(match)
        elif match := _FLAGS.match(self.pattern, self.at):
            self.flag_group(match)
        else:
            raise self.bad_group()

    def bad_group(self) -> Fault:
        rest = self.pattern[self.at :]
        if rest.startswith(("(?P<", "(?<")):
            return _fault("invalid named capture", rest)
        end = next((i for i, char in enumerate(rest[2:], 2) if char not in "imsU-"), len(rest) - 1)
        return _fault("invalid or unsupported Perl syntax", rest[: end + 1])

    def named_group(self, match: re.Match[str]) -> None:
        name = match.group(1)
        if _GROUP_NAME.fullmatch(name) is None:
            raise _fault("invalid named capture", match.group())
        self.at = match.end()
        self.push_group(self.flags, name)

    def push_group(self, outer: _Flags, name: str, *, capturing: bool = True) -> None:
        index = 0
        if capturing:
            index = len(self.names)
            self.names.append(name)
        self.stack.append(_Frame(outer, [], [], index, name))

    def flag_group(self, match: re.Match[str]) -> None:
        on, off, end = match.group(1), match.group(2) or "", match.group(3)
        changed = replace(self.flags, **dict.fromkeys(on, True), **dict.fromkeys(off, False))
        self.at = match.end()
        if end == ":":
            self.push_group(self.flags, "", capturing=False)
        self.flags = changed

    def close_group(self) -> None:
        if len(self.stack) == 1:
            raise _fault("unexpected )", self.pattern)
        frame = self.stack.pop()
        self.flags = frame.flags
        self.at += 1
        self.push(self.close(frame))

    # --- repetition -------------------------------------------------------------------------------

    def repeat(self, char: str) -> None:
        start = self.at
        low, high = self.bounds(char)
        greedy = not self.flags.U
        if self.pattern.startswith("?", self.at):
            self.at += 1
            greedy = not greedy
        operator = self.pattern[start : self.at]
        parts = self.stack[-1].parts
        if self.last_repeat:
            raise _fault("invalid nested repetition operator", self.last_repeat + operator)
        if not parts:
            raise _fault("missing argument to repetition operator", operator)
        node = Repeat(parts.pop(), low, high, greedy)
        if _repeat_size(node) > MAX_REPEAT:
            raise _fault("invalid repeat count", operator)
        parts.append(node)
        self.last_repeat = operator

    def bounds(self, char: str) -> tuple[int, int | None]:
        if char != "{":
            self.at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
        match = _REPEAT.match(self.pattern, self.at)
        text = match.group() if match else char
        digits = (match.group(1), match.group(3) or "") if match else ("0", "")
        self.at += len(text)
        if max(map(len, digits)) > 6:
            raise _fault("invalid repeat count", text)
        low = int(digits[0])
        high = int(digits[1]) if digits[1] else None if match and match.group(2) else low
        if low > MAX_REPEAT or (high is not None and (high > MAX_REPEAT or high < low)):
            raise _fault("invalid repeat count", text)
        return low, high

    # --- escapes ----------------------------------------------------------------------------------

    def escape(self) -> None:
        char = self.pattern[self.at + 1 : self.at + 2]
        if char in _ASSERTIONS and char:
            self.at += 2
            self.push(Assertion(_ASSERTIONS[char]))
        elif char == "Q":
            end = self.pattern.find("\\E", self.at + 2)
            quoted = self.pattern[self.at + 2 : end if end >= 0 else len(self.pattern)]
            self.at = end + 2 if end >= 0 else len(self.pattern)
            for literal in quoted:
                self.push(self.literal(literal))
        elif char == "E":
            self.at += 2
        else:
            ranges, properties = self.class_escape()
            if ranges is None:
                self.push(self.literal(self.character_escape()))
            else:
                self.push(Chars(CharSet(ranges, properties=properties, fold=self.flags.i and not properties)))

    def class_escape(self) -> tuple[list[Range] | None, tuple[tuple[Property, bool], ...]]:
        """Ranges and properties of ``\\d``, ``\\W``, ``\\pL``…; (None, ()) when it is none of these."""
        char = self.pattern[self.at + 1 : self.at + 2]
        if char and char.lower() in _PERL_CLASSES:
            self.at += 2
            ranges = _PERL_CLASSES[char.lower()]
            return list(ranges if char.islower() else negate(ranges)), ()
        if char not in ("p", "P"):
            return None, ()
        match = re.compile(r"\\[pP](?:\{([^}]*)\}|(.))", re.DOTALL).match(self.pattern, self.at)
        if match is None:
            raise _fault("invalid character class range", self.pattern[self.at :])
        name = match.group(1) if match.group(1) is not None else match.group(2)
        negated = (char == "P") is not name.startswith("^")
        test = property_test(name.removeprefix("^"))
        if test is None:
            raise _fault("invalid character class range", match.group())
        self.at = match.end()
        return [], ((test, negated),)

    def character_escape(self) -> str:
        start = self.at
        char = self.pattern[start + 1 : start + 2]
        if not char:
            raise _fault("trailing backslash at end of expression", "")
        if char == "x":
            return self.hex_escape(start)
        match = re.compile(r"\\(0[0-7]{0,2}|[1-7][0-7]{1,2})").match(self.pattern, start)
        if match is not None:
            self.at = match.end()
            return chr(int(match.group(1), 8))
        self.at = start + 2
        if char in _SIMPLE_ESCAPES:
            return _SIMPLE_ESCAPES[char]
        if ord(char) < 0x80 and not char.isalnum():
            return char
        raise _fault("invalid escape sequence", self.pattern[start : self.at])

    def hex_escape(self, start: int) -> str:
        match = _HEX.match(self.pattern, start)
        digits = (match.group(1) or match.group(2)) if match else ""
        if match is None or len(digits) > 8 or int(digits, 16) > MAX_CODE:
            raise _fault("invalid escape sequence", self.bad_hex(start))
        self.at = match.end()
        return chr(int(digits, 16))

    def bad_hex(self, start: int) -> str:
        """The escape up to the character that spoils it."""
        braced = self.pattern.startswith("{", start + 2)
        end = start + 2 + braced
        value = 0
        while (
            (char := self.pattern[end : end + 1]) and char in "0123456789abcdefABCDEF" and value <= MAX_CODE
        ):
            value = value * 16 + int(char, 16)
            end += 1
        return self.pattern[start : end if value > MAX_CODE else end + 1]

    # --- classes ----------------------------------------------------------------------------------

    def char_class(self) -> CharSet:
        start = self.at
        self.at += 1
        negated = self.pattern.startswith("^", self.at)
        self.at += negated
        ranges: list[Range] = []
        properties: tuple[tuple[Property, bool], ...] = ()
        first = True
        while first or not self.pattern.startswith("]", self.at):
            if self.at >= len(self.pattern):
                raise _fault("missing closing ]", self.pattern[start:])
            first = False
            found, tests = self.class_item(start)
            ranges.extend(found)
            properties += tests
        self.at += 1
        return CharSet(ranges, properties=properties, negated=negated, fold=self.flags.i)

    def class_item(self, start: int) -> tuple[list[Range], tuple[tuple[Property, bool], ...]]:
        if self.pattern.startswith("[:", self.at) and (match := _POSIX_CLASS.match(self.pattern, self.at)):
            ranges = POSIX.get(match.group(2))
            if ranges is None:
                raise _fault("invalid character class range", match.group())
            self.at = match.end()
            return list(negate(ranges) if match.group(1) else ranges), ()
        if self.pattern[self.at] == "\\":
            found, tests = self.class_escape()
            if found is not None:
                return found, tests
        return [self.class_range(start)], ()

    def class_range(self, start: int) -> Range:
        item_start = self.at
        low = self.class_character(start)
        rest = self.pattern[self.at : self.at + 2]
        if len(rest) < 2 or rest[0] != "-" or rest[1] == "]":
            return low, low
        self.at += 1
        high = self.class_character(start)
        if high < low:
            raise _fault("invalid character class range", self.pattern[item_start : self.at])
        return low, high

    def class_character(self, start: int) -> int:
        if self.at >= len(self.pattern):
            raise _fault("missing closing ]", self.pattern[start:])
        if self.pattern[self.at] == "\\":
            return ord(self.character_escape())
        self.at += 1
        return ord(self.pattern[self.at - 1])


def _repeat_size(node: Node) -> int:
    """The product of nested repeat counts, as Go limits it."""
    if isinstance(node, Repeat):
        count = node.low if node.high is None else node.high
        return max(count, 1) * _repeat_size(node.node) if count > 1 else _repeat_size(node.node)
    if isinstance(node, Group):
        return _repeat_size(node.node)
    if isinstance(node, Concat | Alternate):
        return max((_repeat_size(part) for part in node.parts), default=1)
    return 1
