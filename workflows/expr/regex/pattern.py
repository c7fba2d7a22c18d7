"""A compiled pattern and what can be done with it: search, find all, replace, split.

Source: the package documentation of Go's regexp. Which engine runs is decided per text, see
`Pattern.spans`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from workflows.expr.cache import TextCache
from workflows.expr.errors import Fault
from workflows.expr.limits import Budget
from workflows.expr.regex.nodes import count_paths
from workflows.expr.regex.parser import parse
from workflows.expr.regex.program import Machine, Spans, build
from workflows.expr.regex.translate import to_python

#: the most character tests a backtracking run may need in its worst case
_BACKTRACKING: Final = 400_000
_TESTS_PER_STEP: Final = 64
_TEMPLATE: Final = re.compile(r"\$(?:(\$)|\{([^{}]*)\}|([A-Za-z0-9_]+))")


class Pattern:
    """`names` holds the name of each group, empty for unnamed ones."""

    __slots__ = ("_machine", "_paths", "_python", "_size", "names", "source")

    def __init__(self, pattern: str) -> None:
        self.source = pattern
        try:
            node, self.names = parse(pattern)
            self._paths = count_paths(node)
            code = build(node)
            python = to_python(node)
        except RecursionError:
            raise Fault(f"error parsing regexp: expression nests too deeply: `{pattern}`") from None
        self._machine = Machine(code, len(self.names))
        self._size = len(code)
        self._python = re.compile(python) if python is not None and self._paths.degree < 10 else None

    def spans(self, text: str, at: int, budget: Budget) -> Spans | None:
        """The leftmost match from `at` on: [start, end, start of group 1, …]."""
        if self._python is not None:
            length = len(text) - at + 1
            worst = self._size * self._paths.factor * length ** (self._paths.degree + 1)
            if worst <= _BACKTRACKING:
                budget.spend(1 + length // 256 if self._paths.degree == 0 else 1 + worst // _TESTS_PER_STEP)
                found = self._python.search(text, at)
                return None if found is None else [edge for pair in found.regs for edge in pair]
        return self._machine.match(text, at, budget)

    def search(self, text: str, budget: Budget) -> bool:
        return self.spans(text, 0, budget) is not None

    def all_spans(self, text: str, limit: int, budget: Budget) -> Iterator[Spans]:
        """Matches from left to right without overlaps; an empty one right after a match does not count."""
        at, previous_end, count = 0, -1, 0
        while at <= len(text) and (limit < 0 or count < limit):
            found = self.spans(text, at, budget)
            if found is None:
                return
            start, end = found[0], found[1]
            if end > start or start != previous_end:
                count += 1
                yield found
            previous_end = end
            at = end if end > start else end + 1

    def find(self, text: str, budget: Budget) -> str:
        found = self.spans(text, 0, budget)
        return "" if found is None else text[found[0] : found[1]]

    def find_all(self, text: str, limit: int, budget: Budget) -> list[str]:
        return [text[spans[0] : spans[1]] for spans in self.all_spans(text, limit, budget)]

    def split(self, text: str, limit: int, budget: Budget) -> list[str]:
        """regexp.Split."""
        if limit == 0:
            return []
        if not text:
            return [""]
        parts: list[str] = []
        start = end = 0
        for spans in self.all_spans(text, -1, budget):
            if limit > 0 and len(parts) == limit - 1:
                break
            end = spans[0]
            if spans[1] != 0:
                parts.append(text[start:end])
            start = spans[1]
        if end != len(text):
            parts.append(text[start:])
        return parts

    def replace_all(self, text: str, template: str, budget: Budget, *, literal: bool = False) -> str:
        """regexp.ReplaceAllString; with `literal` the template is not expanded."""
        parts: list[str] = []
        at = size = 0
        for spans in self.all_spans(text, -1, budget):
            replacement = template if literal else self.expand(template, text, spans)
            size += spans[0] - at + len(replacement)
            budget.text(size)
            parts += [text[at : spans[0]], replacement]
            at = spans[1]
        parts.append(text[at:])
        return "".join(parts)

    def expand(self, template: str, text: str, spans: Spans) -> str:
        """``$1``, ``${name}`` and ``$$`` in a replacement."""

        def value(match: re.Match[str]) -> str:
            if match.group(1):
                return "$"
            name = match.group(2) if match.group(2) is not None else match.group(3)
            if not name:
                return match.group()
            edges = ((spans[2 * index], spans[2 * index + 1]) for index in self.group_indexes(name))
            return next((text[start:end] for start, end in edges if start >= 0), "")

        return _TEMPLATE.sub(value, template)

    def group_indexes(self, name: str) -> list[int]:
        """The groups that a number or name stands for; names may be given twice."""
        if name.isascii() and name.isdigit() and len(name) < 9:
            return [int(name)] if int(name) < len(self.names) else []
        return [index for index, known in enumerate(self.names) if known == name]


_cache: Final = TextCache(Pattern, characters=200_000)


def compile_pattern(pattern: str) -> Pattern:
    """Go's regexp.Compile. Raises a `Fault` with Go's text."""
    return _cache.get(pattern)
