"""A pattern as a program for the Thompson machine, and the machine.

Instructions are tuples: (CHAR, set, next), (SPLIT, first, second), (SAVE, slot, next),
(ASSERT, kind, next), (MATCH,). Threads are kept in order of preference, so the first to match wins.
"""

from __future__ import annotations

from typing import Any, Final

from workflows.expr.errors import limit_fault
from workflows.expr.limits import LIMITS, Budget
from workflows.expr.regex.charset import WORD, CharSet
from workflows.expr.regex.nodes import (
    BEGIN_LINE,
    BEGIN_TEXT,
    END_LINE,
    END_TEXT,
    WORD_BOUNDARY,
    Alternate,
    Assertion,
    Chars,
    Concat,
    Group,
    Node,
    Repeat,
    count_paths,
)

CHAR: Final = 0
SPLIT: Final = 1
SAVE: Final = 2
ASSERT: Final = 3
MATCH: Final = 4

Instruction = tuple[Any, ...]
#: positions of the groups: start and end of the whole match, of group 1, …; -1 where a group took no part
Spans = list[int]

_WORD: Final = CharSet(WORD)


def build(node: Node) -> list[Instruction]:
    """The program; index 0 is where it starts."""
    builder = _Builder()
    end = builder.add((MATCH,))
    start = builder.node(node, end)
    builder.code.append((SPLIT, start, start))
    return builder.code


class _Builder:
    """Writes backwards: each node is told where to go on and returns where it starts."""

    def __init__(self) -> None:
        self.code: list[Instruction] = []

    def add(self, instruction: Instruction) -> int:
        if len(self.code) >= LIMITS.regex_program:
            raise limit_fault("regular expression is too large")
        self.code.append(instruction)
        return len(self.code) - 1

    def node(self, node: Node, after: int) -> int:
        if isinstance(node, Chars):
            return self.add((CHAR, node.chars, after))
        if isinstance(node, Concat):
            for part in reversed(node.parts):
                after = self.node(part, after)
            return after
        if isinstance(node, Alternate):
            starts = [self.node(part, after) for part in node.parts]
            start = starts.pop()
            while starts:
                start = self.add((SPLIT, starts.pop(), start))
            return start
        if isinstance(node, Group):
            end = self.add((SAVE, node.index * 2 + 1, after))
            return self.add((SAVE, node.index * 2, self.node(node.node, end)))
        if isinstance(node, Assertion):
            return self.add((ASSERT, node.kind, after))
        return self.repeat(node, after) if isinstance(node, Repeat) else after

    def repeat(self, node: Repeat, after: int) -> int:
        """``x{n,}`` is n - 1 times x and ``x+``; ``x*`` is ``(x+)?`` where x may be empty, as in Go."""
        if node.high is None:
            start, loop = self.loop(node, after)
            if node.low == 0:
                is_empty = count_paths(node.node).width == 0
                return self.add(self.split(start, after, greedy=node.greedy)) if is_empty else loop
            copies = node.low - 1
        else:
            start = after
            for _ in range(node.high - node.low):
                start = self.add(self.split(self.node(node.node, start), after, greedy=node.greedy))
            copies = node.low
        for _ in range(copies):
            start = self.node(node.node, start)
        return start

    def loop(self, node: Repeat, after: int) -> tuple[int, int]:
        """``x+``: where it starts and where it decides to go round again."""
        loop = self.add((SPLIT, 0, 0))
        start = self.node(node.node, loop)
        self.code[loop] = self.split(start, after, greedy=node.greedy)
        return start, loop

    @staticmethod
    def split(body: int, after: int, *, greedy: bool) -> Instruction:
        return (SPLIT, body, after) if greedy else (SPLIT, after, body)


class Machine:
    """Runs a program on one text, in steps charged to a budget."""

    def __init__(self, code: list[Instruction], groups: int) -> None:
        self.code = code
        self.start = len(code) - 1
        self.slots = groups * 2

    def match(self, text: str, at: int, budget: Budget) -> Spans | None:
        """The leftmost match that starts at `at` or later, with Perl's preferences."""
        code, length = self.code, len(text)
        threads: list[tuple[int, Spans]] = []
        found: Spans | None = None
        blank = [-1] * self.slots
        for position in range(at, length + 1):
            seen: set[int] = set()
            current: list[tuple[int, Spans]] = []
            for pc, spans in threads:
                self.follow(pc, spans, text, position, seen, current)
            if found is None:
                spans = blank.copy()
                spans[0] = position
                self.follow(self.start, spans, text, position, seen, current)
            if not current:
                if found is not None:
                    break
                threads = []
                budget.spend(1)
                continue
            budget.spend(len(seen) + 1)
            threads = []
            char = text[position] if position < length else ""
            for pc, spans in current:
                instruction = code[pc]
                if instruction[0] == MATCH:
                    found = spans.copy()
                    found[1] = position
                    break
                if char and instruction[1].contains(char):
                    threads.append((instruction[2], spans))
        return found

    def follow(
        self, pc: int, spans: Spans, text: str, position: int, seen: set[int], into: list[tuple[int, Spans]]
    ) -> None:
        """Add the threads reachable without taking a character."""
        stack: list[tuple[int, Spans]] = [(pc, spans)]
        code = self.code
        while stack:
            pc, spans = stack.pop()
            if pc in seen:
                continue
            seen.add(pc)
            instruction = code[pc]
            kind = instruction[0]
            if kind == SPLIT:
                stack.append((instruction[2], spans))
                stack.append((instruction[1], spans))
            elif kind == SAVE:
                spans = spans.copy()
                spans[instruction[1]] = position
                stack.append((instruction[2], spans))
            elif kind == ASSERT:
                if holds(instruction[1], text, position):
                    stack.append((instruction[2], spans))
            else:
                into.append((pc, spans))


def holds(kind: str, text: str, position: int) -> bool:
    """Whether an assertion is true between two characters."""
    if kind == BEGIN_TEXT:
        return position == 0
    if kind == END_TEXT:
        return position == len(text)
    if kind == BEGIN_LINE:
        return position == 0 or text[position - 1] == "\n"
    if kind == END_LINE:
        return position == len(text) or text[position] == "\n"
    before = position > 0 and _WORD.contains(text[position - 1])
    after = position < len(text) and _WORD.contains(text[position])
    return (before is not after) is (kind == WORD_BOUNDARY)
