"""Cuts a JSONPath into its parts: ``$``, ``.name``, ``..``, ``[...]``."""

from __future__ import annotations

from workflows.expr.errors import Fault


def _unexpected(token: str, index: int) -> Fault:
    return Fault(f"unexpected token '{token}' at index {index}")


class _Cutter:
    """Collects characters; quotes and brackets decide where a part ends."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.part = ""
        self.quotes = 0
        self.round = 0
        self.square = 0

    def flush(self, text: str, rest: str = "") -> None:
        self.parts.append(text)
        self.part = rest

    def take(self, char: str) -> None:
        if not self.part:
            self.quotes = self.round = 0
        self.quotes += char == "'"
        self.round += (char == "(") - (char == ")")
        self.square += (char == "[") - (char == "]")
        self.part += char
        if self.part == ".":
            return
        if self.part == "..":
            self.flush("..")
        elif char == "[":
            self.open_bracket()
        elif "[" in self.part:
            if char == "]" and not self.is_inside and self.square == 0:
                self.flush(self.part.removeprefix("."))
        elif char == "." and not self.is_inside:
            self.flush(self.part[:-1].removeprefix("."), ".")

    @property
    def is_inside(self) -> bool:
        """Within quotes or an expression."""
        return self.quotes % 2 == 1 or self.round != 0

    def open_bracket(self) -> None:
        if self.part in ("[", ".[") or self.part.count("[") > 1:
            return
        self.flush(self.part[:-1].removeprefix("."), "[")


def tokenize(path: str) -> list[str]:
    """The parts from left to right."""
    if not path:
        raise _unexpected("", 0)
    if path[0] not in "$@":
        raise _unexpected(path[0], 0)
    if len(path) > 1 and path[1] not in ".[":
        raise _unexpected(path[1], 1)
    cutter = _Cutter()
    for char in path[1:]:
        cutter.take(char)
    rest = [cutter.part.removeprefix(".")] if cutter.part else []
    return [path[0], *cutter.parts, *rest]
